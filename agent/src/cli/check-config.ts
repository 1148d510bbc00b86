import { type CommandContext, EXIT, type ExitCode } from '@nines/shared/command.ts';
import { loadAgentConfig } from '../config.ts';
import { createTrust } from '../trust.ts';

/** Reads the agent's file and everything that it names; mistakes are thrown as `ConfigError`. */
export function checkConfig(path: string, { env, out }: CommandContext): ExitCode {
  const config = loadAgentConfig(path, env);
  createTrust(config);
  out(`${path}: correct\n`);
  return EXIT.done;
}
