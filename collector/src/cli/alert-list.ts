import { type CommandContext, EXIT, type ExitCode } from '@nines/shared/command.ts';
import * as z from 'zod';
import { type AskOptions, askCollector } from './ask-collector.ts';
import { printAnswer } from './print-answer.ts';

const PATH = '/api/v1/alerts';

/** The part of the API's answer that is printed. */
const alertSchema = z.object({
  id: z.string(),
  state: z.string(),
  severity: z.string(),
  summary: z.string(),
  cause: z.string(),
  /** Since when its condition holds, and when somebody was to be told. */
  since: z.string(),
  fired_at: z.string().nullable(),
  quiet: z.string().nullable(),
  acknowledged: z.object({ by: z.string(), at: z.string(), comment: z.string().nullable() }).nullable(),
});

const listSchema = z.object({
  alerts: z.array(alertSchema),
  undelivered: z.array(
    z.object({
      receiver: z.string(),
      state: z.string(),
      title: z.string(),
      at: z.string(),
      last_error: z.string().nullable(),
    }),
  ),
});

/** `alert list`: exit code 1 when something fires, so that a script can ask. */
export async function list(
  options: AskOptions & { readonly json: boolean; readonly all: boolean },
  context: CommandContext,
): Promise<ExitCode> {
  const query = options.all ? {} : { state: 'firing' };
  const answer = await askCollector({ path: PATH, query }, options, context);
  const code = printAnswer(answer, {
    json: options.json,
    context,
    say(told) {
      const { alerts, undelivered } = listSchema.parse(told);
      for (const alert of alerts) say(alert, context);
      if (alerts.length === 0) context.out('nothing fires\n');
      for (const { receiver, state, title, at, last_error: error } of undelivered) {
        const what = state === 'dead' ? 'was never told' : 'is still to be told';
        context.out(`${receiver} ${what}: ${title} (${at}${error === null ? '' : `, ${error}`})\n`);
      }
    },
  });
  if (code !== EXIT.done) return code;
  return listSchema.parse(answer).alerts.some(({ state }) => state === 'firing') ? EXIT.failed : EXIT.done;
}

/** `alert acknowledge ID`. */
export async function acknowledge(
  id: string,
  options: AskOptions & { readonly json: boolean; readonly comment?: string },
  context: CommandContext,
): Promise<ExitCode> {
  const { comment, json } = options;
  const body = { acknowledge: id, ...(comment === undefined ? {} : { comment }) };
  const answer = await askCollector({ path: PATH, body }, options, context);
  return printAnswer(answer, { json, context, say: (alert) => say(alertSchema.parse(alert), context) });
}

function say(
  { id, state, severity, summary, cause, since, fired_at: firedAt, quiet, acknowledged }: z.output<typeof alertSchema>,
  { out }: CommandContext,
): void {
  const who = acknowledged === null ? '' : `, ${acknowledged.by} is on it since ${acknowledged.at}`;
  const fired = firedAt === null ? '' : `, fired ${firedAt}`;
  out(`${id} ${state} ${severity} since ${since}${fired}: ${summary}${who}\n  ${cause}\n`);
  if (quiet !== null) out(`  nobody is called: ${quiet}\n`);
}
