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

const loggedIn: ValueDeclaration = {
  unit: 'count',
  help: 'Members of the queues who are logged in, whatever they do.',
  metric: { name: 'nines_phone_members_logged_in', help: 'Members logged in at the last run.' },
};

const available: ValueDeclaration = {
  unit: 'count',
  help: 'Members who could take a call now.',
  metric: { name: 'nines_phone_members_available', help: 'Members who could take a call at the last run.' },
};

const paused: ValueDeclaration = {
  unit: 'count',
  help: 'Members who are logged in and paused.',
  metric: { name: 'nines_phone_members_paused', help: 'Members paused at the last run.' },
};

const occupancy: ValueDeclaration = {
  unit: 'ppm',
  help: 'Share of the members who are there and not paused that could not take a call; absent when nobody is.',
  metric: { name: 'nines_phone_occupancy_ratio', help: 'Share of unpaused members who were busy at the last run.' },
};

/** How queues stand, as `gaugeValues` has it. */
export const queueValues = {
  waiting,
  longest_wait: longestWait,
  logged_in: loggedIn,
  available,
  paused,
  occupancy,
};

/** What a source that gives no calls has counted itself, over an interval of its own. */

export const offered: ValueDeclaration = {
  unit: 'count',
  help: 'Callers who came, as the source counted over its own interval.',
  metric: { name: 'nines_phone_source_offered', help: 'Callers who came in the interval of the source.' },
};

export const answered: ValueDeclaration = {
  unit: 'count',
  help: 'Callers among them who were answered.',
  metric: { name: 'nines_phone_source_answered', help: 'Callers who were answered in the interval of the source.' },
};

export const abandoned: ValueDeclaration = {
  unit: 'count',
  help: 'Callers among them who gave up.',
  metric: { name: 'nines_phone_source_abandoned', help: 'Callers who gave up in the interval of the source.' },
};

export const meanWait: ValueDeclaration = {
  unit: 'microseconds',
  help: 'How long those who were answered waited on average, as the source says.',
  metric: { name: 'nines_phone_source_mean_wait_seconds', help: 'Mean wait of answered callers, as the source says.' },
};
