import { readFile } from 'node:fs/promises';
import { assignmentSchema, type ReadAssignment, readAssignment } from '@nines/shared/check.ts';
import { errorMessage } from '@nines/shared/errors.ts';
import type { Clock } from '@nines/shared/time/clock.ts';
import type { Logger } from 'pino';
import * as z from 'zod';
import { backOffMs, retryAfterMs } from './back-off.ts';
import { type Answer, type CollectorClient, DeliveryError } from './collector-client.ts';
import { isSystemError, writeDurably } from './spool/durable-file.ts';

const POLL_MS = 30_000;
/** Share of the pause by which it varies to either side, so that agents started together do not ask together. */
const JITTER = 0.1;

/** The checks of this agent, under the name that the collector knows it by. */
export interface AgentAssignment extends ReadAssignment {
  readonly agent: string;
}

const cacheSchema = z.strictObject({ etag: z.string(), assignment: assignmentSchema });

type Cached = z.output<typeof cacheSchema>;

export interface AssignmentOptions {
  readonly client: () => CollectorClient;
  /** File that keeps the last assignment for a start without collector. */
  readonly cachePath: string;
  /** The name that the agent's own file insists on. */
  readonly expectedName: string | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
  readonly onChange: (assignment: AgentAssignment) => void;
}

/** Keeps the agent's checks up to date with the collector. */
export class AssignmentPoll {
  readonly #options: AssignmentOptions;
  #etag: string | null = null;
  #failures = 0;
  #lastProblem: string | null = null;
  #cancelTimer: () => void = () => {};
  #isStopped = false;

  constructor(options: AssignmentOptions) {
    this.#options = options;
  }

  /** Takes the cached assignment, then asks the collector at once and from then on every half minute. */
  async start(): Promise<void> {
    const { cachePath, logger } = this.#options;
    const cached = await readCachedAssignment(cachePath);
    if (cached === 'broken') logger.warn({ path: cachePath }, 'cached assignment is not readable and left aside');
    else if (cached !== null) this.#take(cached);
    void this.#poll();
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelTimer();
  }

  async #poll(): Promise<void> {
    const { clock, random } = this.#options;
    const answer = await askForAssignment(this.#options.client(), this.#etag);
    if (this.#isStopped) return;
    await this.#receive(answer);
    // Again, because keeping the answer takes time: a timer set after the stop would hold the process for half a minute.
    if (this.#isStopped) return;
    const retryMs = answer instanceof DeliveryError ? null : retryAfterMs(answer.headers['retry-after'], clock.nowMs());
    const hasFailed = this.#failures > 0;
    const pauseMs = hasFailed && this.#etag === null ? backOffMs(this.#failures, random()) : POLL_MS;
    const jitteredMs = pauseMs * (1 + JITTER * (2 * random() - 1)) + (hasFailed ? (retryMs ?? 0) : 0);
    this.#cancelTimer = clock.after(jitteredMs, () => void this.#poll());
  }

  async #receive(answer: Answer | DeliveryError): Promise<void> {
    if (answer instanceof DeliveryError) return this.#fail(answer.code);
    if (answer.status === 304) return this.#succeed();
    if (answer.status !== 200) return this.#fail(String(answer.status));
    const received = readAnswer(answer);
    if (received === null) return this.#fail('not an assignment');
    if (this.#take(received)) await this.#cache(received);
  }

  #take({ etag, assignment }: Cached): boolean {
    const { expectedName, logger, onChange } = this.#options;
    if (expectedName !== undefined && assignment.agent !== expectedName) {
      this.#fail(`assignment of agent ${assignment.agent}, expected ${expectedName}`);
      return false;
    }
    const read = readAssignment(assignment);
    for (const { id, why } of read.refused) logger.error({ check: id, why }, 'check not understood, it does not run');
    logger.info({ agent: assignment.agent, checks: read.checks.length, refused: read.refused.length }, 'checks taken');
    this.#succeed();
    this.#etag = etag;
    onChange({ agent: assignment.agent, ...read });
    return true;
  }

  async #cache(cached: Cached): Promise<void> {
    try {
      await writeDurably(this.#options.cachePath, JSON.stringify(cached));
    } catch (error) {
      if (!isSystemError(error)) throw error;
      this.#options.logger.warn({ err: error }, 'assignment cannot be cached');
    }
  }

  #succeed(): void {
    if (this.#lastProblem !== null) this.#options.logger.info('collector gives checks again');
    this.#failures = 0;
    this.#lastProblem = null;
  }

  #fail(problem: string): void {
    this.#failures++;
    if (problem !== this.#lastProblem) {
      const isDenied = problem === '401' || problem === '403';
      this.#options.logger[isDenied ? 'error' : 'warn']({ answer: problem }, 'no checks from the collector');
    }
    this.#lastProblem = problem;
  }
}

/** Asks once; a failure to ask is an answer too. */
export async function askForAssignment(client: CollectorClient, etag: string | null): Promise<Answer | DeliveryError> {
  try {
    return await client.ask({
      method: 'GET',
      path: 'api/v1/agents/self/checks',
      headers: etag === null ? {} : { 'if-none-match': etag },
    });
  } catch (error) {
    if (error instanceof DeliveryError) return error;
    throw error;
  }
}

/** The assignment in a 200; `null` when it is not one. */
export function readAnswer(answer: Answer): Cached | null {
  const assignment = assignmentSchema.safeParse(parseJson(answer.text));
  return assignment.success ? { etag: answer.headers.etag ?? '', assignment: assignment.data } : null;
}

/** The assignment of an earlier start; `null` when there is none. */
export async function readCachedAssignment(path: string): Promise<Cached | 'broken' | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (isSystemError(error)) return null;
    throw error;
  }
  const cached = cacheSchema.safeParse(parseJson(text));
  return cached.success ? cached.data : 'broken';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return errorMessage(error);
  }
}
