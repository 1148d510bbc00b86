import type { JetbackupOptions } from '@nines/shared/probes/jetbackup.ts';
import { runCommand } from './command.ts';
import { isWholePage, readJetbackups } from './jetbackup-output.ts';
import type { ProbeContext } from './probe-run.ts';
import { judgeWorst, type RestorePoint, shipRestorePoints } from './restore-points.ts';

/** Backups a call; without it JetBackup gives the first hundred and says nothing of the rest. */
const PAGE = 1_000;

/** `type` 1 are backups of accounts, `contains` 511 whatever is in them (JetBackup 5, "listBackups"). */
const ACCOUNTS = 'type=1&contains=511';

/** Lists the account backups of JetBackup 5, page by page. */
export async function runJetbackup(options: JetbackupOptions, context: ProbeContext): Promise<void> {
  context.enter('local');
  const program = context.allowed.command(options.program);
  const points: RestorePoint[] = [];
  for (let skip = 0; ; skip += PAGE) {
    const query = `${ACCOUNTS}&limit=${PAGE}&skip=${skip}`;
    const result = await runCommand({ program, args: ['-F', 'listBackups', '-D', query, '-O', 'json'] }, context);
    points.push(...readJetbackups(result, options));
    if (!isWholePage(result, PAGE)) break;
  }
  await shipRestorePoints(points, context);
  judgeWorst(points, 'account', options.expect, context);
}
