import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packBatch } from '../../../../collector/src/store/batch/packed-batch.ts';
import { openStore } from '../../../../collector/src/store/open.ts';
import { Checkpoints } from '../../../../collector/src/store/sqlite/checkpoints.ts';
import { aDelivery, collect, upColumns } from '../../../support/batches.ts';
import { temporaryFolder } from '../../../support/folders.ts';

const MIB = 2 ** 20;

/** Checkpoints whose runners only write down that they ran; `fail` makes the next ones reject. */
function recorded() {
  const ran: string[] = [];
  const state = { fail: false };
  const run = (where: string) => async () => {
    ran.push(where);
    if (state.fail) throw new Error('the medium fails');
  };
  return { ran, state, checkpoints: new Checkpoints({ beside: run('beside'), inWriter: run('in writer') }) };
}

describe('checkpoints', () => {
  it('do not run before there is something worth moving', async () => {
    const { ran, checkpoints } = recorded();
    checkpoints.note(MIB, 10);
    await checkpoints.idle();
    expect(ran).toEqual([]);
  });

  it('move the bulk beside the writer and the rest in it, one at a time', async () => {
    const { ran, checkpoints } = recorded();
    for (let group = 0; group < 20; group++) checkpoints.note(MIB, 10);
    await checkpoints.idle();
    expect(ran).toEqual(['beside', 'in writer']);
  });

  it('count many small batches by what each costs, not only by their bodies', async () => {
    const { ran, checkpoints } = recorded();
    for (let group = 0; group < 1_000; group++) checkpoints.note(0, 64);
    await checkpoints.idle();
    expect(ran).toEqual(['beside', 'in writer']);
  });

  it('that fail harm nobody and are tried again with the next', async () => {
    const { ran, state, checkpoints } = recorded();
    state.fail = true;
    checkpoints.note(9 * MIB, 1);
    await checkpoints.idle();
    state.fail = false;
    checkpoints.note(9 * MIB, 1);
    await checkpoints.idle();
    expect(ran).toEqual(['beside', 'beside', 'in writer']);
  });

  it('keep the WAL from growing with what is stored', async () => {
    const directory = temporaryFolder();
    const store = await openStore({ directory });
    // 15 kB each, as the journal keeps them; 50 together, a hundred times: 75 MB.
    const columns = upColumns('c', 600);
    const wide = (factor: number) => columns.at_ms.map((_, row) => row * factor);
    const checks = [{ ...columns, values: { a: wide(2 ** 40), b: wide(2 ** 41), c: wide(2 ** 42) } }];
    let bytes = 0;
    for (let round = 0; round < 100; round++) {
      const deliveries = Array.from({ length: 50 }, (_, index) => aDelivery({ sequence: round * 50 + index, checks }));
      await Promise.all(deliveries.map((delivery) => store.append(delivery)));
      bytes += deliveries.reduce((sum, { batch }) => sum + packBatch(batch).byteLength, 0);
    }
    expect(bytes).toBeGreaterThan(60 * MIB);
    expect(statSync(join(directory, 'nines.db-wal')).size).toBeLessThan(bytes / 2);
    expect((await store.size()).batches).toBe(5_000);
    await store.close();
    const reopened = await openStore({ directory });
    expect(await collect(reopened.tail(0))).toHaveLength(5_000);
    await reopened.close();
  });
});
