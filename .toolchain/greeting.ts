import { relative } from 'node:path';
import { RUSH } from '../test/demo/phone-script.ts';
import { CYCLE_MS, EPISODES } from '../test/demo/timetable.ts';

/** What a newcomer needs to know of the demo: where to look, and what happens when. */
export function demoGreeting(address: string, beganMs: number): string {
  const told = [...EPISODES, RUSH].toSorted((a, b) => a.fromMs - b.fromMs);
  const episodes = told.map(({ fromMs, announcement }) => `  ${timeOfDay(beganMs + fromMs)}  ${announcement}`);
  return `Nines is running: a collector, two agents (ams, fra) and a small hosted world for them to measure.

  Open ${address}/

What will happen, and again every ${CYCLE_MS / 60_000} minutes:
${episodes.join('\n')}
`;
}

/** What somebody who runs a configuration of their own needs to know. */
export function configuredGreeting({
  address,
  configPath,
  checks,
  agents,
}: {
  readonly address: string;
  readonly configPath: string;
  readonly checks: number;
  readonly agents: readonly string[];
}): string {
  const measuring =
    agents.length > 0
      ? `On this machine ${agents.length === 1 ? 'the agent' : 'the agents'} ${agents.join(', ')} ${agents.length === 1 ? 'measures' : 'measure'} what is theirs of ${count(checks, 'check')}.`
      : 'No agent runs on this machine: none in the configuration has "local: true".';
  return `Nines is running with ${relative('', configPath)}. ${measuring}

  Open ${address}/
`;
}

/** Where the logs are and how it ends. */
export function closingLine(logFolder: string): string {
  return `Metrics for Prometheus: /metrics. Logs: ${relative('', logFolder)}/. Ctrl-C stops everything.`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function timeOfDay(atMs: number): string {
  return new Date(atMs).toTimeString().slice(0, 8);
}
