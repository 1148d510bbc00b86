import { open } from 'node:fs/promises';
import { Client } from 'undici';
import type { Bodies } from './bodies.ts';
import { sleep } from './process.ts';

export interface SendOptions {
  readonly origin: string;
  readonly path: string;
  readonly headers: () => Readonly<Record<string, string>>;
}

const CONNECTIONS = 4;
const BUSY = 429;
const BUSY_WAIT_MS = 20;
/** Without an answer in this time the run is given up. */
const ANSWER_WITHIN_MS = 60_000;

/**
 * Sends all requests over four connections in a closed loop, in order; resolves with how long it took in milliseconds.
 * A request waits for the one before it in its group, so nothing is out of order for a store that refuses that.
 */
export async function sendAll(bodies: Bodies, options: SendOptions): Promise<number> {
  const file = await open(bodies.file);
  const clients = Array.from(
    { length: CONNECTIONS },
    () => new Client(options.origin, { headersTimeout: ANSWER_WITHIN_MS, bodyTimeout: ANSWER_WITHIN_MS }),
  );
  const newest = new Map<number, Promise<void>>();
  let next = 0;
  const work = async (client: Client): Promise<void> => {
    for (let piece = bodies.pieces[next++]; piece !== undefined; piece = bodies.pieces[next++]) {
      const before = newest.get(piece.group);
      const { promise, resolve } = Promise.withResolvers<void>();
      newest.set(piece.group, promise);
      const body = Buffer.allocUnsafe(piece.length);
      await file.read(body, 0, piece.length, piece.offset);
      await before;
      await send(client, body, options);
      resolve();
    }
  };
  const beganMs = performance.now();
  try {
    await Promise.all(clients.map(work));
    return performance.now() - beganMs;
  } finally {
    await Promise.all(clients.map((client) => client.destroy()));
    await file.close();
  }
}

async function send(client: Client, body: Buffer, { path, headers }: SendOptions): Promise<void> {
  for (;;) {
    const answer = await client.request({ method: 'POST', path, headers: headers(), body });
    const text = await answer.body.text();
    if (answer.statusCode < 300) return;
    if (answer.statusCode !== BUSY) throw new Error(`${path} answered ${answer.statusCode}: ${text.slice(0, 400)}`);
    await sleep(BUSY_WAIT_MS);
  }
}
