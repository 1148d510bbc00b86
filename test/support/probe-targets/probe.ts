import { type Allowance, allowNothing } from '../../../agent/src/allowance.ts';
import { type CheckRun, type RunCheckDeps, runCheck } from '../../../agent/src/run-check.ts';
import { createTrust } from '../../../agent/src/trust.ts';
import { type ProbeOptions, probeOptions } from '../../../shared/src/probes/index.ts';
import { systemClock } from '../../../shared/src/time/clock.ts';

export const TIMEOUT_MS = 5_000;

/** Options as they would stand in YAML → parsed. */
export function options(written: Record<string, unknown>): ProbeOptions {
  return probeOptions.parse(written);
}

/** Runs a probe as the agent does, on the real clock unless told otherwise. */
export function probe(
  written: Record<string, unknown>,
  { timeoutMs = TIMEOUT_MS, ...deps }: Partial<RunCheckDeps> & { readonly timeoutMs?: number } = {},
): Promise<CheckRun> {
  return runCheck(
    { id: 'shop', everyMs: 30_000, timeoutMs, probe: options(written) },
    { clock: systemClock, trust: systemTrust(), allowed: allowing({}), ...deps },
  );
}

/** An agent that gives the secret `secret`, and refuses all that is not given here. */
export function allowing(verbs: Partial<Allowance>): Allowance {
  return { ...allowNothing('not allowed by this test'), secret: () => 'secret', ...verbs };
}

/** `up`, or the outcome with its reason: `down status-unexpected`. */
export function verdict(run: CheckRun): string {
  const { outcome, reason } = run.observation;
  return reason === null ? outcome : `${outcome} ${reason}`;
}

let trust: RunCheckDeps['trust'] | null = null;

function systemTrust(): RunCheckDeps['trust'] {
  trust ??= createTrust({ caFile: null });
  return trust;
}
