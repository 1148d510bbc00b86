import type { SecureContext } from 'node:tls';
import type { ReportedEvent } from '@nines/shared/event.ts';
import type { Clock } from '@nines/shared/time/clock.ts';
import type { Allowance } from '../allowance.ts';
import type { Kept } from '../keeper.ts';

/** What a probe gets for one run. It measures once: no retry, no schedule, no log, no judgement over several runs. */
export interface ProbeContext {
  /** The id of the check that is run. */
  readonly check: string;
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
  /** Where a source of events brings what it found, and remembers how far it came. */
  readonly events: EventSink;
  /** What this check keeps from one run to the next, such as a connection; `make` is called by the first run only. */
  keep<Thing extends Kept>(make: () => Thing): Thing;
}

/** The events of one check on their way to the collector. */
export interface EventSink {
  /**
   * The place that the last `ship` of this check left, also of an earlier life of the agent; `null` at first. What it
   * means is the source's own affair: an offset in a log, the calls that are under way.
   */
  place(): Promise<string | null>;
  /**
   * Resolves once the events are on disk for good and, after them, the place: only then may the source forget them. It may
   * be that they are shipped and the place is still the old one (a crash between): then the source ships the same again,
   * which changes nothing. Rejects with the system's error when the disk refuses, and with `EventsError` for an event
   * that no collector would take; then nothing of it is shipped.
   */
  ship(events: readonly ReportedEvent[], place: string): Promise<void>;
}

/** Resolves when the target did all that was expected; throws `ProbeFailure` or a system error otherwise. */
export type ProbeRun<Options> = (options: Options, context: ProbeContext) => Promise<void>;

/** `local`: a program or a disk of this host works, so that its slowness proves nothing about the target. */
export type Phase = 'resolve' | 'connect' | 'tls' | 'exchange' | 'local';

/** The secure contexts of this agent: the system's roots (and the agent's own `trust.ca_file`). */
export interface Trust {
  readonly secureContext: SecureContext;
}

/** Keeps nothing, and begins anew each time: a run by hand must not take events away from the agent's own runs. */
export const noEvents: EventSink = { place: async () => null, ship: async () => {} };
