import type { CommandContext, ExitCode } from '@nines/shared/command.ts';
import * as z from 'zod';
import { type AskOptions, askCollector } from './ask-collector.ts';
import { printAnswer } from './print-answer.ts';

const PATH = '/api/v1/exclusions';

export interface RequestOptions extends AskOptions {
  readonly json: boolean;
  readonly contract: string;
  readonly objective: readonly string[];
  readonly from: string;
  readonly to: string;
  readonly reason: string;
  readonly evidence: readonly string[];
}

export interface DecideOptions extends AskOptions {
  readonly json: boolean;
  readonly comment?: string;
}

const exclusionSchema = z.object({
  id: z.string(),
  contract: z.string(),
  objectives: z.array(z.string()),
  from: z.string(),
  to: z.string(),
  reason: z.string(),
  evidence: z.array(z.string()),
  state: z.enum(['requested', 'approved', 'rejected']),
  requested: z.object({ by: z.string(), at: z.string() }),
  decided: z.object({ by: z.string(), role: z.string(), at: z.string() }).nullable(),
  needs: z.string().nullable(),
});

/** `exclusion request`: asks that time which is over does not count. */
export async function request(options: RequestOptions, context: CommandContext): Promise<ExitCode> {
  const { contract, objective: objectives, from, to, reason, evidence } = options;
  const body = { contract, objectives, from, to, reason, evidence };
  return print(await askCollector({ path: PATH, body }, options, context), options, context);
}

/** `exclusion approve ID` and `exclusion reject ID`: in the role that the contract asks for. */
export async function decide(
  decision: 'approve' | 'reject',
  id: string,
  { options, context }: { readonly options: DecideOptions; readonly context: CommandContext },
): Promise<ExitCode> {
  const { comment } = options;
  const body = { [decision]: id, ...(comment !== undefined && { comment }) };
  return print(await askCollector({ path: PATH, body }, options, context), options, context);
}

/** `exclusion list`: newest first. */
export async function list(
  options: AskOptions & { readonly json: boolean },
  context: CommandContext,
): Promise<ExitCode> {
  const listSchema = z.object({ exclusions: z.array(exclusionSchema) });
  return printAnswer(await askCollector({ path: PATH }, options, context), {
    json: options.json,
    context,
    say(answer) {
      for (const one of listSchema.parse(answer).exclusions) say(one, context);
    },
  });
}

function print(answer: unknown, { json }: { readonly json: boolean }, context: CommandContext): ExitCode {
  return printAnswer(answer, { json, context, say: (one) => say(exclusionSchema.parse(one), context) });
}

function say(one: z.output<typeof exclusionSchema>, { out }: CommandContext): void {
  const about = one.objectives.length === 0 ? one.contract : `${one.contract} (${one.objectives.join(', ')})`;
  out(`${one.id} ${about} ${one.from} to ${one.to}: ${one.reason}\n`);
  const { requested, decided, needs } = one;
  const standing =
    decided === null
      ? `waits for the ${needs ?? 'contract'}`
      : `${one.state} by ${decided.by} (${decided.role}) at ${decided.at}`;
  out(`  asked for by ${requested.by} at ${requested.at}, ${standing}; evidence: ${one.evidence.join(', ')}\n`);
}
