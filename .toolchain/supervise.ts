import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A program that runs beside this one. */
export interface Program {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** How long it gets to finish what it was doing before it is killed. */
  readonly stopWithinMs: number;
}

/** A program that ended although nobody asked it to. */
export interface Death {
  readonly name: string;
  readonly how: string;
  readonly logPath: string;
  /** The last lines that it wrote. */
  readonly lastWords: string;
}

const TAIL_LINES = 15;
const END_WITH_PARENT = new URL('end-with-parent.ts', import.meta.url).href;

/** Starts programs, each with a log file of its own, and stops them in the opposite order. */
export class Supervisor {
  /** Resolves with the first program that ends unasked. */
  readonly died: Promise<Death>;
  readonly #report: (death: Death) => void;
  readonly #logFolder: string;
  readonly #cwd: string;
  readonly #running: { readonly program: Program; readonly child: ChildProcess }[] = [];
  #isStopping = false;

  constructor({ logFolder, cwd }: { readonly logFolder: string; readonly cwd: string }) {
    mkdirSync(logFolder, { recursive: true });
    const { promise, resolve } = Promise.withResolvers<Death>();
    this.died = promise;
    this.#report = resolve;
    this.#logFolder = logFolder;
    this.#cwd = cwd;
  }

  /** The returned process has an IPC channel, so that it can say when it is ready. */
  start(program: Program): ChildProcess {
    if (this.#isStopping) throw new Error('nothing is started any more');
    const logPath = join(this.#logFolder, `${program.name}.log`);
    const log = openSync(logPath, 'w');
    const child = spawn(program.command, program.args, {
      cwd: this.#cwd,
      env: { ...process.env, NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --import=${END_WITH_PARENT}` },
      stdio: ['ignore', log, log, 'ipc'],
      // A group of its own: Ctrl-C reaches this program alone, which then stops the others in order.
      detached: true,
    });
    closeSync(log);
    this.#running.push({ program, child });
    child.once('exit', (code, signal) => {
      if (this.#isStopping) return;
      const how = signal === null ? `exit code ${code}` : signal;
      this.#report({ name: program.name, how, logPath, lastWords: tail(logPath) });
    });
    child.once('error', (error) => {
      this.#report({ name: program.name, how: error.message, logPath, lastWords: '' });
    });
    return child;
  }

  /** Asks every program to end, the last started first, and kills those that do not in time. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    const left = this.#running.splice(0).reverse();
    while (left.length > 0) {
      const name = kindOf(left[0]?.program.name ?? '');
      const together = left.filter(({ program }) => kindOf(program.name) === name);
      left.splice(0, together.length);
      await Promise.all(together.map(({ program, child }) => stopOne(child, program.stopWithinMs)));
    }
  }
}

/** `agent-fra` → `agent`: programs of a kind stop at the same time. */
function kindOf(name: string): string {
  return name.split('-')[0] ?? name;
}

async function stopOne(child: ChildProcess, withinMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => killGroup(child.pid), withinMs);
  await ended;
  clearTimeout(timer);
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended in the meantime.
  }
}

function tail(path: string): string {
  return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
}
