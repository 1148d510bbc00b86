import { once } from 'node:events';
import { parentPort, type Transferable, Worker } from 'node:worker_threads';
import { StoreError } from '../store.ts';
import { toStoreError } from './fault.ts';

/** One thing that a thread can be asked: what it is given, and what it answers. */
export interface Verb<Argument, Answer> {
  readonly argument: Argument;
  readonly answer: Answer;
}

export type Verbs = Readonly<Record<string, Verb<unknown, unknown>>>;

type Answer =
  | { readonly value: unknown }
  | { readonly fault: { readonly code: StoreError['code']; readonly message: string } };

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: StoreError) => void;
}

/**
 * A thread that answers one question after another. A `StoreError` over there rejects here; any other error over there
 * is a bug and ends the process, as it would have without a thread.
 */
export class ThreadLink<Asked extends Verbs> {
  readonly #worker: Worker;
  /** The thread answers in the order of the questions. */
  readonly #waiting: Waiting[] = [];

  /** `youngMb` is how much garbage it may have before it is collected; V8's own measure is for a program of its own. */
  constructor(entry: URL, workerData: unknown, youngMb?: number) {
    const resourceLimits = youngMb === undefined ? {} : { maxYoungGenerationSizeMb: youngMb };
    this.#worker = new Worker(entry, { workerData, resourceLimits });
    this.#worker.on('message', (answer: Answer) => this.#settle(answer));
  }

  ask<Name extends keyof Asked & string>(
    verb: Name,
    argument: Asked[Name]['argument'],
    transfer: readonly Transferable[] = [],
  ): Promise<Asked[Name]['answer']> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#worker.postMessage({ verb, argument }, transfer);
    });
  }

  /** Ends the thread once everything asked before is answered. */
  async end(): Promise<void> {
    const exited = once(this.#worker, 'exit');
    this.#worker.postMessage(null);
    await exited;
  }

  #settle(answer: Answer): void {
    const waiting = this.#waiting.shift();
    if ('value' in answer) waiting?.resolve(answer.value);
    else waiting?.reject(new StoreError(answer.fault.code, answer.fault.message));
  }
}

/** The other end: a function for each verb, which may throw; `file` is named in the faults. */
export type Answers<Asked extends Verbs> = {
  readonly [Name in keyof Asked]: (argument: Asked[Name]['argument']) => Asked[Name]['answer'];
};

/** Serves a `ThreadLink` from inside its thread until it is ended, then calls `close`. */
export function serveThread<Asked extends Verbs>(file: string, answers: Answers<Asked>, close: () => void): void {
  const port = parentPort;
  if (port === null) throw new Error('not inside a worker thread');
  port.on('message', (question: { verb: keyof Asked; argument: unknown } | null) => {
    if (question === null) {
      close();
      port.close();
    } else {
      port.postMessage(answerOne(file, () => answers[question.verb](question.argument)));
    }
  });
}

function answerOne(file: string, work: () => unknown): Answer {
  try {
    return { value: work() };
  } catch (error) {
    const fault = toStoreError(error, file);
    if (!(fault instanceof StoreError)) throw fault;
    return { fault: { code: fault.code, message: fault.message } };
  }
}
