import { formatDuration } from '@nines/shared/time/duration.ts';
import type { AppliedExclusion, Exclusions, WhyNot } from '../sla/exclusions.ts';

/** What was not counted and what proves it, and what counts although somebody wanted it excluded, and why. */
export interface ExclusionsDocument {
  readonly applied: readonly ExcludedDocument[];
  readonly not_applied: readonly (ExcludedDocument & {
    readonly why: WhyNot['code'];
    readonly explanation: string;
  })[];
}

interface ExcludedDocument {
  readonly from_ms: number;
  readonly to_ms: number;
  readonly kind: AppliedExclusion['kind'];
  readonly reason: string;
  readonly evidence: string;
}

export function exclusionsDocument({ applied, notApplied }: Exclusions): ExclusionsDocument {
  return {
    applied: applied.map(excludedDocument),
    not_applied: notApplied.map((one) => ({
      ...excludedDocument(one),
      why: one.why.code,
      explanation: explain(one.why),
    })),
  };
}

function excludedDocument({ fromMs, toMs, kind, reason, evidence }: AppliedExclusion): ExcludedDocument {
  return { from_ms: fromMs, to_ms: toMs, kind, reason, evidence };
}

/** As a sentence without its full stop. */
function explain(why: WhyNot): string {
  switch (why.code) {
    case 'not-in-contract':
      return 'the contract excludes no announced maintenance';
    case 'outside-contract':
      return 'the contract does not bind at that time';
    case 'announced-late':
      return why.byMs === null
        ? 'no announcement would have been in time'
        : `announced ${formatDuration(why.byMs)} too late`;
    case 'cancelled':
      return `cancelled at ${new Date(why.atMs).toISOString()}`;
    case 'cap-used-up':
      return `the ${formatDuration(why.capMs)} that may be excluded were used up`;
    case 'not-approved':
      return 'asked for, but not approved';
    case 'rejected':
      return 'asked for, and rejected';
    case 'already-excluded':
      return 'excluded already for another reason';
  }
}
