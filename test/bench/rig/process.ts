import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, dirname } from 'node:path';
import { requireProgram } from './needs.ts';

const READY_WITHIN_MS = 30_000;
const ASKED_EVERY_MS = 25;
const ENDS_WITHIN_MS = 20_000;
/** USER_HZ, which Linux has fixed for programs: the unit of CPU time in /proc. */
const TICKS_PER_SECOND = 100;

export interface ProcessOptions {
  /** A program by its path, and its arguments. */
  readonly command: readonly string[];
  /** The only core that it may use; every core when absent. */
  readonly core?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Address that answers HTTP once it is ready; without one it is ready at once. */
  readonly readyUrl?: string;
}

/** What a process has used so far, from /proc. */
export interface ProcessUsage {
  readonly rssBytes: number;
  readonly anonymousBytes: number;
  /** Pages of files that are mapped in pieces of 2 MiB, touched or not; within `rssBytes`. */
  readonly hugeFileBytes: number;
  /** The most that it ever had; pages of files that it has mapped are in it. */
  readonly peakRssBytes: number;
  /** User and system, all threads. */
  readonly cpuMs: number;
}

/** A program that runs beside this one for as long as a benchmark needs it. */
export interface Running {
  readonly pid: number;
  usage(): ProcessUsage;
  /** SIGTERM; resolves with all that it has printed once it is gone. */
  stop(): Promise<string>;
}

/** Starts it; resolves when it is ready, rejects with its output when it ends instead. */
export async function startProcess(options: ProcessOptions): Promise<Running> {
  const { command, core, env = {}, readyUrl } = options;
  const pinned = core === undefined ? [] : [requireProgram('taskset'), '-c', String(core)];
  // The kernel ends it when this process dies, whichever way. Both programs turn into the next: the pid stays.
  const child = spawn(requireProgram('setpriv'), ['--pdeathsig', 'TERM', '--', ...pinned, ...command], {
    // The Node of this process itself: a package manager's `node` may be a shell around it, which would be measured.
    env: { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ''}`, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += String(chunk);
    });
  }
  const stop = async () => {
    const timer = setTimeout(() => child.kill('SIGKILL'), ENDS_WITHIN_MS);
    child.kill('SIGTERM');
    await ended;
    clearTimeout(timer);
    return output;
  };
  const untilMs = performance.now() + READY_WITHIN_MS;
  while (readyUrl !== undefined && !(await answers(readyUrl))) {
    if (isGone(child) || performance.now() > untilMs) {
      await stop();
      throw new Error(`${command.join(' ')} is not ready:\n${output.slice(-4_000)}`);
    }
    await sleep(ASKED_EVERY_MS);
  }
  const pid = child.pid ?? Number.NaN;
  return { pid, usage: () => usageOf(pid), stop };
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** CPU time in milliseconds that everything on this machine has used since it started. */
export function machineCpuMs(): number {
  // https://man7.org/linux/man-pages/man5/proc_stat.5.html: user, nice, system, then idle and iowait, irq, softirq, steal.
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = readFileSync('/proc/stat', 'utf8')
    .split('\n', 1)
    .join('')
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return ((user + nice + system + irq + softirq + steal) * 1_000) / TICKS_PER_SECOND;
}

const QUIET_MS = 3_000;
const QUIET_SHARE = 0.02;

/** Resolves when the process has used less than 2 % of a core for three seconds: background work is over. */
export async function untilIdle(running: Running, atMostMs: number): Promise<void> {
  const untilMs = performance.now() + atMostMs;
  for (;;) {
    const before = running.usage().cpuMs;
    await sleep(QUIET_MS);
    if (running.usage().cpuMs - before < QUIET_MS * QUIET_SHARE) return;
    if (performance.now() > untilMs) throw new Error(`process ${running.pid} still works after ${atMostMs / 1000} s`);
  }
}

/** A port on which nothing listens at the moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

function usageOf(pid: number): ProcessUsage {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const bytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024;
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  // The name in brackets may hold spaces: fields are counted behind it, utime and stime are the 12th and 13th there.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  return {
    rssBytes: bytes('VmRSS'),
    anonymousBytes: bytes('RssAnon'),
    hugeFileBytes: Number(/^FilePmdMapped:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0) * 1024,
    peakRssBytes: bytes('VmHWM'),
    cpuMs: (ticks * 1000) / TICKS_PER_SECOND,
  };
}

function isGone(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function answers(url: string): Promise<boolean> {
  const response = await fetch(url).catch(() => null);
  await response?.body?.cancel();
  return response?.ok === true;
}
