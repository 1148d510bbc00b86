import { spawn } from 'node:child_process';
import type { ProbeContext } from './probe-run.ts';

/** The programs run where the system keeps its own, and speak English and UTC whatever this host speaks. */
const ENVIRONMENT = { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' };

/** A program that prints more than this is not listened to any further. */
const MAX_OUTPUT_BYTES = 64 * 2 ** 20;

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  /** Besides `LC_ALL`, `TZ` and `PATH`; nothing of the agent's own environment. Secrets go here, never into `args`. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What it reads; nothing when absent. */
  readonly input?: string;
}

export interface CommandResult {
  /** The exit code; `null` when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program without a shell. The deadline kills it with everything it started. Rejects with
 * the system's error when it cannot be started (`ENOENT`, `EACCES`), with a plain error when it prints too much.
 */
export function runCommand(
  { program, args, environment = {}, input = '' }: Command,
  context: Pick<ProbeContext, 'onDeadline'>,
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    // Its own process group, so that what it starts can be killed with it.
    const child = spawn(program, args, {
      env: { ...ENVIRONMENT, ...environment },
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    });
    const kill = () => killGroup(child.pid);
    context.onDeadline(kill);
    const outputs: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] };
    let bytes = 0;
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes <= MAX_OUTPUT_BYTES) outputs[name].push(chunk);
        else kill();
      });
    }
    // A program that ends before it has read everything is no failure.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    child.once('error', reject);
    child.once('close', (code) => {
      if (bytes > MAX_OUTPUT_BYTES) reject(new Error(`${program} printed more than ${MAX_OUTPUT_BYTES} bytes`));
      else resolve({ code, stdout: textOf(outputs.stdout), stderr: textOf(outputs.stderr) });
    });
  });
}

/** Nothing to do when it never began or is gone already. */
function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // ESRCH: everything in the group has ended.
  }
}

function textOf(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString('utf8');
}
