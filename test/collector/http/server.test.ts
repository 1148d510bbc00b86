import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { createServer } from '../../../collector/src/http/server.ts';

const server = createServer({ log: { error: () => {} } });

afterEach(() => server.close());

it('a client whose request never ended is told so and cut off, even when it goes on sending', async () => {
  const { port } = new URL(await server.listen({ host: '127.0.0.1', port: 0 }));
  const client = connect({ host: '127.0.0.1', port: Number(port), allowHalfOpen: true });
  const [accepted]: Socket[] = await once(server.server, 'connection');
  client.on('error', () => {});
  let answer = '';
  client.on('data', (chunk) => {
    answer += String(chunk);
  });
  client.write('GET / HTTP/1.1\r\n');
  const drip = setInterval(() => client.write('X: y\r\n'), 20);
  await once(client, 'ready');
  // As Node does when the time for the head is over, which takes a minute.
  server.server.emit(
    'clientError',
    Object.assign(new Error('too slow'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }),
    accepted,
  );
  await new Promise((resolve) => accepted?.once('close', resolve));
  clearInterval(drip);
  client.destroy();
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
});
