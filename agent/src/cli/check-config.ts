import { loadAgentConfig } from '../config.ts';
import { createTrust } from '../trust.ts';
import { type CliContext, EXIT, type ExitCode } from './context.ts';

/** Reads the agent's file and everything that it names; mistakes are thrown as `ConfigError`. */
export function checkConfig(path: string, { env, out }: CliContext): ExitCode {
  const config = loadAgentConfig(path, env);
  createTrust({ caFile: config.caFile });
  out(`${path}: correct\n`);
  return EXIT.done;
}
