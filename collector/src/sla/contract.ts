import type { CalendarPeriod } from '@nines/shared/time/calendar.ts';
import type { OpenHours } from '@nines/shared/time/open-hours.ts';
import type { RecurringWindow } from '@nines/shared/time/recurring.ts';
import type { MoneyTerms } from './credit/terms.ts';
import type { Objective } from './objective.ts';

/** Who can sign a contract version or a statement. */
export const ROLES = ['provider', 'customer', 'finance', 'auditor'] as const;
export type Role = (typeof ROLES)[number];

/** Over which calendar stretches in the contract's zone a cap counts; `period` is the objective's own. */
export type CapPeriod = 'day' | 'week' | 'month' | 'quarter' | 'year' | 'period';

/** How long before it begins maintenance has to be announced: elapsed time, or whole working days of a calendar. */
export type Notice =
  | { readonly kind: 'elapsed'; readonly ms: number }
  | { readonly kind: 'working_days'; readonly days: number; readonly hours: OpenHours };

/** What maintenance the contract does not count, and how. */
export interface MaintenanceTerms {
  /** `null`: announced maintenance is not excluded at all, only recurring windows are. */
  readonly notice: Notice | null;
  /** At most this much announced maintenance is not counted; `null` without a limit. */
  readonly cap: { readonly ms: number; readonly per: CapPeriod } | null;
  /** `excluded`: excluded time leaves the denominator too. `kept`: it counts there, as good time. */
  readonly denominator: 'excluded' | 'kept';
  /** Standing windows: they need no announcement and are not counted against the cap. */
  readonly recurring: readonly RecurringWindow[];
}

/** A report that is due again and again, and for whom. */
export interface ReportTerm {
  /** With the calendar of the contract's zone, or counted from an anchor. */
  readonly every: CalendarPeriod;
  readonly to: readonly string[];
  readonly formats: readonly ('html' | 'pdf' | 'csv' | 'json')[];
}

/** How long after a period's end the customer may claim: calendar days in the zone, or further periods of the fee. */
export type ClaimWindow =
  | { readonly kind: 'days'; readonly days: number }
  | { readonly kind: 'periods'; readonly periods: number };

/** When a version binds: `[fromMs, toMs)`, `null` without a beginning or an end. Versions of a contract never overlap. */
export interface Effective {
  readonly fromMs: number | null;
  readonly toMs: number | null;
}

/** One immutable version of what was agreed with a customer. `digest` names its meaning: see `config/canonical.ts`. */
export interface Contract {
  readonly customer: string;
  readonly id: string;
  readonly version: number;
  /** It may still change: the store does not remember it, and nothing is approved or stated by it. */
  readonly isDraft: boolean;
  /** Its own range cut where the next version begins. */
  readonly effective: Effective;
  readonly timeZone: string;
  readonly maintenance: MaintenanceTerms;
  readonly objectives: readonly Objective[];
  /** What is paid, owed and earned; `null` without a fee. */
  readonly money: MoneyTerms | null;
  /** Who has to approve the version and its statements, in this order. */
  readonly approvals: readonly { readonly role: Role }[];
  readonly reports: readonly ReportTerm[];
  readonly reviews: CalendarPeriod | null;
  /** `null`: whenever they like. */
  readonly claimWindow: ClaimWindow | null;
  /** SHA-256 of `canonical`, 64 hexadecimal digits. */
  readonly digest: string;
  /** The version's meaning as one line of canonical JSON (RFC 8785). */
  readonly canonical: string;
}
