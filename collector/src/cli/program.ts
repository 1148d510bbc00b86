import { type CommandContext, EXIT, type ExitCode } from '@nines/shared/command.ts';
import { ConfigError } from '@nines/shared/errors.ts';
import { Command, CommanderError, Option } from 'commander';
import { StoreError } from '../store/store.ts';
import { VERSION } from '../version.ts';
import { addApprove, addExclusion, addMaintenance, addStatement } from './decision-commands.ts';

const CONFIG = 'nines.yaml';

type Finish = (code: ExitCode) => void;

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

/** Each command's own code is loaded only when it runs. */
function createProgram(context: CommandContext, finish: Finish): Command {
  const program = new Command('nines-collector')
    .description('Collects what agents measured, and says which promises are kept.')
    .version(VERSION)
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({ writeOut: context.out, writeErr: context.err })
    .addHelpText('after', '\nExample:\n  $ nines-collector serve --config /etc/nines/nines.yaml');
  addServe(program, context, finish);
  addCheckConfig(program, context, finish);
  addAttainment(program, context, finish);
  addAgent(program, context, finish);
  const adding = { context, finish, config: CONFIG };
  addMaintenance(program, adding);
  addExclusion(program, adding);
  addStatement(program, adding);
  addApprove(program, adding);
  addVerify(program, context, finish);
  addAudit(program, context, finish);
  addBackup(program, context, finish);
  addRestore(program, context, finish);
  addExport(program, context, finish);
  addImport(program, context, finish);
  addAlert(program, context, finish);
  return program;
}

function addServe(program: Command, context: CommandContext, finish: Finish): void {
  program
    .command('serve')
    .description('Run the collector until SIGTERM; SIGHUP reloads its configuration.')
    .option('--config <path>', 'the configuration', CONFIG)
    .addOption(
      new Option('--log-level <level>', 'least level that is logged')
        .choices(['debug', 'info', 'warn', 'error', 'silent'])
        .default('info'),
    )
    .addHelpText('after', '\nExample:\n  $ nines-collector serve --config /etc/nines/nines.yaml')
    .action(async (options) => finish(await (await import('./serve.ts')).serve(options, context)));
}

function addCheckConfig(program: Command, context: CommandContext, finish: Finish): void {
  program
    .command('check-config')
    .description(
      'Read the configuration and report every mistake in it, and where its contracts contradict themselves. Exit code 2 when there is a mistake.',
    )
    .option('--config <path>', 'the configuration', CONFIG)
    .option('--strict', 'a contradiction is a mistake too', false)
    .option('--json', 'print data', false)
    .addHelpText('after', '\nExample:\n  $ nines-collector check-config --strict --config nines.yaml')
    .action(async (options) => finish((await import('./check-config.ts')).checkConfig(options, context)));
}

function addAttainment(program: Command, context: CommandContext, finish: Finish): void {
  program
    .command('attainment')
    .description('Ask the running collector how promises stand. Exit code 1 when one is breached.')
    .option('--config <path>', 'the configuration, for where the collector listens', CONFIG)
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
      '\nExample:\n  $ nines-collector attainment --contract acme-hosting --period 2026-10 --explain',
    )
    .action(async (options) => finish(await (await import('./attainment.ts')).printAttainment(options, context)));
}

function addVerify(program: Command, context: CommandContext, finish: Finish): void {
  program
    .command('verify')
    .description('Look at everything the store holds and name what is damaged. Exit code 1 when something is.')
    .option('--config <path>', 'the configuration', CONFIG)
    .option('--head <sequence:hash>', 'what audit --head printed earlier: it has to be in the audit log')
    .option('--json', 'print data, one finding a line', false)
    .addHelpText('after', '\nExample:\n  $ nines-collector verify --config /etc/nines/nines.yaml')
    .action(async (options) => finish((await import('./verify.ts')).verifyCommand(options, context)));
}

function addAudit(program: Command, context: CommandContext, finish: Finish): void {
  program
    .command('audit')
    .description('Print the audit log: who decided what, and when.')
    .option('--config <path>', 'the configuration', CONFIG)
    .option('--head', 'only its newest entry and hash, to keep elsewhere for verify --head', false)
    .option('--subject <subject>', 'only what was decided about this')
    .option('--json', 'print data, one entry a line, with the hashes', false)
    .addHelpText('after', '\nExample:\n  $ nines-collector audit --head > /mnt/elsewhere/nines-head')
    .action(async (options) => finish(await (await import('./audit.ts')).auditCommand(options, context)));
}

function addBackup(program: Command, context: CommandContext, finish: Finish): void {
  program
    .command('backup <file>')
    .description(
      'Copy the store to a file, while the collector runs or not; the copy is checked before it gets its name.',
    )
    .option('--config <path>', 'the configuration', CONFIG)
    .option('--force', 'replace a file of that name', false)
    .option('--json', 'print data', false)
    .addHelpText('after', '\nExample:\n  $ nines-collector backup /backup/nines-$(date +%F).db')
    .action(async (file, options) => finish(await (await import('./backup.ts')).backupCommand(file, options, context)));
}

