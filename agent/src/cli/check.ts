import { join } from 'node:path';
import { type Assignment, readAssignment } from '@nines/shared/check.ts';
import type { CommandContext, ExitCode } from '@nines/shared/command.ts';
import { nearest } from '@nines/shared/config/nearest.ts';
import { configErrorAt } from '@nines/shared/errors.ts';
import { systemClock } from '@nines/shared/time/clock.ts';
import { createAllowance } from '../allowance.ts';
import { askForAssignment, readAnswer, readCachedAssignment } from '../assignment.ts';
import { createCollectorClient, DeliveryError } from '../collector-client.ts';
import { type AgentConfig, loadAgentConfig } from '../config.ts';
import { createTrust } from '../trust.ts';
import { runOnce } from './run-once.ts';

export interface CheckOptions {
  readonly config: string;
  readonly json: boolean;
}

/** `nines-agent check NAME`: runs one of this agent's checks once, now. */
export async function runAssignedCheck(
  name: string,
  options: CheckOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const config = loadAgentConfig(options.config, context.env);
  const { checks, refused } = readAssignment(await findAssignment(config, context));
  const check = checks.find(({ id }) => id === name);
  if (check === undefined) {
    const why = refused.find(({ id }) => id === name)?.why;
    if (why !== undefined) throw configErrorAt(`check ${name}`, `not understood by this version: ${why}`);
    const ids = checks.map(({ id }) => id);
    const meant = nearest(name, ids);
    const hint = meant === null ? `it has: ${ids.join(', ') || 'none'}` : `did you mean ${meant}?`;
    throw configErrorAt(`check ${name}`, `this agent has no such check; ${hint}`);
  }
  const allowed = createAllowance(config, context.env);
  return runOnce(check, { trust: config, json: options.json, allowed }, context);
}

/** From the collector; from the agent's cache, and said so, when the collector does not give it. */
async function findAssignment(config: AgentConfig, { err }: CommandContext): Promise<Assignment> {
  const { collector, token } = config;
  const trust = createTrust(config);
  const client = createCollectorClient({ url: collector.url, token, trust, clock: systemClock });
  const answer = await askForAssignment(client, null);
  await client.close();
  const received = answer instanceof DeliveryError ? null : readAnswer(answer);
  if (received !== null) return received.assignment;
  const why = answer instanceof DeliveryError ? answer.message : `status ${answer.status}`;
  const cached = await readCachedAssignment(join(config.spoolDirectory, 'assignment.json'));
  if (cached === null || cached === 'broken') {
    throw configErrorAt(collector.url, `gives no checks (${why}), and none are cached`);
  }
  err(`${collector.url} gives no checks (${why}); using those it gave last\n`);
  return cached.assignment;
}
