import { resolve } from 'node:path';
import { type CommandContext, EXIT, type ExitCode } from '@nines/shared/command.ts';
import { systemClock } from '@nines/shared/time/clock.ts';
import { loadNines } from '../config/nines.ts';
import { restore } from '../store/sqlite/restore.ts';
import { storeFile } from '../store/sqlite/store-file.ts';
import { formatBytes } from '../web/format.ts';
import { whileCopying } from './copying.ts';

export interface RestoreCommandOptions {
  readonly config: string;
  readonly json: boolean;
}

/** `nines-collector restore FILE`: makes a backup the store again, while no collector runs; says where the other one is. */
export async function restoreCommand(
  name: string,
  { config, json }: RestoreCommandOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { dataDirectory } = loadNines(config, context.env);
  const from = resolve(name);
  const { value, durationMs } = await whileCopying(context, (options) =>
    restore(dataDirectory, from, { ...options, nowMs: systemClock.nowMs() }),
  );
  const { bytes, kept } = value;
  const file = storeFile(dataDirectory);
  if (json) {
    context.out(`${JSON.stringify({ file, from, bytes, kept, duration_ms: durationMs })}\n`);
    return EXIT.done;
  }
  const seconds = (durationMs / 1_000).toFixed(1);
  context.out(`${file}: restored from ${from}, ${formatBytes(bytes)}, checked, in ${seconds} s\n`);
  context.out(kept === null ? 'there was no database before\n' : `the database before it is kept as ${kept}\n`);
  context.out('what was revoked after the backup is valid again: see nines-collector agent list\n');
  return EXIT.done;
}
