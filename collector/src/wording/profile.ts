import type { Profile, Slice, SliceRule } from '../sla/profile.ts';
import { list, share, spell, spellMicros } from './plain.ts';

/** Who looks: how many, `null` when it is not the same for all checks. */
export interface Lookers {
  readonly word: 'locations' | 'agents';
  readonly count: number | null;
}

/** `as seen by a majority of 3 locations`; `null` when one agent alone looks. */
export function seenBy({ quorum }: Profile, { word, count }: Lookers): string | null {
  if (count === 1) return null;
  const of = count === null ? `the ${word}` : `${count} ${word}`;
  const need = { any: `any of ${of}`, majority: `a majority of ${of}`, all: `all ${of.replace(/^the /, '')}` };
  const who = typeof quorum.need === 'number' ? `at least ${quorum.need} of ${of}` : need[quorum.need];
  return `as seen by ${who}${quorum.minReporting === null ? '' : `, of which ${quorum.minReporting} have to report`}`;
}

/** The rules that make a failure count, each a clause: `outages under 60 s do not count`. */
export function qualifications({ failure, method, unknown, denominator }: Profile): string[] {
  const clauses: string[] = [];
  if (failure.minOutageMs > 0) clauses.push(`outages under ${spell(failure.minOutageMs)} do not count`);
  if (failure.consecutive > 1) clauses.push(`a failure counts from ${failure.consecutive} failed runs in a row on`);
  if (failure.slowMicros !== null) clauses.push(`a run over ${spellMicros(failure.slowMicros)} is a failure`);
  if (failure.ignoredReasons.length > 0) clauses.push(`${list(failure.ignoredReasons)} is no failure`);
  if (method.kind === 'slices') clauses.push(`a slice is bad when ${badSlice(method.rule)}${few(method.slice)}`);
  if (denominator === 'kept') clauses.push('time that is not counted stays in the total as good');
  if (unknown.countsAs !== 'open') {
    const floor = unknown.coverageFloorPpb > 0 ? ` while at least ${share(unknown.coverageFloorPpb)} was measured` : '';
    clauses.push(`${UNKNOWN[unknown.countsAs]}${floor}`);
  }
  return clauses;
}

const UNKNOWN = {
  good: 'what was not measured counts as good',
  bad: 'what was not measured counts as bad',
  nothing: 'what was not measured does not count',
} as const;

function badSlice(rule: SliceRule): string {
  switch (rule.kind) {
    case 'all':
      return 'all of its runs failed';
    case 'majority':
      return 'more than half of its runs failed';
    case 'any':
      return 'any of its runs failed';
    case 'error_share':
      return `at least ${share(rule.atLeastPpb)} of its runs failed`;
  }
}

function few({ minSamples }: Slice): string {
  return minSamples > 1 ? ` and there were at least ${minSamples}` : '';
}
