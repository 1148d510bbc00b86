import type { Check } from '@nines/shared/check.ts';
import { type CommandContext, EXIT, type ExitCode } from '@nines/shared/command.ts';
import { systemClock } from '@nines/shared/time/clock.ts';
import type { Allowance } from '../allowance.ts';
import { loadProbes } from '../probes/index.ts';
import { runCheck } from '../run-check.ts';
import { createTrust, type TrustSettings } from '../trust.ts';
import { formatRun, formatRunAsJson } from './waterfall.ts';

export interface RunOnceOptions {
  readonly trust: TrustSettings;
  readonly allowed: Allowance;
  readonly json: boolean;
}

/** Runs a check once and prints what came of it: 0 when it is up, 1 when not. Nothing is stored or delivered. */
export async function runOnce(check: Check, options: RunOnceOptions, context: CommandContext): Promise<ExitCode> {
  const { trust, allowed, json } = options;
  await loadProbes([check.probe.type]);
  const run = await runCheck(check, { clock: systemClock, trust: createTrust(trust), allowed });
  context.out(json ? formatRunAsJson(run) : formatRun(check, run));
  return run.observation.outcome === 'up' ? EXIT.done : EXIT.failed;
}
