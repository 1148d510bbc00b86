import type { Rational } from '../rational.ts';

/** One counted outage, or one missed unit of work (a call, a ticket, a backup), with what it counts for. */
export interface CountedIncident {
  readonly fromMs: number;
  readonly toMs: number;
  /** Integer milliseconds of it that the contract counts. */
  readonly countedMs: number;
  /** The day in the contract's zone on which it began, `YYYY-MM-DD`. */
  readonly day: string;
}

/** What one clock hour of the contract's zone saw; only hours with counted downtime are listed. */
export interface BadHour {
  /** `2026-10-25T02:00:00+02:00` */
  readonly name: string;
  readonly badMs: number;
  readonly lengthMs: number;
}

/**
 * One period of one objective, its unknown part taken as good or as bad: nothing in it is open any more. What has not
 * happened yet counts as good: the figures say what is owed if nothing more goes wrong.
 */
export interface PeriodReading {
  /** The attained share, 0 to 1, exact; `null` when nothing was due in the period, and then nothing is owed. */
  readonly share: Rational | null;
  /** Milliseconds for which the service was promised in the whole period. */
  readonly serviceMs: number;
  /** Counted downtime in milliseconds; 0 for an indicator that counts units of work. */
  readonly downMs: number;
  /** Oldest first. Read as bad, unknown time joins the outages that it touches. */
  readonly incidents: readonly CountedIncident[];
  readonly hours: readonly BadHour[];
}

/** Both readings of a period: what was unknown taken as good for the provider, and as bad. */
export interface Readings {
  readonly best: PeriodReading;
  readonly worst: PeriodReading;
}

/** The length of a period: in milliseconds, and in months for which a fee is paid (a part of a month is a fraction). */
export interface PeriodLength {
  readonly ms: number;
  readonly months: Rational;
}

/** One step of the arithmetic: what is computed, and what it comes to, so that it can be redone by hand. */
export interface Step {
  readonly rule: string;
  readonly figure: string;
}
