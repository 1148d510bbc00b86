import { type CommandContext, EXIT, type ExitCode } from '@nines/shared/command.ts';
import { formatDuration } from '@nines/shared/time/duration.ts';
import * as z from 'zod';
import { type AskOptions, askCollector } from './ask-collector.ts';
import { moneyLines, moneySchema } from './explain-money.ts';

export interface AttainmentCommandOptions extends AskOptions {
  readonly json: boolean;
  /** Every step of the arithmetic. */
  readonly explain: boolean;
  readonly contract?: string;
  readonly objective?: string;
  readonly period?: string;
  readonly from?: string;
  readonly to?: string;
}

/** The part of the API's answer that is printed. */
const answerSchema = z.object({
  attainments: z.array(
    moneySchema.extend({
      contract: z.string(),
      objective: z.string(),
      target: z.string(),
      period: z.object({ name: z.string(), running: z.boolean() }),
      verdict: z.enum(['met', 'breached', 'inconclusive']),
      attainment: z.string().nullable(),
      coverage: z.string().nullable(),
      unit: z.enum(['ms', 'runs', 'slices', 'events', 'windows', 'statistic']),
      scale: z.number(),
      explanation: z.array(z.object({ rule: z.string(), figure: z.string() })).optional(),
      error_budget: z.object({ left: z.number() }),
    }),
  ),
});

/**
 * `nines-collector attainment`: asks the running collector. The exit code is the worst that it answers: 1 a promise is
 * breached; 3 none is, but of a period that is over nobody can say; 4 there was no answer, and standard error says why.
 * That a period which still runs is open is no finding.
 */
export async function printAttainment(options: AttainmentCommandOptions, context: CommandContext): Promise<ExitCode> {
  const { json, contract, objective, period, from, to } = options;
  const query = { contract, objective, period, from, to, explain: options.explain ? 'true' : undefined };
  const answer = await askCollector({ path: '/api/v1/attainment', query }, options, context);
  if (answer === null) return EXIT.unanswered;
  const { attainments } = answerSchema.parse(answer);
  if (json) context.out(`${JSON.stringify(answer)}\n`);
  else {
    for (const one of attainments) {
      const lines = [formatRow(one), ...stepLines(one), ...moneyLines(one, options.explain)];
      context.out(`${lines.join('\n')}\n`);
    }
  }
  return exitCodeOf(attainments);
}

function exitCodeOf(attainments: readonly Answer[]): ExitCode {
  if (attainments.some(({ verdict }) => verdict === 'breached')) return EXIT.failed;
  const isOpen = attainments.some(({ verdict, period }) => verdict === 'inconclusive' && !period.running);
  return isOpen ? EXIT.inconclusive : EXIT.done;
}

type Answer = z.output<typeof answerSchema>['attainments'][number];

/** The arithmetic, two lines a step, below its row. */
function stepLines({ explanation = [] }: Answer): string[] {
  return explanation.flatMap(({ rule, figure }) => [`  ${rule}`, `      ${figure}`]);
}

function formatRow(one: Answer): string {
  const { unit, scale, error_budget: budget } = one;
  const left =
    unit === 'ms' && scale === 1 ? formatDuration(budget.left) : `${Math.floor(budget.left / scale)} ${unit}`;
  const name = `${one.contract}/${one.objective}`.padEnd(32);
  const share = one.attainment === null ? 'no data' : `${one.attainment} %`;
  const coverage = one.coverage === null ? '' : `, coverage ${one.coverage} %`;
  return `${name} ${one.period.name.padEnd(12)} ${one.verdict.padEnd(12)} ${share} of ${one.target} %${coverage}, budget left ${left}`;
}
