/**
 * A web server that answers 50 ms after a request and ends the body 20 ms after that, and knows when it really did.
 * Argument: port. On SIGTERM it prints what it did, one JSON array per request.
 */
import { createServer } from 'node:net';

const ANSWER_AFTER_MS = 50;
const BODY_TAKES_MS = 20;
const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: 12\r\n\r\nfirst ';
const REST = 'second';

/** Path, wall clock at the request in ms, then µs until the first byte and from there to the last. */
type Served = readonly [path: string, atMs: number, processingUs: number, transferUs: number];

const log: Served[] = [];

createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => {});
  socket.once('data', (request) => {
    const receivedMs = performance.now();
    const atMs = Date.now();
    const text = request.toString('latin1');
    const path = text.slice(text.indexOf(' ') + 1, text.indexOf(' ', text.indexOf(' ') + 1));
    setTimeout(() => {
      const beganMs = performance.now();
      socket.write(HEAD);
      setTimeout(() => {
        const endedMs = performance.now();
        socket.end(REST);
        log.push([path, atMs, microseconds(receivedMs, beganMs), microseconds(beganMs, endedMs)]);
      }, BODY_TAKES_MS);
    }, ANSWER_AFTER_MS);
  });
}).listen(Number(process.argv[2]), '127.0.0.1', 1024);

process.once('SIGTERM', () => {
  process.stdout.write(`${log.map((served) => JSON.stringify(served)).join('\n')}\n`, () => process.exit());
});

function microseconds(fromMs: number, toMs: number): number {
  return Math.round((toMs - fromMs) * 1000);
}
