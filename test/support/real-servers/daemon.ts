import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from '../system-program.ts';

export interface DaemonOptions {
  /** A name that is looked up as the system does, or an absolute path. */
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Whether it answers; asked until it does. */
  readonly isReady: () => Promise<boolean>;
}

/** A program of the system that runs in the foreground as our child, for as long as a test file needs it. */
export interface Daemon {
  /** All that it has printed. */
  output(): string;
  /** SIGTERM; resolves with the exit code, once it is gone. */
  stop(): Promise<number | null>;
}

/** Only to end a daemon, and with it the test, that hangs. */
const HANGS_AFTER_MS = 20_000;
const READY_WITHIN_MS = 30_000;
const ASKED_EVERY_MS = 25;

/** Starts it; resolves when it answers, rejects with its output when it ended instead. */
export async function startDaemon({ program, args, env, cwd, isReady }: DaemonOptions): Promise<Daemon> {
  const path = program.startsWith('/') ? program : requireProgram(program);
  // The kernel ends it when this process dies, whichever way: no test may leave a server behind.
  const child = spawn(requireProgram('setpriv'), ['--pdeathsig', 'TERM', '--', path, ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = endOf(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += String(chunk);
    });
  }
  const stop = async () => {
    const timer = setTimeout(() => child.kill('SIGKILL'), HANGS_AFTER_MS);
    child.kill('SIGTERM');
    const code = await ended;
    clearTimeout(timer);
    return code;
  };
  const untilMs = performance.now() + READY_WITHIN_MS;
  while (!(await isReady())) {
    const hasEnded = child.exitCode !== null || child.signalCode !== null;
    if (hasEnded || performance.now() > untilMs) {
      await stop();
      throw new Error(`${program} ${hasEnded ? 'ended' : 'does not answer'}:\n${output.slice(-4_000)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, ASKED_EVERY_MS));
  }
  return { output: () => output, stop };
}

/** Where the program is; throws when it is not installed. */
export function requireProgram(program: string): string {
  const path = findProgram(program);
  if (path === null) throw new Error(`${program} is not installed`);
  return path;
}

/** A folder for a whole test file, which has to remove it. */
export interface DaemonFolder {
  readonly path: string;
  remove(): void;
}

export function daemonFolder(): DaemonFolder {
  const path = mkdtempSync(join(tmpdir(), 'nines-real-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Whether an HTTP server answers with 2xx. */
export async function answersHttp(url: string): Promise<boolean> {
  const response = await fetch(url).catch(() => null);
  await response?.body?.cancel();
  return response?.ok === true;
}

function endOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code));
  });
}
