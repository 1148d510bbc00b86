import type { Predicate } from '../sla/indicator.ts';
import { list } from './plain.ts';

/** A condition on an event in words: `the outcome is good`, `severity is p1 or p2 and wait is at most 20000`. */
export function predicate(condition: Predicate): string {
  switch (condition.kind) {
    case 'always':
      return 'always';
    case 'never':
      return 'never';
    case 'outcome':
      return `the outcome is ${list(condition.in, 'or')}`;
    case 'label':
      return `${condition.name} is ${list(condition.in, 'or')}`;
    case 'value':
      return `${condition.name} is ${bounds(condition.atLeast, condition.atMost)}`;
    case 'not':
      return `not (${predicate(condition.of)})`;
    case 'all':
      return condition.of.map(inner).join(' and ');
    case 'any':
      return condition.of.map(inner).join(' or ');
  }
}

function inner(condition: Predicate): string {
  return condition.kind === 'all' || condition.kind === 'any' ? `(${predicate(condition)})` : predicate(condition);
}

/** ` where severity is p1`; nothing for a condition that always holds. */
export function thoseWhere(condition: Predicate): string {
  return condition.kind === 'always' ? '' : ` where ${predicate(condition)}`;
}

/** `at least 1 and at most 5`. */
export function bounds(atLeast: number | null, atMost: number | null): string {
  const parts = [atLeast !== null && `at least ${atLeast}`, atMost !== null && `at most ${atMost}`];
  return list(parts.filter((part) => part !== false));
}
