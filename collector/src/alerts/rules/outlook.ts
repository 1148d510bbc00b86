import { isAtLeast, shareOf } from '../../sla/share.ts';
import { formatSpan, formatTarget } from '../../web/format.ts';
import type { Finding, Holds, LimitsOf, ObjectiveNow, Snapshot } from '../finding.ts';
import { figures, labelsOf, linkTo, nameOf, subjectOf } from './objective-words.ts';

/** By the pace of this window it is judged how long the budget lasts: a day has its night. */
const PACE_WINDOW = '1d';
/** Once told of, it is over only when the budget lasts so much longer than the period. */
const CLEARS_BEYOND_PERCENT = 10;

/** At the pace of the last day the budget is gone before the period ends. Of a rolling period it comes back meanwhile. */
export function findForecast({ objectives, nowMs }: Snapshot): Finding[] {
  return objectives.map((one) => ({
    subject: subjectOf(one),
    labels: labelsOf(one),
    severity: 'ticket',
    holds: forecast(one, nowMs),
    quiet: one.quiet,
    tell: () => ({
      summary: `${nameOf(one)} will be breached before ${one.attainment.periodName} ends`,
      cause: `at the pace of the last day its budget is gone in ${formatSpan(one.exhaustsInMs ?? 0)}; ${figures(one)}`,
      evidence: [
        {
          kind: 'value',
          what: 'budget lasts at the pace of the last day',
          value: formatSpan(one.exhaustsInMs ?? 0),
          limit: formatSpan(Math.max(0, one.attainment.periodToMs - nowMs)),
        },
      ],
      link: linkTo(one),
    }),
  }));
}

function forecast({ objective, attainment, burns, exhaustsInMs }: ObjectiveNow, nowMs: number): Holds {
  if (objective.period.kind === 'rolling' || attainment.verdict === 'breached') return 'no';
  const leftMs = attainment.periodToMs - nowMs;
  const pace = burns.find(({ window }) => window === PACE_WINDOW);
  if (exhaustsInMs === null || pace === undefined || !pace.hasEnoughBad) return 'no';
  if (exhaustsInMs < leftMs) return 'yes';
  return exhaustsInMs < leftMs + (leftMs * CLEARS_BEYOND_PERCENT) / 100 ? 'open' : 'no';
}

/** Calls of the last half hour are answered worse than was promised. With few of them nobody can tell. */
export function findPhoneLow({ objectives }: Snapshot, limitsOf: LimitsOf): Finding[] {
  return objectives.flatMap((one) => {
    const { recent, objective } = one;
    if (recent?.about !== 'calls') return [];
    const { leastCalls } = limitsOf(subjectOf(one)).phone_low;
    const calls = recent.good + recent.bad;
    const share = shareOf(recent.good, calls);
    const isBelow = share !== null && !isAtLeast(share, objective.targetPpb);
    return [
      {
        subject: subjectOf(one),
        labels: labelsOf(one),
        severity: 'page',
        holds: calls < leastCalls ? 'open' : isBelow ? 'yes' : 'no',
        quiet: one.quiet,
        tell: () => ({
          summary: `calls of ${nameOf(one)} are answered too late`,
          cause: `${recent.good} of ${calls} calls of the last ${formatSpan(recent.windowMs)} were good; ${figures(one)}`,
          evidence: [
            {
              kind: 'value',
              what: `good calls of ${calls}`,
              value: String(recent.good),
              limit: formatTarget(objective.targetPpb),
            },
          ],
          link: linkTo(one),
        }),
      } satisfies Finding,
    ];
  });
}

/** A backup of late is not of its usual size. */
export function findUnusual({ objectives }: Snapshot): Finding[] {
  return objectives.flatMap((one) => {
    const { recent } = one;
    if (recent?.about !== 'sizes') return [];
    return [
      {
        subject: subjectOf(one),
        labels: labelsOf(one),
        severity: 'ticket',
        holds: recent.bad > 0 ? 'yes' : 'no',
        quiet: one.quiet,
        tell: () => ({
          summary: `a backup of ${nameOf(one)} is not of its usual size`,
          cause: `${recent.bad} of ${recent.good + recent.bad} of the last ${formatSpan(recent.windowMs)}; ${figures(one)}`,
          evidence: [{ kind: 'value', what: 'unusual backups', value: String(recent.bad), limit: '0' }],
          link: linkTo(one),
        }),
      } satisfies Finding,
    ];
  });
}
