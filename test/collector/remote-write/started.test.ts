import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@nines/shared/time/clock.ts';
import { SENT_AT_HEADER } from '@nines/shared/wire.ts';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { Collector } from '../../../collector/src/collector.ts';
import { loadNines } from '../../../collector/src/config/nines.ts';
import { aBatch, upColumns } from '../../support/batches.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { until } from '../../support/until.ts';

const ENV = { TOKEN: 'web03-token', AUTHORIZATION: 'Bearer mimir' };

function load(yaml: string) {
  const path = join(mkdtempSync(join(tmpdir(), 'nines-remote-')), 'nines.yaml');
  writeFileSync(path, yaml);
  return () => loadNines(path, ENV);
}

it('a collector whose configuration names a receiver sends it what agents deliver', async () => {
  const received: { readonly authorization: string | undefined; readonly bytes: number }[] = [];
  const server = createServer((request, response) => {
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    request.once('end', () => {
      received.push({ authorization: request.headers.authorization, bytes });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // Safe: it listens on TCP.
  const { port } = server.address() as AddressInfo;
  const read = load(`
collector: { listen: 127.0.0.1:0 }
agents: [{ name: fra-web03, token: { env: TOKEN } }]
checks: [{ id: shop-home, every: 1m, probe: { type: http, url: http://127.0.0.1/ } }]
remote_write: [{ name: mimir, url: "http://127.0.0.1:${port}/push", version: "2.0", headers: { authorization: { env: AUTHORIZATION } }, labels: { cluster: eu } }]
`);
  const options = {
    nines: read(),
    store: new MemoryStore(),
    clock: systemClock,
    log: pino({ level: 'silent' }),
    load: read,
  };
  const collector = await Collector.start(options);
  try {
    await collector.readJournal();
    const response = await fetch(`${collector.address}/api/v1/batches`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${ENV.TOKEN}`,
        'content-type': 'application/json',
        [SENT_AT_HEADER]: `${Date.now()}`,
      },
      body: JSON.stringify(aBatch({ checks: [upColumns('shop-home', 3, Date.now() - 180_000)] })),
    });
    expect(response.status).toBe(200);
    await until(() => received.length > 0);
    expect(received[0]).toEqual({ authorization: 'Bearer mimir', bytes: expect.any(Number) });
    expect(received[0]?.bytes).toBeGreaterThan(100);
    const page = await (await fetch(`${collector.address}/metrics`)).text();
    expect(page).toContain('nines_remote_write_samples_total{receiver="mimir",result="taken"} 6\n');
  } finally {
    await collector.stop();
    server.closeAllConnections();
    server.close();
  }
});

it.each([
  [
    'a label that every series has',
    'labels: { check: x }',
    'remote_write[0].labels.check: every series has this label already',
  ],
  ['an unknown version', 'version: "3.0"', 'remote_write[0].version: '],
])('%s is refused with its place', (_, field, message) => {
  const read = load(`remote_write: [{ name: mimir, url: "http://127.0.0.1/", ${field} }]\n`);
  expect(read).toThrow(message);
});
