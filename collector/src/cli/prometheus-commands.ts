import type { Command } from 'commander';
import { type Adding, example, withConfig } from './adding.ts';

/** `rules`. */
export function addRules(program: Command, { context, finish }: Adding): void {
  withConfig(program.command('rules'))
    .description(
      'Print a rule file for Prometheus: recording rules, and alerts for people whose Prometheus calls them.',
    )
    .option('--json', 'print JSON, which Prometheus reads as well', false)
    .addHelpText('after', example('rules > /etc/prometheus/nines.rules.yml'))
    .action(async (options) => finish((await import('./rules.ts')).rulesCommand(options, context)));
}

/** `targets`. */
export function addTargets(program: Command, { context, finish }: Adding): void {
  withConfig(program.command('targets'))
    .description('Print where agents can be scraped, as Prometheus discovers targets in files (file_sd).')
    .addHelpText('after', example('targets > /etc/prometheus/nines-agents.json'))
    .action(async (options) => finish((await import('./targets.ts')).targetsCommand(options, context)));
}

/** `openslo`. */
export function addOpenSlo(program: Command, { context, finish }: Adding): void {
  const openslo = program
    .command('openslo')
    .description('Objectives in the words of OpenSLO.')
    .addHelpText('after', example('openslo export > slos.yaml'));
  withConfig(openslo.command('export'))
    .description(
      'Print the objectives of every contract as openslo/v1 SLOs; what cannot be said is listed beside them.',
    )
    .addHelpText('after', example('openslo export --config nines.yaml > slos.yaml'))
    .action(async (options) => finish((await import('./openslo.ts')).openSloExport(options, context)));
  openslo
    .command('import <file>')
    .description(
      'Print the SLOs of a file as draft contracts; what cannot be taken over is listed. Exit code 1 when nothing can.',
    )
    .option('--customer <id>', 'whose contracts they are', 'customer')
    .option('--check <id...>', 'the checks of SLOs that do not name their own', [])
    .addHelpText('after', example('openslo import slos.yaml --customer acme --check shop-home'))
    .action(async (file, options) => finish((await import('./openslo.ts')).openSloImport(file, options, context)));
}
