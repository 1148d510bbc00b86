import type { CommandContext, ExitCode } from '@nines/shared/command.ts';
import * as z from 'zod';
import { type AskOptions, askCollector } from './ask-collector.ts';
import { printAnswer } from './print-answer.ts';

const PATH = '/api/v1/conditions';

export interface ConditionCommandOptions extends AskOptions {
  readonly json: boolean;
}

export interface RecordOptions extends ConditionCommandOptions {
  readonly condition: string;
  readonly holds: 'yes' | 'no';
  readonly evidence: readonly string[];
  readonly comment?: string;
}

/** Whose period is asked about. */
interface About {
  readonly contract: string;
  readonly period: string;
}

const answerSchema = z.object({
  contract: z.string(),
  version: z.int(),
  period: z.object({ name: z.string() }),
  conditions: z.array(
    z.object({
      condition: z.string(),
      objectives: z.array(z.string()),
      holds: z.boolean().nullable(),
      why: z.string(),
    }),
  ),
});

/** `condition list CONTRACT PERIOD`: what the credits hang on, and what is known of it. */
export async function list(about: About, options: ConditionCommandOptions, context: CommandContext): Promise<ExitCode> {
  return print(await askCollector({ path: PATH, query: { ...about } }, options, context), options, context);
}

/** `condition record CONTRACT PERIOD`: what somebody found out; a statement that was frozen is revised by it. */
export async function record(about: About, options: RecordOptions, context: CommandContext): Promise<ExitCode> {
  const { condition, holds, evidence, comment = null } = options;
  const body = { ...about, condition, holds: holds === 'yes', evidence, comment };
  return print(await askCollector({ path: PATH, body }, options, context), options, context);
}

function print(answer: unknown, { json }: ConditionCommandOptions, context: CommandContext): ExitCode {
  return printAnswer(answer, { json, context, say: (one) => say(one, context) });
}

function say(answer: unknown, { out }: CommandContext): void {
  const { contract, version, period, conditions } = answerSchema.parse(answer);
  out(
    `${contract} version ${version}, ${period.name}: ${conditions.length === 0 ? 'its credits have no conditions' : ''}\n`,
  );
  for (const { condition, objectives, holds, why } of conditions) {
    const answered = holds === null ? 'open' : holds ? 'holds' : 'does not hold';
    out(`  ${answered.padEnd(13)} ${condition} (${objectives.join(', ')})\n`);
    out(`                ${why}\n`);
  }
}
