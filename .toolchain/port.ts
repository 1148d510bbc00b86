import { createServer } from 'node:net';

const MAX_PORT = 65_535;

/** Whether something listens there already (or the address is not this machine's). */
export function isPortTaken(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(true));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(false)));
  });
}

/** The first free port of loopback at or after `port`. */
export async function freePortFrom(port: number): Promise<number> {
  for (let candidate = port; candidate <= MAX_PORT; candidate++) {
    if (!(await isPortTaken('127.0.0.1', candidate))) return candidate;
  }
  throw new Error(`no free port from ${port} on`);
}
