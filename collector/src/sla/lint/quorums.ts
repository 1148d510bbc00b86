import { minutes } from './lint-text.ts';
import type { Contradiction, LintRule } from './linted.ts';

/** More agents are needed than look: the check could never be down, or never be known. */
export const quorums: LintRule = ({ objectives }) =>
  objectives.flatMap(({ checks, quorum, minReporting, period }, index) =>
    checks.flatMap(({ id, agents }): Contradiction[] => {
      const path = ['objectives', index, 'indicator'];
      const all = minutes(period.longestMs);
      if (agents === 0) return [];
      if (quorum !== null && quorum > agents) {
        const message = `${quorum} agents have to see ${id} down, and ${agents} run it: it can never be down`;
        return [{ path: [...path, 'quorum'], message, example: `${all} of outage count as 0 min` }];
      }
      if (minReporting !== null && minReporting > agents) {
        const message = `${minReporting} agents have to report ${id}, and ${agents} run it: nothing is ever known`;
        return [{ path: [...path, 'min_reporting'], message, example: `${all} of every period are unknown` }];
      }
      return [];
    }),
  );
