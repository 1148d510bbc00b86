import { createServer, type IncomingHttpHeaders } from 'node:http';
import { freePort } from './programs.ts';

/** A request that a listener was sent. */
export interface Heard {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A server on loopback that remembers everything and answers `status()`; `null`: it hangs. */
export interface Listener {
  readonly url: string;
  readonly heard: Heard[];
  /** Nobody listens any more. */
  close(): Promise<void>;
  /** Again, on the same port. */
  reopen(): Promise<void>;
}

export async function listen(status: (heard: Heard) => number | null = () => 200): Promise<Listener> {
  const port = await freePort();
  const heard: Heard[] = [];
  const open = () => {
    const server = createServer(async (request, response) => {
      const body = Buffer.concat(await request.toArray()).toString();
      const one = { url: request.url ?? '', headers: request.headers, body };
      heard.push(one);
      const answer = status(one);
      if (answer !== null) response.writeHead(answer).end('well');
    });
    return new Promise<typeof server>((resolve) => server.listen(port, '127.0.0.1', () => resolve(server)));
  };
  let server = await open();
  return {
    url: `http://127.0.0.1:${port}/`,
    heard,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
    async reopen() {
      server = await open();
    },
  };
}
