import { resolve } from 'node:path';
import { type CommandContext, EXIT, type ExitCode } from '@nines/shared/command.ts';
import { configErrorAt } from '@nines/shared/errors.ts';
import { loadNines } from '../config/nines.ts';
import { backUp, type Obstacle, obstacleTo } from '../store/sqlite/backup.ts';
import { formatBytes } from '../web/format.ts';
import { whileCopying } from './copying.ts';

export interface BackupCommandOptions {
  readonly config: string;
  readonly force: boolean;
  readonly json: boolean;
}

const OBSTACLES: Readonly<Record<Obstacle, string>> = {
  exists: 'exists already; name another file, or replace it with --force',
  folder: 'is a folder; name a file in it',
  'the-store': 'is the store itself; name another file',
};

/** `nines-collector backup FILE`: copies the store, beside a running collector or without one. */
export async function backupCommand(
  name: string,
  { config, force, json }: BackupCommandOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { dataDirectory } = loadNines(config, context.env);
  const file = resolve(name);
  const obstacle = obstacleTo(dataDirectory, file, { force });
  if (obstacle !== null) throw configErrorAt(file, OBSTACLES[obstacle]);
  const { value: bytes, durationMs } = await whileCopying(context, (options) =>
    backUp(dataDirectory, file, { ...options, force }),
  );
  context.out(
    json
      ? `${JSON.stringify({ file, bytes, duration_ms: durationMs })}\n`
      : `${file}: ${formatBytes(bytes)}, copied and checked in ${(durationMs / 1_000).toFixed(1)} s\n`,
  );
  return EXIT.done;
}
