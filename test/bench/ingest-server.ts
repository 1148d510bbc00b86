/** The collector's ingest alone, for `ingest.ts`: real store, real authentication. Arguments: folder, token. */
import { systemClock } from '@nines/shared/time/clock.ts';
import { Authenticator, hashToken } from '../../collector/src/http/authenticate.ts';
import { registerIngest } from '../../collector/src/http/ingest.ts';
import { createServer } from '../../collector/src/http/server.ts';
import { openStore } from '../../collector/src/store/open.ts';

const [directory = '', token = ''] = process.argv.slice(2);
const store = await openStore({ directory });
const authenticator = new Authenticator(store);
await authenticator.reload([{ agent: 'bench', sha256: hashToken(token) }]);
let stored = 0;
const server = createServer({ log: { error: (...fields: unknown[]) => console.error(...fields) } });
registerIngest(server, {
  objectionTo: () => null,
  store,
  authenticator,
  clock: systemClock,
  onStored: ({ batch }) => {
    for (const { at_ms: instants } of batch.checks) stored += instants.length;
  },
});
const address = await server.listen({ host: '127.0.0.1', port: 0 });
process.stdout.write(`${address}\n`);

process.once('SIGTERM', async () => {
  await server.close();
  const { batches, bytes } = await store.size();
  const { user, system } = process.cpuUsage();
  await store.close();
  const report = { stored, batches, bytes, cpuSeconds: (user + system) / 1e6, rssBytes: process.memoryUsage.rss() };
  process.stdout.write(`${JSON.stringify(report)}\n`);
});
