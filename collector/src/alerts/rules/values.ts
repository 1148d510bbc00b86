import { formatInstant } from '@nines/shared/time/calendar.ts';
import { formatSpan } from '../../web/format.ts';
import type { CheckNow, Finding, Holds, LimitsOf, Severity, Snapshot } from '../finding.ts';

/** What the newest runs of a check measured, the least or the most of its agents; `null` when none did. */
function measured({ agents }: CheckNow, value: string, pick: (...all: number[]) => number): number | null {
  const found = agents.flatMap(({ last }) => last?.values[value] ?? []);
  return found.length === 0 ? null : pick(...found);
}

interface Told {
  readonly severity: Severity;
  readonly holds: Holds;
  readonly summary: string;
  readonly what: string;
  readonly value: string;
  readonly limit: string;
}

function finding(one: CheckNow, { severity, holds, summary, what, value, limit }: Told): Finding {
  return {
    subject: { check: one.check },
    labels: { check: one.check },
    severity,
    holds,
    quiet: one.quiet,
    tell: () => ({
      summary,
      cause: `${what}: ${value}, limit ${limit}`,
      evidence: [{ kind: 'value', what, value, limit }],
      link: `/#check-${one.check}`,
    }),
  };
}

/** A certificate of the presented chain ends soon: first somebody has to see to it, then somebody is called. */
export function findExpiring({ checks, nowMs }: Snapshot, limitsOf: LimitsOf): Finding[] {
  return checks.flatMap((one) => {
    const limits = limitsOf({ check: one.check }).certificate_expiring;
    return endings(one, { value: 'certificate_expires_at', what: 'a certificate', limits, nowMs });
  });
}

/** The registration of a domain ends soon, likewise. */
export function findDomainEnds({ checks, nowMs }: Snapshot, limitsOf: LimitsOf): Finding[] {
  return checks.flatMap((one) => {
    const limits = limitsOf({ check: one.check }).domain_expiring;
    return endings(one, { value: 'domain_expires_at', what: 'the registration', limits, nowMs });
  });
}

interface Ending {
  /** The value that says when, Unix seconds. */
  readonly value: string;
  readonly what: string;
  readonly limits: { readonly withinMs: number; readonly pageWithinMs: number };
  readonly nowMs: number;
}

function endings(one: CheckNow, { value, what, limits, nowMs }: Ending): Finding[] {
  const endsAtS = measured(one, value, Math.min);
  if (endsAtS === null) return [];
  const leftMs = endsAtS * 1_000 - nowMs;
  const steps = [
    { severity: 'ticket', limitMs: limits.withinMs },
    { severity: 'page', limitMs: limits.pageWithinMs },
  ] as const;
  return steps.map(({ severity, limitMs }) =>
    finding(one, {
      severity,
      holds: leftMs < limitMs ? 'yes' : 'no',
      summary: leftMs > 0 ? `${what} of ${one.check} ends soon` : `${what} of ${one.check} has ended`,
      what: 'it ends',
      value: formatInstant(endsAtS * 1_000, 'UTC'),
      limit: `${formatSpan(limitMs)} before`,
    }),
  );
}

/** Somebody has been waiting on the telephone for too long. */
export function findLongWaits({ checks }: Snapshot, limitsOf: LimitsOf): Finding[] {
  return checks.flatMap((one) => {
    const waitMicros = measured(one, 'longest_wait', Math.max);
    if (waitMicros === null) return [];
    const { longestMs } = limitsOf({ check: one.check }).phone_waiting;
    const waitMs = Math.floor(waitMicros / 1_000);
    return [
      finding(one, {
        severity: 'page',
        holds: waitMs > longestMs ? 'yes' : 'no',
        summary: `a caller of ${one.check} waits too long`,
        what: 'longest wait',
        value: formatSpan(waitMs),
        limit: formatSpan(longestMs),
      }),
    ];
  });
}

/** Nobody is there to take calls: in the hours that some promise is about, or, without such, while somebody waits. */
export function findNobodyThere({ checks }: Snapshot): Finding[] {
  return checks.flatMap((one) => {
    const loggedIn = measured(one, 'logged_in', Math.max);
    if (loggedIn === null) return [];
    const waiting = measured(one, 'waiting', Math.max) ?? 0;
    const isWanted = one.isPromisedNow ?? waiting > 0;
    return [
      finding(one, {
        severity: 'page',
        holds: loggedIn === 0 && isWanted ? 'yes' : 'no',
        summary: `nobody is logged in to take calls of ${one.check}`,
        what: `logged in, while ${waiting} ${waiting === 1 ? 'caller waits' : 'callers wait'}`,
        value: String(loggedIn),
        limit: '1',
      }),
    ];
  });
}
