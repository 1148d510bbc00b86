import type { CallPromise } from '../sla/indicator.ts';
import { list, spell } from './plain.ts';

interface Words {
  /** `within 20 s`. */
  readonly inTime: string;
  readonly short: string;
  /** `answered, abandoned and timed-out calls`. */
  readonly offered: string;
}

/** THE table of formulas in words. */
const FORMULAS: Readonly<Record<string, (words: Words) => string>> = {
  answered_or_abandoned_in_threshold_over_offered: ({ inTime, offered }) =>
    `be answered, or given up by the caller, ${inTime}, of all ${offered}`,
  answered_in_threshold_over_answered: ({ inTime }) => `be answered ${inTime}, of those that are answered at all`,
  answered_in_threshold_over_offered: ({ inTime, offered }) => `be answered ${inTime}, of all ${offered}`,
  answered_in_threshold_over_answered_and_late_abandoned: ({ inTime }) =>
    `be answered ${inTime}, of those that are answered or given up later than that`,
  answered_in_threshold_or_short_abandoned_over_offered: ({ inTime, short, offered }) =>
    `be answered ${inTime}, or given up ${short}, of all ${offered}`,
  answered_in_threshold_over_offered_less_short_abandoned: ({ inTime, short, offered }) =>
    `be answered ${inTime}, of all ${offered} but those given up ${short}`,
};

/** What has to be about calls: `calls of support must be answered within 20 s, of all answered and abandoned calls`. */
export function callsMust(promise: CallPromise): string {
  const { kind, formula, withinS, shortS, queues, abandoned, alsoOffered } = promise;
  const within = (lengthS: number | null) => (lengthS === null ? 'at once' : `within ${spell(lengthS * 1_000)}`);
  const words = {
    inTime: within(withinS),
    short: within(shortS),
    offered: `${list(['answered', ...abandoned, ...alsoOffered])} calls`,
  };
  const what = `calls${queues === null ? '' : ` of ${list(queues)}`}`;
  const said = formula === null ? undefined : FORMULAS[formula];
  if (said !== undefined) return `${what} must ${said(words)}`;
  const butShort = shortS === null ? '' : `, but for those who give up ${words.short}`;
  return kind === 'abandonment'
    ? `${what} must not be ${list(abandoned, 'or')}, of all ${words.offered}${butShort}`
    : `${what} must be answered ${words.inTime}`;
}
