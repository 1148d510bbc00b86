import { hasInstantIn } from '../extent.ts';
import { type Appended, type JournalEntry, type JournalStore, StoreError } from '../store.ts';
import { type PackedDelivery, packedDelivery, toGroup } from './journal-group.ts';
import type { Chunk, Cursor } from './journal-reader.ts';
import type { UnreadableBatch } from './set-aside.ts';
import type { StoreThreads } from './store-threads.ts';
import { entryOf, readableOr } from './stored-entry.ts';

/** The verbs of batches: what comes is written in groups, what is read comes a chunk at a time. */
export function journalVerbs(threads: StoreThreads): JournalStore {
  const groups = threads.grouped<PackedDelivery, Appended>({
    write: (group) => writeGroup(threads, group),
    bytesOf: ({ body }) => body.byteLength,
  });
  return {
    append: async (delivery) => {
      threads.writing();
      return groups.append(packedDelivery(delivery));
    },
    tail: (afterPosition) => readEntries(threads, [afterPosition], (cursor) => threads.reading().ask('after', cursor)),
    entriesBetween: async function* (fromMs, toMs) {
      const read = (cursor: Cursor) => threads.reading().ask('between', { cursor, toMs });
      for await (const entry of readEntries(threads, [fromMs, -1, -1], read)) {
        if (hasInstantIn(entry.batch, fromMs, toMs)) yield entry;
      }
    },
  };
}

async function writeGroup(threads: StoreThreads, deliveries: readonly PackedDelivery[]): Promise<Appended[]> {
  const group = toGroup(deliveries);
  const transfer = [group.numbers.buffer, group.bodies.buffer];
  const { positions, duplicates, bytes } = await threads.write((writer) => writer.ask('append', group, transfer));
  threads.noteWritten(bytes, deliveries.length);
  return deliveries.map((_, index) => ({
    position: positions[index] ?? Number.NaN,
    duplicate: duplicates[index] === 1,
  }));
}

/** What a read gives, a chunk at a time; batches that are damaged are set aside. */
export async function* readEntries(
  threads: StoreThreads,
  first: Cursor,
  read: (cursor: Cursor) => Promise<Chunk>,
): AsyncGenerator<JournalEntry> {
  for (let cursor: Cursor | null = first; cursor !== null; ) {
    const chunk: Chunk = await read(cursor);
    const unreadable = [...chunk.unreadable];
    for (const row of chunk.rows) {
      const { position } = row;
      const entry = readableOr(
        () => entryOf(row),
        (why) => unreadable.push({ position, why }),
      );
      if (entry !== null) yield entry;
    }
    if (unreadable.length > 0) await setAside(threads, unreadable);
    cursor = chunk.next;
  }
}

/** One damaged batch is no reason to do without all the others; its time is unknown from now on. */
async function setAside(threads: StoreThreads, batches: readonly UnreadableBatch[]): Promise<void> {
  if (threads.isReadOnly) throw new StoreError('corrupt', batches[0]?.why ?? '');
  threads.log?.error({ file: threads.file, batches }, 'stored batches cannot be read and are set aside');
  await threads.writing().ask('setAside', batches);
}
