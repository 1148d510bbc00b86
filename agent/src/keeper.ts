import type { Check } from '@nines/shared/check.ts';

/** Something that lives from one run of a check to the next, such as a connection. */
export interface Kept {
  close(): Promise<void> | void;
}

interface Entry {
  readonly probe: string;
  readonly kept: Kept;
}

/** What checks keep between their runs: made by the first run, closed when the check is gone or asks for something else. */
export class Keeper {
  readonly #entries = new Map<string, Entry>();

  /** The thing that this check keeps; the first run makes it. */
  keep<Thing extends Kept>(check: Pick<Check, 'id' | 'probe'>, make: () => Thing): Thing {
    const entry = this.#entries.get(check.id);
    if (entry !== undefined && entry.probe === JSON.stringify(check.probe)) return asMadeBefore<Thing>(entry.kept);
    void entry?.kept.close();
    const kept = make();
    this.#entries.set(check.id, { probe: JSON.stringify(check.probe), kept });
    return kept;
  }

  /** Closes what belongs to none of these checks. */
  async retain(checks: readonly Pick<Check, 'id' | 'probe'>[]): Promise<void> {
    const probes = new Map(checks.map(({ id, probe }) => [id, JSON.stringify(probe)]));
    for (const [id, { probe, kept }] of this.#entries) {
      if (probes.get(id) === probe) continue;
      this.#entries.delete(id);
      await kept.close();
    }
  }
}

/** Safe: the same options belong to the same probe type, and its run has one place where it makes what it keeps. */
function asMadeBefore<Thing extends Kept>(kept: Kept): Thing {
  return kept as Thing;
}
