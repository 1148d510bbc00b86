import type { WhmOptions } from '@nines/shared/probes/whm.ts';
import { runCommand } from './command.ts';
import type { ProbeContext } from './probe-run.ts';
import { judgeWorst, shipRestorePoints } from './restore-points.ts';
import { readBackupSets } from './whm-output.ts';

/** Lists the backups of cPanel accounts, here and at every destination. */
export async function runWhm(options: WhmOptions, context: ProbeContext): Promise<void> {
  context.enter('local');
  const program = context.allowed.command(options.program);
  const result = await runCommand({ program, args: ['--output=json', 'backup_set_list_combined'] }, context);
  const points = readBackupSets(result, options);
  await shipRestorePoints(points, context);
  judgeWorst(points, 'user', options.expect, context);
}
