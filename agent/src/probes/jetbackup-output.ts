import type { JetbackupOptions } from '@nines/shared/probes/jetbackup.ts';
import * as z from 'zod';
import type { CommandResult } from './command.ts';
import type { RestorePoint } from './restore-points.ts';

/** What `jetbackup5api … -O json` prints (docs.jetbackup.com, "Backup Object"). Switches are 1, 0 or nothing at all. */

const isOn = z
  .unknown()
  .optional()
  .transform((value) => value === 1 || value === '1' || value === true);

const backup = z.object({
  _id: z.string(),
  created: z
    .string()
    .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)$/)
    .transform((text) => Date.parse(text)),
  account: z.string().nullish(),
  account_data: z.object({ username: z.string() }).nullish(),
  destination_name: z.string().default(''),
  size: z.coerce.number().pipe(z.int().min(0)).nullish(),
  damaged: isOn,
  deleted: isOn,
});

const answer = z.object({
  success: z.union([z.literal(1), z.literal('1')], 'JetBackup refused'),
  data: z.object({ backups: z.array(backup) }),
});

/** The restorable backups of a page. Throws a plain error in JetBackup's words when it gave none. */
export function readJetbackups(
  result: CommandResult,
  { account, destination }: Pick<JetbackupOptions, 'account' | 'destination'>,
): RestorePoint[] {
  return backupsOf(result)
    .filter(({ damaged, deleted }) => !damaged && !deleted)
    .map(toPoint)
    .filter(({ labels }) => account === undefined || labels.account === account)
    .filter(({ labels }) => destination === undefined || labels.destination === destination);
}

/** Whether there may be more behind a page. */
export function isWholePage(result: CommandResult, size: number): boolean {
  return backupsOf(result).length >= size;
}

function backupsOf({ code, stdout, stderr }: CommandResult): z.output<typeof backup>[] {
  if (code !== 0) throw new Error(`jetbackup5api ended with ${code ?? 'a signal'}: ${stderr.trim() || stdout.trim()}`);
  return answer.parse(JSON.parse(stdout)).data.backups;
}

function toPoint({ _id, created, account, account_data: owner, ...rest }: z.output<typeof backup>): RestorePoint {
  return {
    id: _id,
    startedAtMs: created,
    endedAtMs: created,
    bytes: rest.size ?? null,
    files: null,
    labels: { account: owner?.username ?? account ?? '', destination: rest.destination_name },
  };
}
