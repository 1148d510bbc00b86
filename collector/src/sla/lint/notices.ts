import { minutes } from './lint-text.ts';
import type { LintRule } from './linted.ts';

/** Maintenance that has to be announced longer ahead than standing windows lie apart. */
export const notices: LintRule = ({ maintenance: { noticeMs, windowsEveryMs } }) => {
  const shortest = Math.min(...windowsEveryMs);
  if (noticeMs === null || noticeMs <= shortest) return [];
  return [
    {
      path: ['maintenance', 'notice'],
      message: 'longer than the time between two standing windows: work beyond one cannot be announced for the next',
      example: `announced now it may begin after ${minutes(noticeMs)}, and the next window comes within ${minutes(shortest)}`,
    },
  ];
};
