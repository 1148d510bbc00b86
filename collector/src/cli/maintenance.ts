import type { CommandContext, ExitCode } from '@nines/shared/command.ts';
import * as z from 'zod';
import { type AskOptions, askCollector } from './ask-collector.ts';
import { printAnswer } from './print-answer.ts';

const PATH = '/api/v1/maintenance';

export interface AnnounceOptions extends AskOptions {
  readonly json: boolean;
  readonly from: string;
  readonly to: string;
  readonly reason: string;
  readonly evidence: readonly string[];
  readonly contract: readonly string[];
  readonly service: readonly string[];
  readonly check: readonly string[];
}

/** The part of the API's answer that is printed. */
const maintenanceSchema = z.object({
  id: z.string(),
  from: z.string(),
  to: z.string(),
  reason: z.string(),
  announced: z.object({ by: z.string(), at: z.string() }),
  cancelled: z.object({ by: z.string(), at: z.string() }).nullable(),
  notice: z.array(
    z.object({
      contract: z.string(),
      standing: z.enum(['in-time', 'late', 'not-in-contract']),
      announce_by: z.string().nullable(),
    }),
  ),
});

/** `maintenance announce`: exit code 1 when the collector refuses. Says at once for which contracts it comes too late. */
export async function announce(options: AnnounceOptions, context: CommandContext): Promise<ExitCode> {
  const { from, to, reason, evidence, contract: contracts, service: services, check: checks } = options;
  const body = { from, to, reason, evidence, contracts, services, checks };
  return print(await askCollector({ path: PATH, body }, options, context), options, context);
}

/** `maintenance cancel ID`: from now on the window counts. */
export async function cancel(
  id: string,
  options: AskOptions & { readonly json: boolean; readonly reason: string },
  context: CommandContext,
): Promise<ExitCode> {
  const body = { cancel: id, reason: options.reason };
  return print(await askCollector({ path: PATH, body }, options, context), options, context);
}

/** `maintenance list`: newest first. */
export async function list(
  options: AskOptions & { readonly json: boolean },
  context: CommandContext,
): Promise<ExitCode> {
  const listSchema = z.object({ maintenance: z.array(maintenanceSchema) });
  return printAnswer(await askCollector({ path: PATH }, options, context), {
    json: options.json,
    context,
    say(answer) {
      for (const one of listSchema.parse(answer).maintenance) say(one, context);
    },
  });
}

function print(answer: unknown, { json }: { readonly json: boolean }, context: CommandContext): ExitCode {
  return printAnswer(answer, { json, context, say: (one) => say(maintenanceSchema.parse(one), context) });
}

function say(one: z.output<typeof maintenanceSchema>, { out }: CommandContext): void {
  const cancelled = one.cancelled === null ? '' : `, cancelled by ${one.cancelled.by} at ${one.cancelled.at}`;
  out(`${one.id} ${one.from} to ${one.to}: ${one.reason} (${one.announced.by}, ${one.announced.at}${cancelled})\n`);
  for (const { contract, standing, announce_by: by } of one.notice)
    out(`  ${contract}: ${standingText(standing, by)}\n`);
}

function standingText(standing: 'in-time' | 'late' | 'not-in-contract', announceBy: string | null): string {
  switch (standing) {
    case 'in-time':
      return `announced in time, ${announceBy} at the latest`;
    case 'late':
      return `too late: this time counts; it had to be announced by ${announceBy ?? 'no instant at all'}`;
    case 'not-in-contract':
      return 'this contract excludes no announced maintenance: this time counts';
  }
}
