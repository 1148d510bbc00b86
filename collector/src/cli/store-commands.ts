import { type Command, Option } from 'commander';
import { type Adding, example, withConfig } from './adding.ts';

/** `verify`. */
export function addVerify(program: Command, { context, finish }: Adding): void {
  withConfig(program.command('verify'))
    .description('Look at everything the store holds and name what is damaged. Exit code 1 when something is.')
    .option('--head <sequence:hash>', 'what audit --head printed earlier: it has to be in the audit log')
    .option('--json', 'print data, one finding a line', false)
    .addHelpText('after', example('verify --config /etc/nines/nines.yaml'))
    .action(async (options) => finish((await import('./verify.ts')).verifyCommand(options, context)));
}

/** `audit`. */
export function addAudit(program: Command, { context, finish }: Adding): void {
  withConfig(program.command('audit'))
    .description('Print the audit log: who decided what, and when.')
    .option('--head', 'only its newest entry and hash, to keep elsewhere for verify --head', false)
    .option('--subject <subject>', 'only what was decided about this')
    .option('--json', 'print data, one entry a line, with the hashes', false)
    .addHelpText('after', example('audit --head > /mnt/elsewhere/nines-head'))
    .action(async (options) => finish(await (await import('./audit.ts')).auditCommand(options, context)));
}

/** `backup`. */
export function addBackup(program: Command, { context, finish }: Adding): void {
  withConfig(program.command('backup <file>'))
    .description(
      'Copy the store to a file, while the collector runs or not; the copy is checked before it gets its name.',
    )
    .option('--force', 'replace a file of that name', false)
    .option('--json', 'print data', false)
    .addHelpText('after', example('backup /backup/nines-$(date +%F).db'))
    .action(async (file, options) => finish(await (await import('./backup.ts')).backupCommand(file, options, context)));
}

/** `restore`. */
export function addRestore(program: Command, { context, finish }: Adding): void {
  withConfig(program.command('restore <file>'))
    .description(
      'Make a backup the store again, while no collector runs. The database that is there is kept beside it.',
    )
    .option('--json', 'print data', false)
    .addHelpText('after', example('restore /backup/nines-2026-10-31.db'))
    .action(async (file, options) =>
      finish(await (await import('./restore.ts')).restoreCommand(file, options, context)),
    );
}

/** `export`. */
export function addExport(program: Command, { context, finish }: Adding): void {
  const command = program
    .command('export')
    .description('Write what the store holds as text, while the collector runs or not.')
    .addHelpText('after', example('export observations --format csv --check shop-home > shop.csv'));
  for (const what of ['observations', 'events'] as const) {
    const only = what === 'events' ? '--stream <name...>' : '--check <id...>';
    withConfig(command.command(what))
      .description(`Write ${what} of one moment of the store, oldest first. Exit code 1 when some are damaged.`)
      .addOption(
        new Option('--format <format>', 'csv, ndjson, or openmetrics for promtool tsdb create-blocks-from openmetrics')
          .choices(['csv', 'ndjson', 'openmetrics'])
          .default('ndjson'),
      )
      .option('--from <instant>', 'the first instant, as 2026-01-31T00:00:00Z or milliseconds; all when absent')
      .option('--to <instant>', 'the instant behind the last; now when absent')
      .option(only, 'only these')
      .addHelpText('after', example(`export ${what} --from 2026-10-01T00:00:00Z > october.ndjson`))
      .action(async (options) => finish(await (await import('./export.ts')).exportCommand(what, options, context)));
  }
}

/** `import calls`. */
export function addImport(program: Command, { context, finish }: Adding): void {
  const command = program
    .command('import')
    .description('Tell the running collector what another program wrote down.')
    .addHelpText('after', example('import calls october.csv --mapping calls.yaml'));
  withConfig(command.command('calls <file>'))
    .description(
      'Send the calls of a CSV file, as often as you like: each is stored once. Lines that are wrong are named by line and column and left out. Exit code 1 when there are any.',
    )
    .requiredOption('--mapping <path>', 'how the file is read: columns, time zone, outcomes')
    .option('--url <address>', 'the collector, when it is not the one of the configuration')
    .option('--importer <name>', 'the importer whose token is presented; NINES_TOKEN when absent')
    .option('--dry-run', 'only read the file and name what is wrong', false)
    .option('--json', 'print data', false)
    .addHelpText('after', example('import calls october.csv --mapping calls.yaml --importer pbx-export'))
    .action(async (file, options) =>
      finish(await (await import('./import.ts')).importCallsCommand(file, options, context)),
    );
}
