import type { BareosOptions } from '@nines/shared/probes/bareos.ts';
import { readJobs } from './bareos-output.ts';
import { runCommand } from './command.ts';
import type { ProbeContext } from './probe-run.ts';
import { judgeRestorePoints, shipRestorePoints } from './restore-points.ts';

/** Asks a Bareos director for the runs of a job, through its console. */
export async function runBareos(options: BareosOptions, context: ProbeContext): Promise<void> {
  context.enter('local');
  const program = context.allowed.command(options.program);
  const input = `.api 2\nllist jobs job=${options.job}\nquit\n`;
  const points = readJobs(await runCommand({ program, args: [], input }, context), options.time_zone);
  await shipRestorePoints(points, context);
  judgeRestorePoints(points, options.expect, context);
}
