import type { ValueDeclaration } from './probe.ts';

/** Live gauges that several telephone sources report; of all queues that a check looks at together. */

export const waiting: ValueDeclaration = {
  unit: 'count',
  help: 'Callers who wait now.',
  metric: { name: 'nines_phone_callers_waiting', help: 'Callers who waited at the last run.' },
};

export const longestWait: ValueDeclaration = {
  unit: 'microseconds',
  help: 'How long the first of them has been waiting; 0 when nobody waits.',
  metric: { name: 'nines_phone_longest_wait_seconds', help: 'Wait of the caller who waited longest at the last run.' },
};

export const loggedIn: ValueDeclaration = {
  unit: 'count',
  help: 'Members of the queues who are logged in, whatever they do.',
  metric: { name: 'nines_phone_members_logged_in', help: 'Members logged in at the last run.' },
};

export const available: ValueDeclaration = {
  unit: 'count',
  help: 'Members who could take a call now.',
  metric: { name: 'nines_phone_members_available', help: 'Members who could take a call at the last run.' },
};

export const paused: ValueDeclaration = {
  unit: 'count',
  help: 'Members who are logged in and paused.',
  metric: { name: 'nines_phone_members_paused', help: 'Members paused at the last run.' },
};
