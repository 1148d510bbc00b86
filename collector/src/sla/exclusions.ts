import { type Interval, intersect, lengthMs, mergeIntervals, subtractAll } from './interval.ts';

/** What takes time out of the count: a standing window, an exclusion that was approved, maintenance that was announced. */
export type ExclusionKind = 'recurring' | 'approved' | 'maintenance';

/** Time that a contract does not count, and what proves it. */
export interface AppliedExclusion extends Interval {
  readonly kind: ExclusionKind;
  readonly reason: string;
  /** What proves it: the window's rule, the approval, the announcement and its instant. */
  readonly evidence: string;
}

/** Why time counts although somebody wanted it excluded. */
export type WhyNot =
  /** The contract excludes no announced maintenance at all. */
  | { readonly code: 'not-in-contract' }
  /** Outside the time in which the contract binds. */
  | { readonly code: 'outside-contract' }
  /** Announced so much later than the contract asks; `null` when no announcement would be in time. */
  | { readonly code: 'announced-late'; readonly byMs: number | null }
  | { readonly code: 'cancelled'; readonly atMs: number }
  /** What may be excluded in such a stretch of time is used up by what began earlier. */
  | { readonly code: 'cap-used-up'; readonly capMs: number }
  /** Asked for after the fact, and nobody who may has approved it, or somebody refused. */
  | { readonly code: 'not-approved' }
  | { readonly code: 'rejected' }
  /** Another exclusion, which comes first, holds all of it. */
  | { readonly code: 'already-excluded' };

/** Time that somebody wanted excluded and that counts all the same, or is excluded for another reason. */
export interface NotApplied extends AppliedExclusion {
  readonly why: WhyNot;
}

/** Maintenance as it was announced. */
export interface AnnouncedWindow extends Interval {
  readonly id: string;
  readonly reason: string;
  readonly evidence: string;
  readonly announcedAtMs: number;
  /** The latest instant at which the announcement was in time; `null` when there is none. */
  readonly announceByMs: number | null;
  readonly cancelledAtMs: number | null;
}

/** An exclusion that somebody asked for after the fact. */
export interface RequestedExclusion extends Interval {
  readonly id: string;
  readonly reason: string;
  readonly evidence: string;
  readonly state: 'requested' | 'approved' | 'rejected';
}

/** A standing window as it came inside the time that is asked about; it needs no announcement. */
export interface RecurringOccurrence extends Interval {
  readonly reason: string;
  readonly evidence: string;
}

/** What the contract says of announced maintenance. */
export interface AnnouncedTerms {
  readonly isExcluded: boolean;
  /**
   * At most `ms` in each of the buckets, which are in order, touch, and cover the period: a month's cap over a judged
   * week needs the whole month, and the windows of all of it. `null` without a limit.
   */
  readonly cap: { readonly ms: number; readonly buckets: readonly Interval[] } | null;
}

/** All that exclusions are decided by, over the period or, with a cap, over all of its buckets. */
export interface ExclusionClaims {
  /** The whole period, the time to come included. */
  readonly period: Interval;
  /** When the contract binds. */
  readonly effective: Interval;
  readonly recurring: readonly RecurringOccurrence[];
  readonly requested: readonly RequestedExclusion[];
  readonly announced: readonly AnnouncedWindow[];
  readonly terms: AnnouncedTerms;
}

/** Both inside the period, in order. What is applied does not overlap. */
export interface Exclusions {
  readonly applied: readonly AppliedExclusion[];
  readonly notApplied: readonly NotApplied[];
}

export const NO_EXCLUSIONS: Exclusions = { applied: [], notApplied: [] };

/**
 * Which time is not counted, and why the rest is. Every instant is excluded once, on its strongest ground: standing
 * windows, then approved exclusions, then announced maintenance in the order of its beginning (then of announcement, then
 * of id). So the cap is used up only by time that nothing else excludes, and the window that reaches it is cut there.
 * Only the announced time is excluded: an overrun counts. A cancellation takes effect at its instant, not before.
 */
export function decideExclusions(claims: ExclusionClaims): Exclusions {
  const decision = new Decision(claims);
  for (const one of claims.recurring) decision.grant({ ...one, kind: 'recurring' });
  for (const one of inOrder(claims.requested)) decideRequested(one, decision);
  for (const one of inOrder(claims.announced)) decideAnnounced(one, claims.terms, decision);
  return decision.result();
}

function decideRequested({ id: _, state, ...one }: RequestedExclusion, decision: Decision): void {
  const wanted: AppliedExclusion = { ...one, kind: 'approved' };
  if (state === 'approved') decision.decide(wanted);
  else decision.refuse(wanted, { code: state === 'rejected' ? 'rejected' : 'not-approved' });
}

