import { type CommandContext, EXIT, type ExitCode } from '@nines/shared/command.ts';
import { ConfigError } from '@nines/shared/errors.ts';
import { Command, CommanderError, Option } from 'commander';
import { StoreError } from '../store/store.ts';
import { VERSION } from '../version.ts';
import { type Adding, example, withConfig } from './adding.ts';
import { addAlert } from './alert-commands.ts';
import { addApprove, addCondition, addExclusion, addMaintenance, addStatement } from './decision-commands.ts';
import { addOpenSlo, addRules, addTargets } from './prometheus-commands.ts';
import { addAudit, addBackup, addExport, addImport, addRestore, addVerify } from './store-commands.ts';

/** Runs the command line's command; resolves with the exit code. What the caller can mend is printed, bugs are thrown. */
export async function runProgram(args: readonly string[], context: CommandContext): Promise<ExitCode> {
  let code: ExitCode = EXIT.done;
  const program = createProgram(context, (result) => {
    code = result;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.mistake;
    if (error instanceof ConfigError) {
      context.err(`${error.message}\n`);
      return EXIT.mistake;
    }
    if (!(error instanceof StoreError)) throw error;
    context.err(`${error.message}\n`);
    return EXIT.failed;
  }
}

/** THE list of commands, in the order of the help. */
const COMMANDS = [
  addServe,
  addCheckConfig,
  addAttainment,
  addAgent,
  addMaintenance,
  addExclusion,
  addStatement,
  addApprove,
  addCondition,
  addVerify,
  addAudit,
  addBackup,
  addRestore,
  addExport,
  addImport,
  addAlert,
  addRules,
  addTargets,
  addOpenSlo,
];

/** Each command's own code is loaded only when it runs. */
function createProgram(context: CommandContext, finish: Adding['finish']): Command {
  const program = new Command('nines-collector')
    .description('Collects what agents measured, and says which promises are kept.')
    .version(VERSION)
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({ writeOut: context.out, writeErr: context.err })
    .addHelpText('after', example('serve --config /etc/nines/nines.yaml'));
  for (const add of COMMANDS) add(program, { context, finish });
  return program;
}

function addServe(program: Command, { context, finish }: Adding): void {
  withConfig(program.command('serve'))
    .description('Run the collector until SIGTERM; SIGHUP reloads its configuration.')
    .addOption(
      new Option('--log-level <level>', 'least level that is logged')
        .choices(['debug', 'info', 'warn', 'error', 'silent'])
        .default('info'),
    )
    .addHelpText('after', example('serve --config /etc/nines/nines.yaml'))
    .action(async (options) => finish(await (await import('./serve.ts')).serve(options, context)));
}

function addCheckConfig(program: Command, { context, finish }: Adding): void {
  withConfig(program.command('check-config'))
    .description(
      'Read the configuration and report every mistake in it, and where its contracts contradict themselves. Exit code 2 when there is a mistake.',
    )
    .option('--strict', 'a contradiction is a mistake too', false)
    .option('--json', 'print data', false)
    .addHelpText('after', example('check-config --strict --config nines.yaml'))
    .action(async (options) => finish((await import('./check-config.ts')).checkConfig(options, context)));
}

function addAttainment(program: Command, { context, finish }: Adding): void {
  withConfig(program.command('attainment'))
    .description('Ask the running collector how promises stand.')
    .option('--url <address>', 'the collector, when it is not the one of the configuration')
    .option('--contract <id>', 'only this contract')
    .option('--objective <id>', 'only objectives of this id')
    .option('--period <name>', 'a period by name, such as 2026-10, instead of the one that runs')
    .option('--from <instant>', 'any interval: its beginning')
    .option('--to <instant>', 'and its end, as 2026-01-31T00:00:00Z or milliseconds')
    .option('--explain', 'with every step of the arithmetic', false)
    .option('--json', 'print data', false)
    .addHelpText(
      'after',
      '\nExit codes:\n  0  no promise is breached\n  1  one is\n  2  the configuration or the command line is wrong\n' +
        '  3  none is, but of a period that is over it cannot be said\n  4  the collector gave no answer\n' +
        example('attainment --contract acme-hosting --period 2026-10 --explain'),
    )
    .action(async (options) => finish(await (await import('./attainment.ts')).printAttainment(options, context)));
}

function addAgent(program: Command, { context, finish }: Adding): void {
  const agent = program
    .command('agent')
    .description('Tokens with which agents deliver.')
    .addHelpText('after', example('agent add fra-web03 > token'));
  const commands = [
    ['add <name>', 'Issue a token for a configured agent and print it, this once.', 'add fra-web03'],
    ['revoke <name>', 'Make every token of the agent invalid.', 'revoke fra-web03'],
  ] as const;
  for (const [usage, description, call] of commands) {
    withConfig(agent.command(usage))
      .description(description)
      .option('--json', 'print data', false)
      .addHelpText('after', example(`agent ${call}`))
      .action(async (name, options) => {
        const { addAgentToken, revokeAgent } = await import('./agent.ts');
        finish(await (usage.startsWith('add') ? addAgentToken : revokeAgent)(name, options, context));
      });
  }
  withConfig(agent.command('list'))
    .description('The configured agents and how many tokens each has.')
    .option('--json', 'print data', false)
    .addHelpText('after', example('agent list --json'))
    .action(async (options) => finish(await (await import('./agent.ts')).listAgents(options, context)));
}
