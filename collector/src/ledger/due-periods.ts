import type { Head } from '../evaluate/head.ts';
import type { Contract } from '../sla/contract.ts';
import { checksOf } from '../sla/indicator.ts';
import type { EventStore } from '../store/events.ts';
import { periodsEnded, type StatementPeriod } from './statement-periods.ts';

/** What is asked about the periods of a contract. */
export interface DueQuestion {
  /** When the collector first worked with this version. */
  readonly recordedAtMs: number;
  /** Periods that ended later are not due yet. */
  readonly untilMs: number;
  readonly isFrozen: (period: StatementPeriod) => boolean;
}

/** Where it is looked up since when anything is known. */
export interface Evidence {
  readonly head: Pick<Head, 'seriesOf' | 'coveredFromMs' | 'eventsFromMs'>;
  readonly events: Pick<EventStore, 'events'>;
}

/** Which periods should have a statement and have none. */
export class DuePeriods {
  /** Of each version those that had ended and were not frozen when it was last asked, and until when that was looked at. */
  readonly #open = new WeakMap<Contract, { readonly untilMs: number; readonly periods: readonly StatementPeriod[] }>();

  /**
   * In the order of their ends: all that ended since the version is known, however long the program was away meanwhile;
   * and those before, from the version's own beginning on, as far as something is known of them: it may have been measured
   * before it was promised, or imported. Where retention let the evidence go nothing is stated in hindsight. Rejects with
   * `StoreError`.
   */
  async of(contract: Contract, question: DueQuestion, evidence: Evidence): Promise<readonly StatementPeriod[]> {
    return statedOf(contract, this.#openOf(contract, question), question, evidence);
  }

  /** Looked at once: a contract of ten years has many periods, and it is asked every minute. */
  #openOf(contract: Contract, question: DueQuestion): readonly StatementPeriod[] {
    const { untilMs, isFrozen } = question;
    const known = this.#open.get(contract) ?? { untilMs: beginMs(contract, question), periods: [] };
    const periods = [...known.periods, ...periodsEnded(contract, known.untilMs, untilMs)].filter(
      (period) => !isFrozen(period),
    );
    this.#open.set(contract, { untilMs: Math.max(known.untilMs, untilMs), periods });
    return periods;
  }
}

/** Which of some periods that are over are stated by themselves; see `DuePeriods`. Rejects with `StoreError`. */
export async function statedOf(
  contract: Contract,
  periods: readonly StatementPeriod[],
  { recordedAtMs }: Pick<DueQuestion, 'recordedAtMs'>,
  evidence: Evidence,
): Promise<readonly StatementPeriod[]> {
  if (periods.every(({ toMs }) => toMs > recordedAtMs)) return periods;
  const fromMs = beginMs(contract, { recordedAtMs });
  const firstMs = await firstKnownMs(contract, { fromMs, toMs: recordedAtMs }, evidence);
  const keptMs = Math.max(evidence.head.coveredFromMs, evidence.head.eventsFromMs);
  return periods.filter((period) => {
    if (period.toMs > recordedAtMs) return true;
    return period.toMs > Math.max(fromMs, firstMs) && period.fromMs >= keptMs;
  });
}

function beginMs({ effective }: Contract, { recordedAtMs }: Pick<DueQuestion, 'recordedAtMs'>): number {
  return Math.min(recordedAtMs, effective.fromMs ?? recordedAtMs);
}

/** The first instant of some time of which anything is known that a contract is about; infinite when nothing is. */
async function firstKnownMs(
  { objectives }: Contract,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  { head, events }: Evidence,
): Promise<number> {
  const checks = new Set(objectives.flatMap(({ indicator }) => checksOf(indicator)));
  const seen = [...checks].flatMap((check) => head.seriesOf(check)).map(({ firstAtMs }) => firstAtMs ?? toMs);
  let firstMs = Math.min(Number.POSITIVE_INFINITY, ...seen);
  const streams = new Set(
    objectives.flatMap(({ indicator }) => ('source' in indicator ? [indicator.source.stream] : [])),
  );
  for (const stream of streams) {
    for await (const { atMs } of events.events({ stream, fromMs, toMs, limit: 1 })) firstMs = Math.min(firstMs, atMs);
  }
  return firstMs;
}