function addRestore(program: Command, context: CommandContext, finish: Finish): void {
  program
    .command('restore <file>')
    .description(
      'Make a backup the store again, while no collector runs. The database that is there is kept beside it.',
    )
    .option('--config <path>', 'the configuration', CONFIG)
    .option('--json', 'print data', false)
    .addHelpText('after', '\nExample:\n  $ nines-collector restore /backup/nines-2026-10-31.db')
    .action(async (file, options) =>
      finish(await (await import('./restore.ts')).restoreCommand(file, options, context)),
    );
}

function addExport(program: Command, context: CommandContext, finish: Finish): void {
  const command = program
    .command('export')
    .description('Write what the store holds as text, while the collector runs or not.')
    .addHelpText(
      'after',
      '\nExample:\n  $ nines-collector export observations --format csv --check shop-home > shop.csv',
    );
  for (const what of ['observations', 'events'] as const) {
    const only = what === 'events' ? '--stream <name...>' : '--check <id...>';
    command
      .command(what)
      .description(`Write ${what} of one moment of the store, oldest first. Exit code 1 when some are damaged.`)
      .option('--config <path>', 'the configuration', CONFIG)
      .addOption(
        new Option('--format <format>', 'csv, ndjson, or openmetrics for promtool tsdb create-blocks-from openmetrics')
          .choices(['csv', 'ndjson', 'openmetrics'])
          .default('ndjson'),
      )
      .option('--from <instant>', 'the first instant, as 2026-01-31T00:00:00Z or milliseconds; all when absent')
      .option('--to <instant>', 'the instant behind the last; now when absent')
      .option(only, 'only these')
      .addHelpText(
        'after',
        `\nExample:\n  $ nines-collector export ${what} --from 2026-10-01T00:00:00Z > october.ndjson`,
      )
      .action(async (options) => finish(await (await import('./export.ts')).exportCommand(what, options, context)));
  }
}

function addImport(program: Command, context: CommandContext, finish: Finish): void {
  program
    .command('import')
    .description('Tell the running collector what another program wrote down.')
    .addHelpText('after', '\nExample:\n  $ nines-collector import calls october.csv --mapping calls.yaml')
    .command('calls <file>')
    .description(
      'Send the calls of a CSV file, as often as you like: each is stored once. Lines that are wrong are named by line and column and left out. Exit code 1 when there are any.',
    )
    .requiredOption('--mapping <path>', 'how the file is read: columns, time zone, outcomes')
    .option('--config <path>', 'the configuration, for where the collector listens and its importers', CONFIG)
    .option('--url <address>', 'the collector, when it is not the one of the configuration')
    .option('--importer <name>', 'the importer whose token is presented; NINES_TOKEN when absent')
    .option('--dry-run', 'only read the file and name what is wrong', false)
    .option('--json', 'print data', false)
    .addHelpText(
      'after',
      '\nExample:\n  $ nines-collector import calls october.csv --mapping calls.yaml --importer pbx-export',
    )
    .action(async (file, options) =>
      finish(await (await import('./import.ts')).importCallsCommand(file, options, context)),
    );
}

function addAlert(program: Command, context: CommandContext, finish: Finish): void {
  program
    .command('alert')
    .description('The way that alerts take.')
    .addHelpText('after', '\nExample:\n  $ nines-collector alert test')
    .command('test')
    .description('Send a test alert to every configured receiver. Exit code 1 when one does not take it.')
    .option('--config <path>', 'the configuration', CONFIG)
    .option('--json', 'print data', false)
    .addHelpText('after', '\nExample:\n  $ nines-collector alert test --config /etc/nines/nines.yaml')
    .action(async (options) => finish(await (await import('./alert.ts')).testAlerts(options, context)));
}

function addAgent(program: Command, context: CommandContext, finish: Finish): void {
  const agent = program
    .command('agent')
    .description('Tokens with which agents deliver.')
    .addHelpText('after', '\nExample:\n  $ nines-collector agent add fra-web03 > token');
  const commands = [
    ['add <name>', 'Issue a token for a configured agent and print it, this once.', 'add fra-web03'],
    ['revoke <name>', 'Make every token of the agent invalid.', 'revoke fra-web03'],
  ] as const;
  for (const [usage, description, example] of commands) {
    agent
      .command(usage)
      .description(description)
      .option('--config <path>', 'the configuration', CONFIG)
      .option('--json', 'print data', false)
      .addHelpText('after', `\nExample:\n  $ nines-collector agent ${example}`)
      .action(async (name, options) => {
        const { addAgentToken, revokeAgent } = await import('./agent.ts');
        finish(await (usage.startsWith('add') ? addAgentToken : revokeAgent)(name, options, context));
      });
  }
  agent
    .command('list')
    .description('The configured agents and how many tokens each has.')
    .option('--config <path>', 'the configuration', CONFIG)
    .option('--json', 'print data', false)
    .addHelpText('after', '\nExample:\n  $ nines-collector agent list --json')
    .action(async (options) => finish(await (await import('./agent.ts')).listAgents(options, context)));
}
