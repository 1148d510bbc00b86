import type { Server, Socket } from 'node:net';

/** A server whose port can be closed and opened again, as an outage does. */
export interface Listener {
  /** Nothing listens any more and every connection is cut. */
  readonly refuse: () => Promise<void>;
  readonly accept: () => Promise<void>;
}

/** The port is fixed, so that configuration and world agree without talking. Rejects when it is taken. */
export function listenerOf(server: Server, port: number): Listener {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    // A probe that gives up resets the connection; that is no event for the world.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  });
  return {
    refuse() {
      if (!server.listening) return Promise.resolve();
      return new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      });
    },
    accept() {
      if (server.listening) return Promise.resolve();
      return new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen({ host: '127.0.0.1', port }, () => {
          server.off('error', reject);
          resolve();
        });
      });
    },
  };
}
