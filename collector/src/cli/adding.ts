import type { CommandContext, ExitCode } from '@nines/shared/command.ts';
import type { Command } from 'commander';

/** How a command is added to the program: what it is given, and what hears its exit code. */
export interface Adding {
  readonly context: CommandContext;
  readonly finish: (code: ExitCode) => void;
}

const CONFIG = 'nines.yaml';

/** What the help of a command ends with: how somebody would call it. */
export function example(call: string): string {
  return `\nExample:\n  $ nines-collector ${call}`;
}

/** A command that reads the configuration. */
export function withConfig(command: Command): Command {
  return command.option('--config <path>', 'the configuration', CONFIG);
}

/** A command that speaks to the running collector as somebody. */
export function asSomebody(command: Command): Command {
  return command
    .option('--config <path>', 'the configuration, for where the collector listens and who people are', CONFIG)
    .option('--url <address>', 'the collector, when it is not the one of the configuration')
    .option('--as <name>', 'who decides: somebody among people; else the token in NINES_TOKEN')
    .option('--json', 'print data', false);
}
