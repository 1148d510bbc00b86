import type { WhmOptions } from '@nines/shared/probes/whm.ts';
import { dateStartMs, isDate } from '@nines/shared/time/calendar.ts';
import * as z from 'zod';
import type { CommandResult } from './command.ts';
import type { RestorePoint } from './restore-points.ts';

/** What `whmapi1 --output=json backup_set_list_combined` prints (api.docs.cpanel.net). */

const answer = z.object({
  metadata: z.object({ result: z.coerce.number(), reason: z.string().default('') }),
  data: z
    .object({
      backup_set: z.record(z.string(), z.array(z.object({ when: z.string(), where: z.string() }))),
      destination_legend: z.record(z.string(), z.object({ name: z.string() })).default({}),
    })
    .optional(),
});

/** The backups that can be restored. Throws a plain error in WHM's words when it gave none. */
export function readBackupSets(
  { code, stdout, stderr }: CommandResult,
  { user, destination, time_zone: timeZone }: Pick<WhmOptions, 'user' | 'destination' | 'time_zone'>,
): RestorePoint[] {
  if (code !== 0) throw new Error(`whmapi1 ended with ${code ?? 'a signal'}: ${stderr.trim() || stdout.trim()}`);
  const { metadata, data } = answer.parse(JSON.parse(stdout));
  if (metadata.result !== 1 || data === undefined) throw new Error(`WHM refused: ${metadata.reason}`);
  return Object.entries(data.backup_set)
    .flatMap(([owner, backups]) => backups.map((backup) => ({ ...backup, owner })))
    .map(({ owner, when, where }) => {
      const place = data.destination_legend[where]?.name ?? where;
      const atMs = instantOf(when, timeZone);
      const labels = { user: owner, destination: place };
      return { id: `${owner}@${when}@${where}`, startedAtMs: atMs, endedAtMs: atMs, bytes: null, files: null, labels };
    })
    .filter(({ labels }) => user === undefined || labels.user === user)
    .filter(({ labels }) => destination === undefined || labels.destination === destination);
}

/** A backup of which only the date is known is as old as that day's beginning. */
function instantOf(text: string, timeZone: string): number {
  const atMs = isDate(text) ? dateStartMs(text, timeZone) : Date.parse(text);
  if (Number.isSafeInteger(atMs)) return atMs;
  throw new Error(`WHM names a backup of "${text}", which is no date`);
}
