import { dateAt } from '@nines/shared/time/calendar.ts';
import type { ClaimWindow, Contract, ReportTerm } from '../sla/contract.ts';
import type { Fee } from '../sla/credit/terms.ts';
import { moneyText } from '../sla/money.ts';
import { notCounted } from './maintenance.ts';
import { calendarPeriod } from './periods.ts';
import { list } from './plain.ts';

/** One line about a contract as a whole: `Claims`, `within 30 days after the end of a period`. */
export interface ContractTerm {
  readonly term: string;
  readonly text: string;
}

/** What a version says beside its objectives, in the order in which people read a contract. */
export function contractTerms(contract: Contract): ContractTerm[] {
  const { timeZone, money, maintenance, approvals, reports, reviews, claimWindow } = contract;
  const terms: readonly (readonly [string, string | null])[] = [
    ['In force', effectiveDates(contract)],
    ['Time zone', timeZone],
    ['Fee', money === null ? null : feeText(money.fee)],
    ['Not counted', notCounted(maintenance)?.replace(/^not counting /, '') ?? 'nothing is excluded'],
    ['Claims', claimWindow === null ? null : claims(claimWindow)],
    ['Approved by', approvals.length === 0 ? null : list(approvals.map(({ role }) => role))],
    ['Reports', reports.length === 0 ? null : list(reports.map(report))],
    ['Reviewed', reviews === null ? null : `each ${calendarPeriod(reviews)}`],
  ];
  return terms.flatMap(([term, text]) => (text === null ? [] : [{ term, text }]));
}

/** `from 2026-01-01 to 2026-12-31`, both days included, in the contract's zone. */
export function effectiveDates({ effective: { fromMs, toMs }, timeZone }: Contract): string {
  const from = fromMs === null ? 'from the beginning' : `from ${dateAt(fromMs, timeZone)}`;
  return toMs === null ? `${from} on` : `${from} to ${dateAt(toMs - 1, timeZone)}`;
}

function feeText({ minor, currency, per }: Fee): string {
  return `${moneyText(minor, currency)} a ${per}`;
}

function claims(window: ClaimWindow): string {
  const length = window.kind === 'days' ? `${window.days} days` : `${window.periods} billing periods`;
  return `within ${length} after the end of a period`;
}

function report({ every, to, formats }: ReportTerm): string {
  return `each ${calendarPeriod(every)} as ${list(formats)}${to.length === 0 ? '' : ` to ${list(to)}`}`;
}
