import { type CommandContext, EXIT, type ExitCode } from '@nines/shared/command.ts';
import { counted } from '@nines/shared/counted.ts';
import { ConfigError } from '@nines/shared/errors.ts';
import { findChangedContracts } from '../config/changed-contracts.ts';
import { lintContracts, type PlacedFinding } from '../config/lint-contracts.ts';
import { type Nines, readNines } from '../config/nines.ts';
import { type RunnersOf, runnersIn } from '../config/runners.ts';
import { contractDocument } from '../http/contract-document.ts';
import type { Contract } from '../sla/contract.ts';
import { recordedContracts } from '../store/sqlite/recorded-contracts.ts';
import { StoreError } from '../store/store.ts';
import { effectiveDates } from '../wording/contract-terms.ts';
import { objectiveSentence } from '../wording/objective-sentence.ts';

export interface CheckConfigOptions {
  readonly config: string;
  readonly strict: boolean;
  readonly json: boolean;
}

/**
 * `nines-collector check-config`: every mistake with its place, or what the file amounts to, where its contracts
 * contradict themselves, and what each objective says in plain English. A contradiction is a mistake only with
 * `--strict`; a note never is.
 */
export function checkConfig(options: CheckConfigOptions, { env, out, err }: CommandContext): ExitCode {
  const { config } = options;
  const { nines, document } = readNines(config, env);
  refuseChanged(nines, err);
  const { agents, checks, objectives } = nines;
  const idle = checks.filter((check) => check.agents.length === 0).map(({ id }) => id);
  const findings = lintContracts(nines, document);
  if (options.json) {
    const counts = { agents: agents.length, checks: checks.length, objectives: objectives.length };
    const contracts = nines.contracts.map((contract) => contractDocument(contract, runnersIn(nines)));
    out(`${JSON.stringify({ path: config, ...counts, idle_checks: idle, findings, contracts })}\n`);
  } else {
    for (const id of idle) err(`${config}: nobody runs check ${id}: there is no agent yet\n`);
    for (const finding of findings) err(`${formatFinding(config, finding)}\n`);
    const held = Object.entries({ agent: agents, check: checks, objective: objectives });
    out(`${config}: ${held.map(([word, all]) => counted(all.length, word)).join(', ')}; no mistakes\n`);
    for (const contract of nines.contracts) out(explain(contract, runnersIn(nines)));
  }
  const isContradictory = findings.some(({ severity }) => severity === 'warning');
  return options.strict && isContradictory ? EXIT.mistake : EXIT.done;
}

/** Compares with what the store remembers, when there is one. Throws `ConfigError` for a version that changed. */
function refuseChanged(nines: Nines, err: CommandContext['err']): void {
  try {
    const mistakes = findChangedContracts(nines, recordedContracts(nines.dataDirectory));
    if (mistakes.length > 0) throw new ConfigError(mistakes);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    // The configuration may be right all the same; the collector will say whether it is.
    err(`${nines.path}: contracts were not compared with those in use: ${error.message}\n`);
  }
}

/** A version and each of its objectives, a sentence a line. */
function explain(contract: Contract, runnersOf: RunnersOf): string {
  const state = contract.isDraft ? 'draft, ' : '';
  const sentences = contract.objectives.map((objective) => objectiveSentence(objective, contract, runnersOf));
  const head = `${contract.id}, version ${contract.version} (${state}${effectiveDates(contract)}):`;
  return [head, ...sentences.map((sentence) => `  ${sentence}`), ''].join('\n');
}

/** `nines.yaml:41:9 contracts[0].credits[0].cap: warning: the cap is below … For example: …` */
function formatFinding(source: string, { line, column, path, severity, message, example }: PlacedFinding): string {
  return `${source}:${line}:${column} ${path}: ${severity}: ${message}. For example: ${example}.`;
}
