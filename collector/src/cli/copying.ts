import type { CommandContext } from '@nines/shared/command.ts';
import { systemClock } from '@nines/shared/time/clock.ts';
import type { CopyOptions } from '../store/sqlite/store-copy.ts';
import { progressLine } from './progress.ts';

/**
 * Runs a copy with progress on a terminal; Ctrl-C and SIGTERM break it off instead of ending the process with half a file
 * on disk. Resolves with what the copy gave and how long it took.
 */
export async function whileCopying<Value>(
  { err }: Pick<CommandContext, 'err'>,
  copy: (options: Required<CopyOptions>) => Promise<Value>,
): Promise<{ readonly value: Value; readonly durationMs: number }> {
  const progress = progressLine(err, process.stderr.isTTY === true);
  const breaking = new AbortController();
  const breakOff = () => breaking.abort();
  const beganMs = systemClock.elapsedMs();
  process.on('SIGINT', breakOff).on('SIGTERM', breakOff);
  try {
    const value = await copy({ onProgress: progress.show, signal: breaking.signal });
    return { value, durationMs: Math.round(systemClock.elapsedMs() - beganMs) };
  } finally {
    process.off('SIGINT', breakOff).off('SIGTERM', breakOff);
    progress.end();
  }
}
