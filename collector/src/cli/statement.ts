import type { CommandContext, ExitCode } from '@nines/shared/command.ts';
import * as z from 'zod';
import { signatureSchema } from '../http/signature-document.ts';
import { type AskOptions, askCollector } from './ask-collector.ts';
import { printAnswer } from './print-answer.ts';

export interface StatementCommandOptions extends AskOptions {
  readonly json: boolean;
  readonly revision?: string;
}

const rowSchema = z.object({
  contract: z.string(),
  version: z.int(),
  period: z.string(),
  revision: z.int(),
  digest: z.string(),
  frozen_at: z.string(),
  state: z.string(),
});

/** The part of a statement that is printed; `--json` has all of it. */
const statementSchema = rowSchema.extend({
  statement: z.object({
    why: z.array(z.string()),
    changes: z.array(z.object({ field: z.string(), before: z.unknown(), after: z.unknown() })),
    figures: z.object({
      objectives: z.array(
        z.object({
          objective: z.string(),
          target: z.string(),
          verdict: z.string(),
          attainment: z.string().nullable(),
          coverage: z.string().nullable(),
        }),
      ),
      settlements: z.array(z.object({ currency: z.string(), net: z.object({ low: z.string(), high: z.string() }) })),
    }),
  }),
  signatures: z.array(signatureSchema),
});

const listSchema = z.object({ statements: z.array(rowSchema) });

/** `statement list CONTRACT`: every revision of every period. */
export async function list(
  contract: string,
  options: StatementCommandOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const answer = await askCollector(
    { path: `/api/v1/contracts/${encodeURIComponent(contract)}/statements` },
    options,
    context,
  );
  return printAnswer(answer, {
    json: options.json,
    context,
    say(all) {
      for (const row of listSchema.parse(all).statements) context.out(`${formatRow(row)}\n`);
    },
  });
}

/** `statement show CONTRACT PERIOD`: one revision, the newest unless another is asked for. */
export async function show(
  { contract, period }: { readonly contract: string; readonly period: string },
  options: StatementCommandOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const path = `/api/v1/contracts/${encodeURIComponent(contract)}/statements/${encodeURIComponent(period)}`;
  const answer = await askCollector({ path, query: { revision: options.revision } }, options, context);
  return printAnswer(answer, { json: options.json, context, say: (one) => say(one, context) });
}

/** `statement freeze CONTRACT PERIOD`: now, without waiting for the grace; makes no revision when nothing changed. */
export async function freeze(
  body: { readonly contract: string; readonly period: string },
  options: StatementCommandOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const answer = await askCollector({ path: '/api/v1/statements', body }, options, context);
  return printAnswer(answer, { json: options.json, context, say: (one) => say(one, context) });
}

function say(answer: unknown, { out }: CommandContext): void {
  const { statement, signatures, ...row } = statementSchema.parse(answer);
  out(`${formatRow(row)}\n`);
  for (const { objective, target, verdict, attainment, coverage } of statement.figures.objectives) {
    const share = attainment === null ? 'no data' : `${attainment} %`;
    out(`  ${objective.padEnd(24)} ${verdict.padEnd(12)} ${share} of ${target} %, coverage ${coverage ?? '0'} %\n`);
  }
  for (const { currency, net } of statement.figures.settlements) {
    out(`  net owed ${net.low === net.high ? net.low : `${net.low} to ${net.high}`} ${currency}\n`);
  }
  for (const reason of statement.why) out(`  revised: ${reason}\n`);
  for (const { field, before, after } of statement.changes) {
    out(`    ${field}: ${JSON.stringify(before)} → ${JSON.stringify(after)}\n`);
  }
  for (const { by, role, decision, at } of signatures) out(`  ${decision} by ${by} (${role}) at ${at}\n`);
}

function formatRow({ contract, version, period, revision, digest, frozen_at: at, state }: Row): string {
  return `${contract} ${period.padEnd(12)} version ${version} revision ${revision} ${state.padEnd(12)} ${at} ${digest}`;
}

type Row = z.output<typeof rowSchema>;
