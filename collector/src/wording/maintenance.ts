import type { MaintenanceTerms, Notice } from '../sla/contract.ts';
import { openHours, recurringWindow } from './hours.ts';
import { list, spell } from './plain.ts';

/** `not counting maintenance announced 48 h ahead, at most 4 h a month`; `null` when the contract excludes nothing. */
export function notCounted({ notice, cap, recurring }: MaintenanceTerms): string | null {
  const parts = recurring.map((window) => `the window ${recurringWindow(window)}`);
  if (notice !== null) {
    const limit = cap === null ? '' : `, at most ${spell(cap.ms)} a ${cap.per}`;
    parts.push(`maintenance announced ${ahead(notice)}${limit}`);
  }
  return parts.length === 0 ? null : `not counting ${list(parts)}`;
}

function ahead(notice: Notice): string {
  if (notice.kind === 'elapsed') return `${spell(notice.ms)} ahead`;
  return `${notice.days} working days ahead (${openHours(notice.hours)})`;
}