function decideAnnounced(window: AnnouncedWindow, { isExcluded, cap }: AnnouncedTerms, decision: Decision): void {
  const { fromMs, toMs, reason, evidence, announcedAtMs, announceByMs, cancelledAtMs } = window;
  const wanted: AppliedExclusion = { fromMs, toMs, kind: 'maintenance', reason, evidence };
  if (!isExcluded || announceByMs === null || announcedAtMs > announceByMs) {
    const byMs = announceByMs === null ? null : announcedAtMs - announceByMs;
    decision.refuse(wanted, isExcluded ? { code: 'announced-late', byMs } : { code: 'not-in-contract' });
    return;
  }
  const endMs = cancelledAtMs === null ? toMs : Math.max(fromMs, Math.min(toMs, cancelledAtMs));
  if (cancelledAtMs !== null) decision.refuse({ ...wanted, fromMs: endMs }, { code: 'cancelled', atMs: cancelledAtMs });
  if (endMs > fromMs) decision.decide({ ...wanted, toMs: endMs }, cap);
}

/** What has been decided so far. */
class Decision {
  readonly #claims: ExclusionClaims;
  readonly #applied: AppliedExclusion[] = [];
  readonly #notApplied: NotApplied[] = [];
  /** By the index of a bucket. */
  readonly #usedMs = new Map<number, number>();
  #covered: readonly Interval[] = [];

  constructor(claims: ExclusionClaims) {
    this.#claims = claims;
  }

  /** Excludes what the contract binds and nothing before excludes. */
  grant(wanted: AppliedExclusion): void {
    for (const piece of this.#left(wanted)) this.#apply(wanted, piece);
  }

  /** As `grant`, up to the cap; what cannot be excluded is said to be so, and why. */
  decide(wanted: AppliedExclusion, cap: AnnouncedTerms['cap'] = null): void {
    const pieces = this.#left(wanted);
    if (pieces.length === 0) {
      const isBound = intersect(wanted, this.#claims.effective) !== null;
      this.refuse(wanted, { code: isBound ? 'already-excluded' : 'outside-contract' });
    }
    for (const piece of pieces) {
      if (cap === null) this.#apply(wanted, piece);
      else this.#applyUpTo(cap, wanted, piece);
    }
  }

  refuse(wanted: AppliedExclusion, why: WhyNot): void {
    const inside = intersect(wanted, this.#claims.period);
    if (inside !== null) this.#notApplied.push({ ...wanted, ...inside, why });
  }

  result(): Exclusions {
    const judged = intersect(this.#claims.period, this.#claims.effective);
    const applied = this.#applied.flatMap((one) => {
      const inside = judged === null ? null : intersect(one, judged);
      return inside === null ? [] : [{ ...one, ...inside }];
    });
    return { applied: byTime(applied), notApplied: byTime(this.#notApplied) };
  }

  #left(wanted: Interval): Interval[] {
    const bound = intersect(wanted, this.#claims.effective);
    return bound === null ? [] : subtractAll([bound], this.#covered);
  }

  #apply(wanted: AppliedExclusion, piece: Interval): void {
    this.#applied.push({ ...wanted, ...piece });
    this.#covered = mergeIntervals([...this.#covered, piece]);
  }

  #applyUpTo({ ms, buckets }: NonNullable<AnnouncedTerms['cap']>, wanted: AppliedExclusion, piece: Interval): void {
    for (const [index, bucket] of buckets.entries()) {
      const part = intersect(piece, bucket);
      if (part === null) continue;
      const usedMs = this.#usedMs.get(index) ?? 0;
      const cutMs = part.fromMs + Math.min(lengthMs(part), ms - usedMs);
      if (cutMs > part.fromMs) this.#apply(wanted, { fromMs: part.fromMs, toMs: cutMs });
      this.#usedMs.set(index, usedMs + cutMs - part.fromMs);
      this.refuse({ ...wanted, fromMs: cutMs, toMs: part.toMs }, { code: 'cap-used-up', capMs: ms });
    }
  }
}

interface Ordered extends Interval {
  readonly id: string;
  readonly announcedAtMs?: number;
}

function inOrder<One extends Ordered>(claims: readonly One[]): One[] {
  return claims.toSorted(
    (a, b) =>
      a.fromMs - b.fromMs ||
      (a.announcedAtMs ?? 0) - (b.announcedAtMs ?? 0) ||
      (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
  );
}

function byTime<One extends Interval>(ones: readonly One[]): One[] {
  return ones.toSorted((a, b) => a.fromMs - b.fromMs || a.toMs - b.toMs);
}
