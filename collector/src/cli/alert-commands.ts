import type { Command } from 'commander';
import { type Adding, asSomebody, example, withConfig } from './adding.ts';

/** `alert test | list | acknowledge`. */
export function addAlert(program: Command, { context, finish }: Adding): void {
  const alert = program
    .command('alert')
    .description('What is wrong, who is on it, and the way that alerts take.')
    .addHelpText('after', example('alert list'));
  withConfig(alert.command('test'))
    .description('Send a test alert to every configured receiver. Exit code 1 when one does not take it.')
    .option('--json', 'print data', false)
    .addHelpText('after', example('alert test --config /etc/nines/nines.yaml'))
    .action(async (options) => finish(await (await import('./alert.ts')).testAlerts(options, context)));
  asSomebody(alert.command('list'))
    .description('What fires, the oldest first, and what could not be delivered. Exit code 1 when something fires.')
    .option('--all', 'with what is pending or over', false)
    .addHelpText('after', example('alert list --json'))
    .action(async (options) => finish(await (await import('./alert-list.ts')).list(options, context)));
  asSomebody(alert.command('acknowledge <id>'))
    .description('Say that you are on it: nobody is reminded any more, and it goes no further up.')
    .option('--comment <text>', 'what is to be said of it')
    .addHelpText('after', example('alert acknowledge 0f1c22ab34… --as anna --comment "disk is full"'))
    .action(async (id, options) => finish(await (await import('./alert-list.ts')).acknowledge(id, options, context)));
}
