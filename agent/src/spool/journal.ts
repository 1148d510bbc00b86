import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { Observation } from '@nines/shared/observation.ts';
import * as z from 'zod';

/** Whose batch it is; the first line of a journal. */
export interface BatchIdentity {
  readonly agent: string;
  readonly spool: string;
  readonly sequence: number;
  readonly createdAtMs: number;
}

const identitySchema = z.strictObject({
  agent: z.string(),
  spool: z.string(),
  sequence: z.int(),
  createdAtMs: z.int(),
});

const observationSchema = z.strictObject({
  check: z.string(),
  atMs: z.int(),
  everyMs: z.int(),
  outcome: z.enum(['up', 'down', 'unknown']),
  reason: z.string().nullable(),
  values: z.record(z.string(), z.int()),
});

/**
 * The batch that is being filled, line by line: what was written survives the death of the process, though not of the
 * machine, because only a closed batch is synced. Throws the system's error when the disk refuses.
 */
export class Journal {
  readonly path: string;
  readonly #file: number;

  constructor(path: string, identity: BatchIdentity) {
    this.path = path;
    this.#file = openSync(path, 'wx', 0o600);
    try {
      this.#write(identity);
    } catch (error) {
      closeSync(this.#file);
      throw error;
    }
  }

  append(observation: Observation): void {
    this.#write(observation);
  }

  close(): void {
    closeSync(this.#file);
  }

  #write(line: BatchIdentity | Observation): void {
    const text = `${JSON.stringify(line)}\n`;
    // A disk that fills up takes a part of the line and only refuses the next write.
    if (writeSync(this.#file, text) !== Buffer.byteLength(text)) {
      throw Object.assign(new Error('the disk took only a part of the line'), { code: 'ENOSPC' });
    }
  }
}

/** What a process that died had recorded: `null` when not even the first line is whole. A torn last line is left out. */
export function readJournal(
  path: string,
): { readonly identity: BatchIdentity; readonly observations: readonly Observation[] } | null {
  const [first, ...lines] = readFileSync(path, 'utf8').split('\n');
  const identity = identitySchema.safeParse(parseLine(first ?? ''));
  if (!identity.success) return null;
  const observations: Observation[] = [];
  for (const line of lines) {
    const observation = observationSchema.safeParse(parseLine(line));
    if (!observation.success) break;
    observations.push(observation.data);
  }
  return { identity: identity.data, observations };
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
