import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Gives `work` a new empty folder and a place for what it starts; ends that, newest first, and removes the folder. */
export async function inFolder<Value>(work: (folder: string, cleanUp: CleanUp) => Promise<Value>): Promise<Value> {
  const folder = mkdtempSync(join(tmpdir(), 'nines-bench-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  // A benchmark that is broken off, or that throws somewhere else, leaves gigabytes otherwise.
  process.once('exit', remove);
  const endings: (() => Promise<unknown>)[] = [];
  try {
    return await work(folder, (ending) => endings.push(ending));
  } finally {
    for (const ending of endings.toReversed()) await ending();
    process.off('exit', remove);
    remove();
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

export type CleanUp = (ending: () => Promise<unknown>) => void;
