import { type CommandContext, EXIT, type ExitCode } from '@nines/shared/command.ts';
import { loadNines } from '../config/nines.ts';

/** `nines-collector check-config`: every mistake with its place, or what the file amounts to. */
export function checkConfig(path: string, { env, out }: CommandContext): ExitCode {
  const { agents, checks, objectives } = loadNines(path, env);
  out(`${path}: ${agents.length} agents, ${checks.length} checks, ${objectives.length} objectives; no mistakes\n`);
  return EXIT.done;
}
