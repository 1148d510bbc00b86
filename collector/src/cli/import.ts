import { type CommandContext, EXIT, type ExitCode } from '@nines/shared/command.ts';
import { loadDocument } from '@nines/shared/config/load.ts';
import { judgeDocument } from '@nines/shared/config/parse.ts';
import { Secrets } from '@nines/shared/config/secrets.ts';
import { counted } from '@nines/shared/counted.ts';
import { configErrorAt, errorCode, errorMessage } from '@nines/shared/errors.ts';
import { EVENTS_VERSION, eventDocument, type ReportedEvent } from '@nines/shared/event.ts';
import * as z from 'zod';
import { callFileSchema } from '../import/call-file.ts';
import { importCalls } from '../import/import-calls.ts';
import type { LineMistake } from '../import/read-csv.ts';
import { type AskOptions, askCollector } from './ask-collector.ts';
import { statusLine } from './progress.ts';

export interface ImportCallsOptions extends AskOptions {
  readonly mapping: string;
  readonly dryRun: boolean;
  readonly json: boolean;
}

/** So many mistakes are named one by one. */
const NAMED_MISTAKES = 20;

const answerSchema = z.object({ stored: z.int(), unchanged: z.int() });

/**
 * `nines-collector import calls FILE`: sends the calls of a CSV file to the running collector. Exit code 1 when a line was
 * wrong or the collector refused; what was right is there then, and importing again changes nothing about it.
 */
export async function importCallsCommand(
  path: string,
  options: ImportCallsOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const document = loadDocument(options.mapping);
  const file = judgeDocument(document, callFileSchema, options.mapping);
  const secrets = new Secrets({ path: options.mapping, document, env: context.env });
  const salt = file.callers === 'drop' || file.salt === undefined ? null : secrets.read(file.salt, ['salt']);
  secrets.check();
  const progress = statusLine(context.err, process.stderr.isTTY === true);
  const mistakes: LineMistake[] = [];
  const sums = { stored: 0, unchanged: 0 };
  let [done, wrong] = [0, 0];
  const send = async (calls: readonly ReportedEvent[]): Promise<boolean> => {
    done += calls.length;
    progress.show(counted(done, 'call'));
    if (options.dryRun) return true;
    const body = { version: EVENTS_VERSION, events: calls.map(eventDocument) };
    const answer = await askCollector({ path: '/api/v1/events', body }, options, context);
    if (answer === null) return false;
    const { stored, unchanged } = answerSchema.parse(answer);
    sums.stored += stored;
    sums.unchanged += unchanged;
    return true;
  };
  const onMistake = (mistake: LineMistake) => {
    wrong++;
    if (mistakes.length < NAMED_MISTAKES) mistakes.push(mistake);
  };
  const { calls, isWhole } = await reading(path, () => importCalls({ path, file, salt, onMistake, send }));
  progress.end();
  const result = { calls, ...sums, wrong, mistakes };
  if (options.json) context.out(`${JSON.stringify(result)}\n`);
  else say(path, { ...result, isDry: options.dryRun }, context);
  return wrong === 0 && isWhole ? EXIT.done : EXIT.failed;
}

interface Said {
  readonly calls: number;
  readonly stored: number;
  readonly unchanged: number;
  readonly wrong: number;
  readonly mistakes: readonly LineMistake[];
  readonly isDry: boolean;
}

function say(path: string, said: Said, { out, err }: CommandContext): void {
  const { calls, stored, unchanged, wrong, mistakes, isDry } = said;
  for (const { line, column, message } of mistakes) {
    err(`${path}:${line}${column === null ? '' : `:${column}`} ${message}\n`);
  }
  if (wrong > mistakes.length) err(`and ${wrong - mistakes.length} more\n`);
  const what = isDry ? 'nothing was sent' : `${stored} new or changed, ${unchanged} known already`;
  out(`${counted(calls, 'call')} read: ${what}${wrong === 0 ? '' : `; ${counted(wrong, 'line')} left out`}\n`);
}

async function reading<Result>(path: string, read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined || !/^E[A-Z]+$/.test(code)) throw error;
    throw configErrorAt(path, code === 'ENOENT' ? 'no such file' : errorMessage(error));
  }
}
