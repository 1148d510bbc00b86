import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import type { Clock } from '@nines/shared/time/clock.ts';
import { CannotTell } from '../failure-reason.ts';
import type { ProbeContext } from './probe-run.ts';

/** The programs run where the system keeps its own, and speak English and UTC whatever this host speaks. */
const ENVIRONMENT = { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' };

/** A program that prints more than this is not listened to any further. */
const MAX_OUTPUT_BYTES = 64 * 2 ** 20;

/** Between asking a program to end, so that it gives back its locks, and ending it. */
const END_MS = 1_000;

/** The last of processor and disk (coreutils, util-linux): a test of backups must not be felt by what the host is for. */
const IN_BACKGROUND = ['nice', '-n', '19', 'ionice', '-c', '3', '-t'] as const;

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  /** Besides `LC_ALL`, `TZ` and `PATH`; nothing of the agent's own environment. Secrets go here, never into `args`. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What it reads; nothing when absent. */
  readonly input?: string;
  /** Where it works; where the agent does when absent. */
  readonly folder?: string;
  /** Where it puts aside what it does not keep; the system's place when absent. See `endLeftBehind`. */
  readonly temporaryFolder?: string;
  /** Leaves processor and disk to everybody else. */
  readonly isBackground?: boolean;
  /** Takes the lines of its output as they come, which then are neither kept nor bounded. */
  readonly onLine?: (line: string) => void;
}

export interface CommandResult {
  /** The exit code; `null` when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The process groups that run, and what to do once each is gone: processes belong to the whole agent. */
const running = new Map<number, Promise<void>>();
let isStopping = false;

/**
 * Runs a program without a shell. The deadline ends it with everything it started. Rejects with the system's error when
 * it cannot be started (`ENOENT`, `EACCES`), with `CannotTell` when the agent stops, with a plain error when it prints
 * too much, and with what `onLine` throws.
 */
export function runCommand(
  command: Command,
  context: Pick<ProbeContext, 'clock' | 'onDeadline'>,
): Promise<CommandResult> {
  const { promise, resolve, reject } = Promise.withResolvers<CommandResult>();
  const gone = Promise.withResolvers<void>();
  const child = start(command);
  const { pid } = child;
  if (pid !== undefined) running.set(pid, gone.promise);
  let cancelKill: (() => void) | null = null;
  const end = () => {
    if (cancelKill !== null) return;
    signalGroup(pid, 'SIGTERM');
    const cancel = context.clock.after(END_MS, () => signalGroup(pid, 'SIGKILL'));
    cancelKill = () => {
      cancel();
      // What it started may have outlived it.
      signalGroup(pid, 'SIGKILL');
    };
  };
  context.onDeadline(end);
  const output = collect(child, command, end);
  // A program that ends before it has read everything is no failure.
  child.stdin.on('error', () => {});
  child.stdin.end(command.input ?? '');
  child.once('error', reject);
  child.once('close', (code) => {
    cancelKill?.();
    if (pid !== undefined) running.delete(pid);
    gone.resolve();
    if (isStopping) reject(new CannotTell('agent-stopped', `the agent stopped while ${command.program} ran`));
    else output.settle(code, { resolve, reject });
  });
  return promise;
}

/** Ends what runs, for an agent that stops: nothing that it started outlives it. Resolves when all of it is gone. */
export async function endCommands(clock: Pick<Clock, 'after'>): Promise<void> {
  isStopping = true;
  for (const pid of running.keys()) signalGroup(pid, 'SIGTERM');
  const cancel = clock.after(END_MS, () => {
    for (const pid of running.keys()) signalGroup(pid, 'SIGKILL');
  });
  await Promise.all(running.values());
  cancel();
  isStopping = false;
}

/**
 * Ends what an earlier life of this agent started and could not end, when it was killed: whatever has its temporary folder
 * below one of these, which are this agent's alone. Found by its environment, which only Linux shows.
 */
export async function endLeftBehind(folders: readonly string[]): Promise<void> {
  const names = await readdir('/proc').catch(() => []);
  for (const name of names.filter((one) => /^\d+$/.test(one))) {
    const environment = await readFile(`/proc/${name}/environ`, 'utf8').catch(() => '');
    const isLeft = folders.some((folder) => environment.includes(`TMPDIR=${folder}/`));
    if (isLeft) signal(Number(name), 'SIGKILL');
  }
}

function start({ program, args, environment = {}, folder, temporaryFolder, isBackground = false }: Command) {
  const [first, ...rest] = [...(isBackground ? IN_BACKGROUND : []), program, ...args];
  return spawn(first ?? program, rest, {
    env: {
      ...ENVIRONMENT,
      ...environment,
      ...(temporaryFolder === undefined ? {} : { TMPDIR: temporaryFolder }),
    },
    stdio: ['pipe', 'pipe', 'pipe'],
    // Its own process group, so that what it starts can be ended with it.
    detached: true,
    ...(folder === undefined ? {} : { cwd: folder }),
  });
}

/** What a program prints, up to a bound; `end` is called when nothing that it still prints can be of use. */
function collect(child: ReturnType<typeof start>, { program, onLine }: Command, end: () => void) {
  const kept: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] };
  let bytes = 0;
  let fault: { readonly error: unknown } | null = null;
  const fail = (error: unknown) => {
    fault ??= { error };
    end();
  };
  const keep = (name: 'stdout' | 'stderr') => (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= MAX_OUTPUT_BYTES) kept[name].push(chunk);
    else fail(new Error(`${program} printed more than ${MAX_OUTPUT_BYTES} bytes`));
  };
  let finish = () => {};
  if (onLine === undefined) child.stdout.on('data', keep('stdout'));
  else finish = eachLine(child, onLine, fail);
  child.stderr.on('data', keep('stderr'));
  const text = (name: 'stdout' | 'stderr') => Buffer.concat(kept[name]).toString('utf8');
  return {
    settle(code: number | null, { resolve, reject }: Pick<PromiseWithResolvers<CommandResult>, 'resolve' | 'reject'>) {
      // A program that failed may have been cut off in the middle of a line.
      if (code === 0) finish();
      if (fault !== null) reject(fault.error);
      else resolve({ code, stdout: text('stdout'), stderr: text('stderr') });
    },
  };
}

/** Gives lines away as they come; the returned function gives away the last one, which may lack its end. */
function eachLine(
  child: ReturnType<typeof start>,
  onLine: (line: string) => void,
  fail: (error: unknown) => void,
): () => void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const give = (lines: readonly string[]) => {
    try {
      for (const line of lines) onLine(line);
    } catch (error) {
      fail(error);
    }
  };
  child.stdout.on('data', (chunk: Buffer) => {
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = lines.pop() ?? '';
    give(lines);
  });
  return () => {
    if (rest !== '') give([rest]);
  };
}

/** Nothing to do when it never began. */
function signalGroup(pid: number | undefined, name: 'SIGTERM' | 'SIGKILL'): void {
  if (pid !== undefined) signal(-pid, name);
}

function signal(target: number, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(target, name);
  } catch {
    // ESRCH: it has ended, and everything in its group.
  }
}
