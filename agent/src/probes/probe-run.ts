import type { SecureContext } from 'node:tls';
import type { Clock } from '@nines/shared/time/clock.ts';
import type { Allowance } from '../allowance.ts';

/** What a probe gets for one run. It measures once: no retry, no schedule, no log, no judgement over several runs. */
export interface ProbeContext {
  /** The caller's deadline. When it aborts, the probe lets go of everything and rejects; with what does not matter. */
  readonly signal: AbortSignal;
  /** The same for a probe that needs no signal: `letGo` is called when the deadline strikes, at once when it has. */
  onDeadline(letGo: () => void): void;
  readonly clock: Clock;
  /** Milliseconds that are left of the deadline. */
  remainingMs(): number;
  /** Filled as the run goes on (integers in the declared units), so a failed run keeps the phases it got through. */
  readonly values: Record<string, number>;
  /** Says which phase begins: a deadline that strikes names it (`connect-timeout`). */
  enter(phase: Phase): void;
  /** One secure context per trust setting, made once for the whole agent. */
  readonly trust: Trust;
  /** What the agent's own file lets checks read and run. */
  readonly allowed: Allowance;
}

/** Resolves when the target did all that was expected; throws `ProbeFailure` or a system error otherwise. */
export type ProbeRun<Options> = (options: Options, context: ProbeContext) => Promise<void>;

/** `local`: a program or a disk of this host works, so that its slowness proves nothing about the target. */
export type Phase = 'resolve' | 'connect' | 'tls' | 'exchange' | 'local';

/** The secure contexts of this agent: the system's roots (and the agent's own `trust.ca_file`). */
export interface Trust {
  readonly secureContext: SecureContext;
}
