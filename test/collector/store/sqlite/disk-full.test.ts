import { spawnSync } from 'node:child_process';
import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openStore } from '../../../../collector/src/store/open.ts';
import { toStoreError } from '../../../../collector/src/store/sqlite/fault.ts';
import { packedDelivery, toGroup } from '../../../../collector/src/store/sqlite/journal-group.ts';
import { JournalWriter, openForWriting } from '../../../../collector/src/store/sqlite/journal-writer.ts';
import { type Appended, type Delivery, StoreError } from '../../../../collector/src/store/store.ts';
import { aDelivery, collect, upColumns } from '../../../support/batches.ts';
import { temporaryFolder } from '../../../support/folders.ts';

function sized(sequence: number) {
  // About 10 kB, so a few hundred fill a small disk.
  return aDelivery({ sequence, checks: [upColumns('shop-home', 2_000)] });
}

function isFull(error: unknown): boolean {
  return error instanceof StoreError && error.code === 'full';
}

describe('a store without room', () => {
  it('rejects a whole group as full, keeps nothing of it, and goes on when there is room', () => {
    const file = join(temporaryFolder(), 'nines.db');
    const database = openForWriting(file);
    const writer = new JournalWriter(database);
    writer.append(toGroup([packedDelivery(sized(0))]));
    const pages = Number(database.pragma('page_count', { simple: true }));
    database.pragma(`max_page_count = ${pages + 8}`);
    const group = toGroup(Array.from({ length: 50 }, (_, index) => packedDelivery(sized(index + 1))));
    const attempt = () => writer.append(group);
    let thrown: unknown;
    try {
      attempt();
    } catch (error) {
      thrown = toStoreError(error, file);
    }
    expect(thrown).toMatchObject({ code: 'full', message: expect.stringContaining('free some space') });
    expect(database.prepare('SELECT count(*) FROM journal').pluck().get()).toBe(1);
    expect(database.prepare('SELECT count(*) FROM deliveries').pluck().get()).toBe(1);
    database.pragma('max_page_count = 1000000');
    expect([...attempt().duplicates]).toEqual(new Array(50).fill(0));
    writer.close();
  });

  it('a spool that was first met in a group that failed is still known to be new afterwards', () => {
    const database = openForWriting(join(temporaryFolder(), 'nines.db'));
    const writer = new JournalWriter(database);
    database.pragma(`max_page_count = ${Number(database.pragma('page_count', { simple: true }))}`);
    const group = toGroup([packedDelivery(aDelivery({ spool: 'new-spool-1', checks: [upColumns('c', 3_000)] }))]);
    expect(() => writer.append(group)).toThrow(/full/);
    database.pragma('max_page_count = 1000000');
    writer.append(group);
    const spools = database.prepare('SELECT spools.spool FROM journal JOIN spools ON spools.id = journal.spool').all();
    writer.close();
    expect(spools).toHaveLength(1);
  });

  const tmpfs = mountProblem();
  it.skipIf(tmpfs !== null)(
    `on a real full disk: full, nothing half-stored, goes on without a restart${tmpfs === null ? '' : ` (skipped: ${tmpfs})`}`,
    async () => {
      const directory = mountTmpfs('4m');
      const logged: string[] = [];
      const store = await openStore({ directory, log: logTo(logged) });
      onTestFinished(() => store.close());
      const assigned = [{ check: 'c', agent: 'fra' }];
      await store.recordAssignments(assigned, 100);
      const ballast = join(directory, 'ballast');
      writeFileSync(ballast, Buffer.alloc(1_500_000));
      const { stored, refused } = await appendUntilRefused({ append: (delivery) => store.append(delivery) });
      expect(refused.length).toBeGreaterThan(0);
      expect(refused.every(isFull)).toBe(true);
      expect(stored.length).toBeGreaterThan(0);
      expect(statfsSync(directory).bavail * statfsSync(directory).bsize).toBeLessThan(100_000);
      // Reading goes on with a full disk, and shows exactly what was acknowledged.
      expect((await collect(store.tail(0))).map(({ position }) => position)).toEqual(
        stored.map(({ position }) => position),
      );
      await expect(store.append(sized(100_000))).rejects.toMatchObject({ code: 'full' });
      // Who stands as assigned already needs no room: a collector starts on a full disk.
      await store.recordAssignments(assigned, 200);
      rmSync(ballast);
      expect(await store.append(sized(100_000))).toMatchObject({ duplicate: false });
      expect(await collect(store.tail(0))).toHaveLength(stored.length + 1);
      // Each change of state once, however many batches were refused in between.
      const changes = logged.filter((text) => text !== 'store opened');
      expect(changes.length).toBeLessThan(2 * refused.length);
      expect(changes).toEqual(changes.map((_, at) => (at % 2 === 0 ? 'store cannot write' : 'store writes again')));
      expect(changes.at(-1)).toBe('store writes again');
    },
  );
});

/** Appends in groups of ten and then one by one, until even one has no room: what was acknowledged, what was refused. */
async function appendUntilRefused({ append }: { append: (delivery: Delivery) => Promise<Appended> }) {
  const stored: Appended[] = [];
  const refused: unknown[] = [];
  let sequence = 0;
  for (const together of [10, 1]) {
    for (const before = refused.length; refused.length === before && sequence < 5_000; ) {
      const group = Array.from({ length: together }, () => append(sized(sequence++)));
      for (const answer of await Promise.allSettled(group)) {
        if (answer.status === 'fulfilled') stored.push(answer.value);
        else refused.push(answer.reason);
      }
    }
  }
  return { stored, refused };
}

/** A log that keeps its messages. */
function logTo(messages: string[]) {
  const write = (_fields: unknown, message?: string) => void messages.push(message ?? '');
  return { info: write, error: write };
}

function mountTmpfs(size: string): string {
  const directory = temporaryFolder();
  spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'nines-test', directory]);
  onTestFinished(() => {
    spawnSync('umount', ['--lazy', directory]);
  });
  return directory;
}

/** Why no file system can be mounted here; `null` when one can. */
function mountProblem(): string | null {
  if (process.getuid?.() !== 0) return 'mounting a small tmpfs needs root';
  const probe = spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'nines-test', '/mnt']);
  return probe.status === 0 ? null : 'this system does not let root mount a tmpfs';
}
