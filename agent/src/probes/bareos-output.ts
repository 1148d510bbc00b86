import { wallInstantMs } from '@nines/shared/time/calendar.ts';
import * as z from 'zod';
import type { CommandResult } from './command.ts';
import type { RestorePoint } from './restore-points.ts';

/**
 * What `bconsole` prints after `.api 2` (Bareos, "API mode 2: JSON"): JSON-RPC answers among lines for people. Every
 * value is text, and some versions write names in another case.
 */

const lowerCase = z
  .record(z.string(), z.unknown())
  .transform((entries) =>
    Object.fromEntries(Object.entries(entries).map(([key, value]) => [key.toLowerCase(), value])),
  );

const wall = z.string().regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);

const job = lowerCase.pipe(
  z.object({
    jobid: z.string(),
    jobstatus: z.string(),
    starttime: wall.nullish(),
    endtime: wall.nullish(),
    realendtime: wall.nullish(),
    jobfiles: z.coerce.number().pipe(z.int().min(0)),
    jobbytes: z.coerce.number().pipe(z.int().min(0)),
    level: z.string().default(''),
    clientname: z.string().default(''),
  }),
);

const jobsAnswer = z.object({ result: z.object({ jobs: z.array(job) }) });
const errorAnswer = z.object({ error: z.object({ message: z.string() }) });

/** T: ended well; W: ended with warnings. Every other status is no backup that can be relied on. */
const GOOD: ReadonlySet<string> = new Set(['T', 'W']);

/** The runs that ended well. Throws a plain error in Bareos' words when the list is not there. */
export function readJobs({ stdout, stderr }: CommandResult, timeZone: string): RestorePoint[] {
  const answers = jsonIn(stdout);
  const jobs = answers.map((answer) => jobsAnswer.safeParse(answer)).find(({ success }) => success)?.data?.result.jobs;
  if (jobs === undefined) {
    const refusal = answers.map((answer) => errorAnswer.safeParse(answer)).find(({ success }) => success);
    throw new Error(`bconsole gave no list of jobs: ${refusal?.data?.error.message ?? (stderr.trim() || 'no answer')}`);
  }
  return jobs.filter(({ jobstatus }) => GOOD.has(jobstatus)).flatMap((one) => toPoint(one, timeZone) ?? []);
}

/** `null` for a run without a beginning: there was nothing to do. */
function toPoint({ jobid, starttime, ...run }: z.output<typeof job>, timeZone: string): RestorePoint | null {
  if (starttime == null) return null;
  const startedAtMs = instantOf(starttime, timeZone);
  const ended = run.realendtime ?? run.endtime;
  return {
    id: jobid,
    startedAtMs,
    endedAtMs: ended == null ? startedAtMs : Math.max(startedAtMs, instantOf(ended, timeZone)),
    bytes: run.jobbytes,
    files: run.jobfiles,
    labels: { host: run.clientname, level: run.level },
  };
}

function instantOf(text: string, timeZone: string): number {
  const [date = '', time = ''] = text.split(' ');
  const [hour = 0, minute = 0, second = 0] = time.split(':').map(Number);
  return wallInstantMs(date, 60 * hour + minute, { timeZone, edge: 'begin' }) + 1000 * second;
}

/** The JSON objects of a text, whatever stands between them. */
function jsonIn(text: string): unknown[] {
  const found: unknown[] = [];
  for (const match of text.matchAll(/^\{$[\s\S]*?^\}$|^\{.*\}$/gm)) {
    try {
      found.push(JSON.parse(match[0]));
    } catch {
      // Something for people that looks like an object.
    }
  }
  return found;
}
