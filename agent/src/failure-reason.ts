import { errorCode, errorMessage } from '@nines/shared/errors.ts';
import type { Outcome } from '@nines/shared/observation.ts';
import { type DownReason, downReasonOf } from './failure-codes.ts';
import type { Phase } from './probes/probe-run.ts';

/** Why a run says nothing about its target. */
export type UnknownReason =
  | 'agent-error'
  | 'not-allowed'
  | 'resolver-unavailable'
  | 'resolve-timeout'
  | 'network-unreachable'
  | 'local-timeout'
  /** Somebody writes the repository. */
  | 'repository-locked'
  /** Wrong password, missing key: the configuration's fault, which says nothing about the backups. */
  | 'repository-refused'
  /** This host has no room for a test restore. */
  | 'scratch-full'
  /** The agent ended while a program of the check ran. */
  | 'agent-stopped'
  /** The operator's own pattern against what the target said: neither answer is known. */
  | 'pattern-too-slow'
  /** The target does not let us in with the credentials that the check names: it is there, and tells us nothing. */
  | 'login-refused'
  /** Nobody could say until when a domain is registered. */
  | 'registry-unavailable';

/** The target did not do what was expected of it: `down`. */
export class ProbeFailure extends Error {
  readonly reason: DownReason;

  constructor(reason: DownReason, message: string) {
    super(message);
    this.name = 'ProbeFailure';
    this.reason = reason;
  }
}

/** Something between us and the target kept us from seeing it: `unknown`, without being a bug of ours. */
export class CannotTell extends Error {
  readonly reason: UnknownReason;

  constructor(reason: UnknownReason, message: string) {
    super(message);
    this.name = 'CannotTell';
    this.reason = reason;
  }
}

/** The agent's own file does not allow what the check asks for (a command, a secret). */
export class NotAllowedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NotAllowedError';
  }
}

/** What a failed run means. `isOurs` marks what the agent has to log and count: it is no finding about the target. */
export interface Judgement {
  readonly outcome: Exclude<Outcome, 'up'>;
  readonly reason: DownReason | UnknownReason;
  /** One line for people, `null` when the reason says it all. */
  readonly detail: string | null;
  readonly isOurs: boolean;
}

const UNKNOWN_CODES: ReadonlyMap<string, UnknownReason> = new Map<string, UnknownReason>([
  // getaddrinfo's "try again" and "non-recoverable": the resolver failed, which is this host's, not the target's.
  ['EAI_AGAIN', 'resolver-unavailable'],
  ['EAI_FAIL', 'resolver-unavailable'],
  // No route from here (an IPv6 target seen by a host without IPv6) looks the same as a router saying so: undecided.
  ['ENETUNREACH', 'network-unreachable'],
]);

/** Judges what a probe threw. Only `ProbeFailure` and the codes of the closed table are the target's failure. */
export function judgeFailure(error: unknown): Judgement {
  if (error instanceof AggregateError) return judgeSeveral(error);
  if (error instanceof ProbeFailure) return down(error.reason, error.message);
  if (error instanceof CannotTell) return unknown(error.reason, error.message);
  if (error instanceof NotAllowedError) return unknown('not-allowed', error.message);
  const code = errorCode(error);
  const reason = code === undefined ? null : downReasonOf(code);
  if (reason !== null) return down(reason, errorMessage(error));
  const undecided = UNKNOWN_CODES.get(code ?? '');
  if (undecided !== undefined) return unknown(undecided, errorMessage(error));
  return { outcome: 'unknown', reason: 'agent-error', detail: errorMessage(error), isOurs: true };
}

/** Several parts that all had to pass failed: one that is surely down outweighs one that we cannot tell. */
function judgeSeveral(error: AggregateError): Judgement {
  const judgements = error.errors.map(judgeFailure);
  const worst = judgements.find((judgement) => judgement.outcome === 'down') ?? judgements[0];
  return worst ?? { outcome: 'unknown', reason: 'agent-error', detail: error.message, isOurs: true };
}

/**
 * A resolver that does not answer in time is this host's (or its threads are busy), so only from the connection on is
 * the target to blame.
 */
const DEADLINES: Readonly<Record<Phase, Pick<Judgement, 'outcome' | 'reason'>>> = {
  resolve: { outcome: 'unknown', reason: 'resolve-timeout' },
  connect: { outcome: 'down', reason: 'connect-timeout' },
  tls: { outcome: 'down', reason: 'tls-timeout' },
  exchange: { outcome: 'down', reason: 'response-timeout' },
  local: { outcome: 'unknown', reason: 'local-timeout' },
};

/** Judges a run that the deadline ended, by the phase that it was in. */
export function judgeDeadline(phase: Phase, timeoutMs: number): Judgement {
  return { ...DEADLINES[phase], detail: `no result within ${timeoutMs} ms`, isOurs: false };
}

function down(reason: DownReason, detail: string): Judgement {
  return { outcome: 'down', reason, detail: oneLine(detail), isOurs: false };
}

function unknown(reason: UnknownReason, detail: string): Judgement {
  return { outcome: 'unknown', reason, detail: oneLine(detail), isOurs: false };
}

/** OpenSSL begins with the thread's address: without it the same failure has the same text. */
function oneLine(text: string): string {
  return text
    .replace(/\b[0-9A-F]{8,16}:error:/g, 'error:')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 300);
}
