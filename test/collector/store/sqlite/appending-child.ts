/** Appends batches without end and prints each sequence once it is acknowledged. Arguments: folder, first sequence. */
import { openStore } from '../../../../collector/src/store/open.ts';
import { aDelivery } from '../../../support/batches.ts';

const [directory = '', first = '0'] = process.argv.slice(2);
const store = await openStore({ directory });
const LANES = 8;

async function lane(offset: number): Promise<never> {
  for (let sequence = Number(first) + offset; ; sequence += LANES) {
    await store.append(aDelivery({ sequence }));
    process.stdout.write(`${sequence}\n`);
  }
}

await Promise.all(Array.from({ length: LANES }, (_, offset) => lane(offset)));
