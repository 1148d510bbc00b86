import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished } from 'vitest';
import { isPortTaken } from '../../.toolchain/port.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const END_WITH_PARENT = new URL('../../.toolchain/end-with-parent.ts', import.meta.url).href;

/** The two programs, as they are installed. */
const BINARIES = {
  collector: join(ROOT, 'collector/bin/nines-collector.mjs'),
  agent: join(ROOT, 'agent/bin/nines-agent.mjs'),
} as const;

/** How a process ended: by its own code, or by a signal. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A program of ours that runs as a process of its own. */
export interface Program {
  readonly pid: number;
  readonly exited: Promise<Exit>;
  /** Whether it still runs, as far as is known. */
  isRunning(): boolean;
  signal(name: NodeJS.Signals): void;
  /** `kill -9`; resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with how it ended. A program that hangs is killed, and then `signal` says so. */
  stop(): Promise<Exit>;
}

export interface ProgramOptions {
  readonly program: keyof typeof BINARIES;
  readonly args: readonly string[];
  /** Everything it says is added to this file, so that a restart keeps what was said before. */
  readonly logPath: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A command that runs the program, such as `ip netns exec NAME`. */
  readonly prefix?: readonly string[];
}

/** Only to end a hanging program and with it the test: twice the ten seconds that are promised. */
const HANGS_AFTER_MS = 20_000;

/** Starts a program; it is gone when the test ends, however that ends. */
export function startProgram(options: ProgramOptions): Program {
  const { program, args, logPath, prefix = [] } = options;
  const [command = '', ...rest] = [...prefix, BINARIES[program], ...args];
  const log = openSync(logPath, 'a');
  const child = spawn(command, rest, {
    cwd: dirname(logPath),
    env: environment(options),
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  const exited = exitOf(child);
  const kill = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  onTestFinished(kill);
  return {
    pid: child.pid ?? Number.NaN,
    exited,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    signal: (name) => void child.kill(name),
    kill,
    async stop() {
      const timer = setTimeout(() => child.kill('SIGKILL'), HANGS_AFTER_MS);
      child.kill('SIGTERM');
      const exit = await exited;
      clearTimeout(timer);
      return exit;
    },
  };
}

/** What a command said, and its exit code. */
export interface CommandResult {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a command of a program to its end. */
export async function runCommand(
  program: keyof typeof BINARIES,
  args: readonly string[],
  { cwd, env = {} }: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Promise<CommandResult> {
  const child = spawn(BINARIES[program], args, { cwd, env: { ...environment({}), ...env }, stdio: 'pipe' });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => {
    out += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    err += String(chunk);
  });
  killWithTest(child);
  const timer = setTimeout(() => child.kill('SIGKILL'), HANGS_AFTER_MS);
  const { code } = await exitOf(child);
  clearTimeout(timer);
  return { code, out, err };
}

/** Ends a child that its test leaves behind. Inside `beforeAll` there is no test yet: there the timer has to do. */
function killWithTest(child: ChildProcess): void {
  if (expect.getState().currentTestName !== undefined) onTestFinished(() => void child.kill('SIGKILL'));
}

/** The checkout's own Node first, and the process ends when the test's does. */
function environment({ env = {} }: Pick<ProgramOptions, 'env'>): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, VITEST: __, ...inherited } = process.env;
  return {
    ...inherited,
    PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ''}`,
    NODE_OPTIONS: `--import=${END_WITH_PARENT}`,
    ...env,
  };
}

/** `close` and not `exit`: by then everything that it said has been read. */
function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
}

const WITHIN_MS = 60_000;
const EVERY_MS = 25;

/**
 * Asks again and again until the answer is not `null` or `false`, and resolves with it. The limit only ends a test that
 * has failed; `what` says what never came.
 */
export async function eventually<Value>(
  what: string,
  ask: () => Value | Promise<Value>,
): Promise<Exclude<Value, null | false>> {
  const untilMs = performance.now() + WITHIN_MS;
  for (;;) {
    const value = await ask();
    if (isThere(value)) return value;
    if (performance.now() > untilMs) throw new Error(`it never came to pass that ${what}`);
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
}

function isThere<Value>(value: Value): value is Exclude<Value, null | false> {
  return value !== null && value !== false;
}

/** Resolves once the address answers 200; rejects, with the end of its log, when the program ends before. */
export async function untilReady(program: Program, url: string, logPath: string): Promise<void> {
  await eventually(`${url} answers 200`, async () => {
    if (!program.isRunning())
      throw new Error(`it ended before it was ready:\n${readFileSync(logPath, 'utf8').slice(-4_000)}`);
    const response = await fetch(url).catch(() => null);
    await response?.body?.cancel();
    return response?.status === 200;
  });
}

/** Ports below those that the system gives to outgoing connections: nobody takes one while its program is restarted. */
const FIRST_PORT = 12_000;
const LAST_PORT = 32_000;

/** A port on which nothing listens. */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  for (;;) {
    const port = FIRST_PORT + Math.floor(Math.random() * (LAST_PORT - FIRST_PORT));
    if (!(await isPortTaken(host, port))) return port;
  }
}
