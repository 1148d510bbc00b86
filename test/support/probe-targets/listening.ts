import type { AddressInfo, Server, Socket } from 'node:net';

/** A server on a loopback port, and the connections it holds. */
export interface Listening {
  readonly port: number;
  /** Connections that are open at this moment: a probe that is over must have left none. */
  openConnections(): number;
  /** Resolves once no connection is open. */
  drained(): Promise<void>;
  close(): Promise<void>;
}

/** Starts the server; the system chooses the port when it is 0. */
export async function listen(server: Server, address = '127.0.0.1', port = 0): Promise<Listening> {
  const sockets = new Set<Socket>();
  let onDrained = () => {};
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => {
      sockets.delete(socket);
      if (sockets.size === 0) onDrained();
    });
  });
  await new Promise<void>((done, fail) => {
    server.once('error', fail);
    server.listen(port, address, done);
  });
  return {
    port: portOf(server),
    openConnections: () => sockets.size,
    drained: () =>
      new Promise((done) => {
        onDrained = done;
        if (sockets.size === 0) done();
      }),
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}

/** Safe: a server that listens on an address and not on a pipe has an `AddressInfo`. */
function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
