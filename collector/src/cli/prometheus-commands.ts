import type { Command } from 'commander';
import { type Adding, withConfig } from './adding.ts';

/** `rules`. */
export function addRules(program: Command, { context, finish }: Adding): void {
  withConfig(program.command('rules'))
    .description(
      'Print a rule file for Prometheus: recording rules, and alerts for people whose Prometheus calls them.',
    )
    .option('--json', 'print JSON, which Prometheus reads as well', false)
    .addHelpText('after', '\nExample:\n  $ nines-collector rules > /etc/prometheus/nines.rules.yml')
    .action(async (options) => finish((await import('./rules.ts')).rulesCommand(options, context)));
}

/** `targets`. */
export function addTargets(program: Command, { context, finish }: Adding): void {
  withConfig(program.command('targets'))
    .description('Print where agents can be scraped, as Prometheus discovers targets in files (file_sd).')
    .addHelpText('after', '\nExample:\n  $ nines-collector targets > /etc/prometheus/nines-agents.json')
    .action(async (options) => finish((await import('./targets.ts')).targetsCommand(options, context)));
}
