import { type CommandContext, EXIT, type ExitCode } from '@nines/shared/command.ts';
import { loadNines } from '../config/nines.ts';
import { targetGroups } from '../prometheus/targets.ts';

/** `nines-collector targets`: what a file of `file_sd_configs` holds. Exit code 1 when no agent says where its metrics are. */
export function targetsCommand({ config }: { readonly config: string }, context: CommandContext): ExitCode {
  const groups = targetGroups(loadNines(config, context.env).agents);
  context.out(`${JSON.stringify(groups, null, 2)}\n`);
  if (groups.length > 0) return EXIT.done;
  context.err(
    `no agent in ${config} says where its metrics are; add "metrics: host:9641" to those that are to be scraped\n`,
  );
  return EXIT.failed;
}
