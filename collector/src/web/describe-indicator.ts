import { formatDuration } from '@nines/shared/time/duration.ts';
import type { Indicator } from '../sla/indicator.ts';

type Describe<Kind extends Indicator['kind']> = (indicator: Extract<Indicator, { kind: Kind }>) => string;

/** What is measured, in a few words, for each kind of indicator. */
const DESCRIPTIONS: { readonly [Kind in Indicator['kind']]: Describe<Kind> } = {
  availability: ({ checks }) => `availability of ${checks.join(', ')}`,
  latency: ({ checks, withinMicros }) => `${checks.join(', ')} within ${formatThreshold(withinMicros)}`,
  gauge: ({ checks, value, atLeast, atMost }) => `${value} of ${checks.join(', ')} ${boundsText(atLeast, atMost)}`,
  event_ratio: ({ source }) => `good ${source.stream}`,
  event_statistic: ({ source, value, statistic, atMost }) =>
    `${statistic.kind === 'percentile' ? `percentile ${statistic.ppb / 10_000_000}` : statistic.kind} of ${value} of ${source.stream} at most ${atMost}`,
  event_count: ({ source, atLeast }) => `at least ${atLeast} ${source.stream}`,
  duration_target: ({ source, limits }) =>
    `${source.stream} done within ${limits.map(({ withinMs }) => formatDuration(withinMs)).join(' or ')}`,
  freshness: ({ source, atMostMs }) => `last good of ${source.stream} not older than ${formatDuration(atMostMs)}`,
  scheduled_windows: ({ source }) => `${source.stream} in every window`,
};

/** What an objective measures, in a few words. */
export function describeIndicator(indicator: Indicator): string {
  // Safe: the table's type pairs every kind with its own indicator.
  const describe = DESCRIPTIONS[indicator.kind] as Describe<Indicator['kind']>;
  return describe(indicator);
}

/** A promised latency exactly as it was agreed, not rounded as a measured one. */
function formatThreshold(micros: number): string {
  return micros % 1_000 === 0 ? formatDuration(micros / 1_000) : `${micros} µs`;
}

function boundsText(atLeast: number | null, atMost: number | null): string {
  if (atLeast !== null && atMost !== null) return `from ${atLeast} to ${atMost}`;
  return atLeast === null ? `at most ${atMost}` : `at least ${atLeast}`;
}
