import { writeSync } from 'node:fs';
import { openStore } from '../../collector/src/store/open.ts';
import { aDelivery } from './batches.ts';
import { columnsOf, eventOf, LATER_MS, RETENTION } from './sealing-batches.ts';

// Stores batches and events, seals and forgets them as fast as it can until it is killed, and writes to its output what
// was acknowledged: a line with the sequence of a batch whose event is stored too; and when it has begun and has sealed.
const [directory = '', first = '1'] = process.argv.slice(2);

const store = await openStore({ directory });
writeSync(1, 'ready\n');
let hasSealed = false;
for (let sequence = Number(first); ; sequence += 8) {
  const batches = Array.from({ length: 8 }, (_, index) => sequence + index);
  await Promise.all(batches.map(put));
  // Retention has its turn when nothing is left to seal.
  if (sequence % 3 === 0) await keepUp();
}

async function keepUp(): Promise<void> {
  const { hasMore } = await store.upkeep(LATER_MS, RETENTION);
  if (!hasSealed) writeSync(1, 'sealing\n');
  hasSealed = true;
  if (hasMore) await keepUp();
}

async function put(sequence: number): Promise<void> {
  const delivery = { ...aDelivery({ sequence, checks: columnsOf(sequence) }), receivedAtMs: LATER_MS, skewMs: 0 };
  await Promise.all([store.append(delivery), store.putEvents({ events: [eventOf(sequence)], receivedAtMs: LATER_MS })]);
  writeSync(1, `${sequence}\n`);
}
