import type { CanonicalValue } from '@nines/shared/config/canonical-json.ts';
import type { Clock } from '@nines/shared/time/clock.ts';
import type { LedgerEntry, LedgerStore } from '../store/ledger.ts';
import { DecisionError } from './decision-error.ts';
import { type Action, type BodyOf, DECISIONS } from './decisions.ts';
import { Register } from './register.ts';

/** The program itself, when nobody asked it to do what it did. */
export const PROGRAM = 'nines-collector';

/** The audit log as the collector uses it: what was decided so far, and the one way to decide something more. */
export class Ledger {
  readonly register = new Register();
  readonly #store: LedgerStore;
  readonly #clock: Pick<Clock, 'nowMs'>;

  constructor(store: LedgerStore, clock: Pick<Clock, 'nowMs'>) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Takes over what others appended. Rejects with `StoreError`. */
  async refresh(): Promise<void> {
    for await (const entry of this.#store.ledger({ after: this.register.sequence })) this.register.apply(entry);
  }

  nowMs(): number {
    return this.#clock.nowMs();
  }

  /**
   * Writes a decision that was found right by the register as it stands, at the collector's own time; resolves once it is
   * on disk. Rejects with `DecisionError` `conflict` when somebody decided on the subject meanwhile, and takes that over.
   */
  async decide<Name extends Action>(
    actor: string,
    { action, subject, body }: { readonly action: Name; readonly subject: string; readonly body: BodyOf<Name> },
  ): Promise<LedgerEntry> {
    const draft = { atMs: this.nowMs(), actor, action, subject, body: canonicalBody(action, body) };
    const entry = await this.#store.appendEntry(draft, this.register.newestAbout(subject));
    await this.refresh();
    if (entry !== null) return entry;
    throw new DecisionError('conflict', `somebody else decided on ${subject} at the same moment; look at it again`);
  }

  /** The entries about one subject behind a sequence, with all that is in them. */
  entriesAbout(subject: string, after = 0): AsyncIterable<LedgerEntry> {
    return this.#store.ledger({ subject, after });
  }
}

/** Safe: after the table's schema a body holds text, integers, switches, lists and objects of these and nothing else. */
function canonicalBody<Name extends Action>(action: Name, body: BodyOf<Name>): CanonicalValue {
  DECISIONS[action].parse(body);
  return body as CanonicalValue;
}
