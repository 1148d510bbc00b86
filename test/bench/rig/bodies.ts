import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import type { RunColumns } from '../../../collector/src/store/run-columns.ts';
import { AGENT_NAME } from './own-programs.ts';
import { encodedLabels, remoteWriteBody } from './remote-write.ts';
import type { Truth } from './truth.ts';
import { CheckRuns, checkId, runsPerCheck, type Workload } from './workload.ts';

/** How observations are put into requests. */
export type Wire = 'batches' | 'remote-write';

/** Ready-made requests in one file, in the order in which they are to be sent. */
export interface Bodies {
  readonly file: string;
  /** `group`: requests of one group must arrive one after another. */
  readonly pieces: readonly { readonly offset: number; readonly length: number; readonly group: number }[];
  readonly observations: number;
}

/** Runs of a check in one request: ten minutes. */
const RUNS_A_CHECK = 20;
/** Our batches have 1,000 observations; remote write 14,000 samples, which are 2,000 observations. */
const CHECKS_A_REQUEST: Readonly<Record<Wire, number>> = { batches: 50, 'remote-write': 100 };

/** Makes the data set once, writes the requests for each wire, and tells the truth what was made. */
export function writeBodies(
  folder: string,
  set: Workload,
  { wires, truth }: { readonly wires: readonly Wire[]; readonly truth: Truth },
): ReadonlyMap<Wire, Bodies> {
  const sources = Array.from({ length: set.checks }, (_, index) => new CheckRuns(set, index));
  const files = wires.map((wire) => new BodyFile(join(folder, `${wire}.bodies`), wire, set));
  for (let made = 0; made < runsPerCheck(set); made += RUNS_A_CHECK) {
    const all = sources.map((source) => source.next(RUNS_A_CHECK));
    for (const [index, runs] of all.entries()) truth.add(index, runs);
    for (const file of files) file.add(all);
  }
  return new Map(files.map((file) => [file.wire, file.close()]));
}

class BodyFile {
  readonly wire: Wire;
  readonly #path: string;
  readonly #file: number;
  readonly #set: Workload;
  readonly #labels: readonly (readonly Buffer[])[];
  readonly #pieces: { offset: number; length: number; group: number }[] = [];
  #offset = 0;
  #observations = 0;

  constructor(path: string, wire: Wire, set: Workload) {
    this.wire = wire;
    this.#path = path;
    this.#set = set;
    this.#file = openSync(path, 'wx');
    this.#labels = Array.from({ length: set.checks }, (_, index) => encodedLabels(set, index));
  }

  /** The next runs of all checks. */
  add(all: readonly RunColumns[]): void {
    const size = CHECKS_A_REQUEST[this.wire];
    for (let first = 0; first < all.length; first += size) {
      const checks = all.slice(first, first + size);
      const body =
        this.wire === 'batches'
          ? batchBody(this.#pieces.length, first, checks)
          : remoteWriteBody(
              this.#set,
              checks.map((runs, index) => ({ labels: this.#labels[first + index] ?? [], runs })),
            );
      writeSync(this.#file, body);
      this.#pieces.push({ offset: this.#offset, length: body.length, group: first / size });
      this.#offset += body.length;
      for (const { length } of checks) this.#observations += length;
    }
  }

  close(): Bodies {
    closeSync(this.#file);
    return { file: this.#path, pieces: this.#pieces, observations: this.#observations };
  }
}

/** A batch as an agent packs it. */
function batchBody(sequence: number, first: number, checks: readonly RunColumns[]): Buffer {
  const batch = {
    version: 1,
    agent: AGENT_NAME,
    spool: 'bench-spool-1',
    sequence,
    checks: checks.map((runs, index) => checkColumns(checkId(first + index), runs)),
  };
  return zstdCompressSync(JSON.stringify(batch));
}

function checkColumns(check: string, runs: RunColumns) {
  const reasons: Record<string, string> = {};
  for (const [row, reason] of runs.reasons.entries()) {
    if (reason > 0) reasons[row] = runs.reasonNames[reason - 1] ?? '';
  }
  return {
    check,
    every_ms: runs.everyMs[0],
    at_ms: [...runs.atMs],
    up: [...runs.outcomes],
    reasons,
    values: Object.fromEntries(runs.values.map(({ name, numbers }) => [name, [...numbers]])),
  };
}
