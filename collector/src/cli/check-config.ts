import { type CommandContext, EXIT, type ExitCode } from '@nines/shared/command.ts';
import { loadNines } from '../config/nines.ts';

/** `nines-collector check-config`: every mistake with its place, or what the file amounts to. */
export function checkConfig(path: string, { env, out, err }: CommandContext): ExitCode {
  const { agents, checks, objectives } = loadNines(path, env);
  for (const { id, agents: runners } of checks) {
    if (runners.length === 0) err(`${path}: nobody runs check ${id}: there is no agent yet\n`);
  }
  out(`${path}: ${agents.length} agents, ${checks.length} checks, ${objectives.length} objectives; no mistakes\n`);
  return EXIT.done;
}
