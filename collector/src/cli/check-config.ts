import { type CommandContext, EXIT, type ExitCode } from '@nines/shared/command.ts';
import { lintContracts, type PlacedFinding } from '../config/lint-contracts.ts';
import { readNines } from '../config/nines.ts';

export interface CheckConfigOptions {
  readonly config: string;
  readonly strict: boolean;
  readonly json: boolean;
}

/**
 * `nines-collector check-config`: every mistake with its place, or what the file amounts to and where its contracts
 * contradict themselves. A contradiction is a mistake only with `--strict`; a note never is.
 */
export function checkConfig(options: CheckConfigOptions, { env, out, err }: CommandContext): ExitCode {
  const { config } = options;
  const { nines, document } = readNines(config, env);
  const { agents, checks, objectives } = nines;
  const idle = checks.filter((check) => check.agents.length === 0).map(({ id }) => id);
  const findings = lintContracts(nines, document);
  if (options.json) {
    const counts = { agents: agents.length, checks: checks.length, objectives: objectives.length };
    out(`${JSON.stringify({ path: config, ...counts, idle_checks: idle, findings })}\n`);
  } else {
    for (const id of idle) err(`${config}: nobody runs check ${id}: there is no agent yet\n`);
    for (const finding of findings) err(`${formatFinding(config, finding)}\n`);
    out(`${config}: ${agents.length} agents, ${checks.length} checks, ${objectives.length} objectives; no mistakes\n`);
  }
  const isContradictory = findings.some(({ severity }) => severity === 'warning');
  return options.strict && isContradictory ? EXIT.mistake : EXIT.done;
}

/** `nines.yaml:41:9 contracts[0].credits[0].cap: warning: the cap is below … For example: …` */
function formatFinding(source: string, { line, column, path, severity, message, example }: PlacedFinding): string {
  return `${source}:${line}:${column} ${path}: ${severity}: ${message}. For example: ${example}.`;
}
