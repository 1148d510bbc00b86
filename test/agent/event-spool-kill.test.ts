import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { Delivery, TO_EVENTS } from '../../agent/src/delivery.ts';
import { EventSpool } from '../../agent/src/event-spool.ts';
import { openStore } from '../../collector/src/store/open.ts';
import { clientFor, quiet } from '../support/agent-parts.ts';
import { collect } from '../support/batches.ts';
import { temporaryFolder } from '../support/folders.ts';
import { serveIngest, TOKEN } from '../support/ingest-server.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { until } from '../support/until.ts';

const PROCESS = fileURLToPath(new URL('../support/event-shipping-process.ts', import.meta.url));

/** A source in a process of its own; the places that it says were taken are added to `taken`. */
function startShipping(directory: string, taken: number[]): ChildProcess {
  const child = spawn(process.execPath, [PROCESS, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let rest = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) taken.push(Number(line));
  });
  return child;
}

it('a source and its agent killed with SIGKILL again and again lose no event, and the collector has each once', async () => {
  const directory = temporaryFolder();
  const taken: number[] = [];
  for (let life = 0; life < 5; life++) {
    const before = taken.length;
    const child = startShipping(directory, taken);
    await until(() => taken.length > before + 5 + 3 * life);
    child.kill('SIGKILL');
    // `close`, not `exit`: everything that it wrote has been read then.
    await new Promise((resolve) => child.once('close', resolve));
  }
  const store = await openStore({ directory: temporaryFolder() });
  const server = await serveIngest(store);
  onTestFinished(async () => {
    await server.close();
    await store.close();
  });
  const clock = new ManualClock(Date.now());
  const spool = EventSpool.open({ directory, maxBytes: 2 ** 30, maxAgeMs: 1e12, clock, logger: quiet });
  const client = clientFor(server.url, clock, TOKEN);
  const delivery = new Delivery({
    spool,
    to: TO_EVENTS,
    client: () => client,
    clock,
    logger: quiet,
    random: () => 0.5,
  });
  delivery.wake();
  await until(() => spool.state.batches === 0);
  const stored = await collect(store.events({ stream: 'calls', fromMs: 0, toMs: 1e13 }));
  const numbers = stored.map(({ id }) => Number(id.slice('call-'.length))).sort((a, b) => a - b);
  expect(numbers).toEqual(numbers.map((_, index) => index));
  expect(numbers.length).toBeGreaterThanOrEqual(Math.max(...taken));
  // At most the last shipment of a life was taken and not said so.
  expect(numbers.length).toBeLessThanOrEqual(Math.max(...taken) + 3);
});
