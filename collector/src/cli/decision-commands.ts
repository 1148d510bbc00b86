import { type Command, Option } from 'commander';
import { type Adding, asSomebody, example } from './adding.ts';

const collect = (value: string, before: readonly string[] = []) => [...before, value];

/** `maintenance announce | cancel | list`. */
export function addMaintenance(program: Command, { context, finish }: Adding): void {
  const maintenance = program
    .command('maintenance')
    .description('Maintenance that is announced ahead, so that contracts do not count it.')
    .addHelpText('after', example('maintenance list'));
  asSomebody(maintenance.command('announce'))
    .description('Announce maintenance; the collector records when. Says for which contracts that is too late.')
    .requiredOption('--from <instant>', 'its beginning, as 2026-01-31T00:00:00Z or milliseconds')
    .requiredOption('--to <instant>', 'and its end')
    .requiredOption('--reason <text>', 'what is done')
    .option('--contract <id>', 'a contract that it concerns; may be given again', collect, [])
    .option('--service <id>', 'a service of the catalogue that it concerns; may be given again', collect, [])
    .option('--check <id>', 'a check that it concerns; may be given again', collect, [])
    .option('--evidence <text>', 'a link or a sentence that proves it; may be given again', collect, [])
    .addHelpText(
      'after',
      example(
        'maintenance announce --as anna --check shop-home --reason "kernel update" --from 2026-10-04T02:00:00+02:00 --to 2026-10-04T04:00:00+02:00',
      ),
    )
    .action(async (options) => finish(await (await import('./maintenance.ts')).announce(options, context)));
  asSomebody(maintenance.command('cancel <id>'))
    .description('Cancel announced maintenance; from this moment on the time counts.')
    .requiredOption('--reason <text>', 'why')
    .addHelpText('after', example('maintenance cancel m-1f0c22ab34 --as anna --reason postponed'))
    .action(async (id, options) => finish(await (await import('./maintenance.ts')).cancel(id, options, context)));
  asSomebody(maintenance.command('list'))
    .description('What was announced, newest first, and what each contract makes of it.')
    .addHelpText('after', example('maintenance list --json'))
    .action(async (options) => finish(await (await import('./maintenance.ts')).list(options, context)));
}

/** `exclusion request | approve | reject | list`. */
export function addExclusion(program: Command, { context, finish }: Adding): void {
  const exclusion = program
    .command('exclusion')
    .description('Time that is over and shall not count: asked for by one, approved by another.')
    .addHelpText('after', example('exclusion list'));
  asSomebody(exclusion.command('request'))
    .description('Ask that time which is over does not count.')
    .requiredOption('--contract <id>', 'whose time')
    .requiredOption('--from <instant>', 'its beginning, as 2026-01-31T00:00:00Z or milliseconds')
    .requiredOption('--to <instant>', 'and its end')
    .requiredOption('--reason <text>', 'why it shall not count')
    .requiredOption('--evidence <text>', 'a link or a sentence that proves it; may be given again', collect)
    .option('--objective <id>', 'only for this objective; may be given again', collect, [])
    .addHelpText(
      'after',
      example(
        'exclusion request --as anna --contract acme-hosting --reason flood --evidence https://news.example/flood --from 2026-10-04T02:00:00Z --to 2026-10-04T09:00:00Z',
      ),
    )
    .action(async (options) => finish(await (await import('./exclusion.ts')).request(options, context)));
  for (const decision of ['approve', 'reject'] as const) {
    asSomebody(exclusion.command(`${decision} <id>`))
      .description(
        `${decision === 'approve' ? 'Approve' : 'Reject'} an exclusion, in the role that the contract asks for.`,
      )
      .option('--comment <text>', 'what is to be said of it')
      .addHelpText('after', example(`exclusion ${decision} x-1f0c22ab34 --as bea`))
      .action(async (id, options) => {
        finish(await (await import('./exclusion.ts')).decide(decision, id, { options, context }));
      });
  }
  asSomebody(exclusion.command('list'))
    .description('What was asked for, newest first, and what was decided.')
    .addHelpText('after', example('exclusion list --json'))
    .action(async (options) => finish(await (await import('./exclusion.ts')).list(options, context)));
}

/** `statement list | show | freeze`. */
export function addStatement(program: Command, { context, finish }: Adding): void {
  const statement = program
    .command('statement')
    .description('All figures of a contract for a period, frozen with a digest; a correction is a revision.')
    .addHelpText('after', example('statement list acme-hosting'));
  asSomebody(statement.command('list <contract>'))
    .description('Every revision of every period, and how far it is signed.')
    .addHelpText('after', example('statement list acme-hosting --json'))
    .action(async (id, options) => finish(await (await import('./statement.ts')).list(id, options, context)));
  asSomebody(statement.command('show <contract> <period>'))
    .description('The figures of one, and what a revision changed and why.')
    .option('--revision <number>', 'an earlier one than the newest')
    .addHelpText('after', example('statement show acme-hosting 2026-10'))
    .action(async (contract, period, options) => {
      finish(await (await import('./statement.ts')).show({ contract, period }, options, context));
    });
  asSomebody(statement.command('freeze <contract> <period>'))
    .description('Freeze a period that is over without waiting for the grace, or look at it anew.')
    .addHelpText('after', example('statement freeze acme-hosting 2026-10 --as anna'))
    .action(async (contract, period, options) => {
      finish(await (await import('./statement.ts')).freeze({ contract, period }, options, context));
    });
}

/** `condition list | record`. */
export function addCondition(program: Command, { context, finish }: Adding): void {
  const condition = program
    .command('condition')
    .description('Facts outside the measurements on which credits hang: who found out what, by which evidence.')
    .addHelpText('after', example('condition list acme-hosting 2026-10'));
  asSomebody(condition.command('list <contract> <period>'))
    .description('The conditions of a contract, and what is known of them in a period.')
    .addHelpText('after', example('condition list acme-hosting 2026-10 --json'))
    .action(async (contract, period, options) => {
      finish(await (await import('./condition.ts')).list({ contract, period }, options, context));
    });
  asSomebody(condition.command('record <contract> <period>'))
    .description('Record whether a condition held; saying it again corrects it. A frozen statement gets a revision.')
    .requiredOption('--condition <text>', 'the condition, in the words of the contract')
    .addOption(new Option('--holds <answer>', 'whether it held').choices(['yes', 'no']).makeOptionMandatory())
    .requiredOption('--evidence <text>', 'a link or a sentence that proves it; may be given again', collect)
    .option('--comment <text>', 'what is to be said of it')
    .addHelpText(
      'after',
      example(
        'condition record acme-hosting 2026-10 --as anna --condition "a ticket was opened within five days" --holds yes --evidence T-4711',
      ),
    )
    .action(async (contract, period, options) => {
      finish(await (await import('./condition.ts')).record({ contract, period }, options, context));
    });
}

/** `approve`. */
export function addApprove(program: Command, { context, finish }: Adding): void {
  asSomebody(program.command('approve <contract>'))
    .description('Sign the statement of a period, or a version of the contract itself, by its digest.')
    .option('--period <name>', 'the statement of this period, such as 2026-10')
    .option('--contract-version <number>', 'this version of the contract; the newest when neither is given')
    .option('--role <role>', 'as what, when somebody has several roles')
    .option('--digest <sha256>', 'only if this is still the digest; what stands now when absent')
    .option('--comment <text>', 'what is to be said of it')
    .option('--dispute', 'say that it is wrong instead', false)
    .option('--claim', 'claim what it says is owed instead', false)
    .option('--show', 'only say what there is to sign, and who did', false)
    .addHelpText('after', example('approve acme-hosting --period 2026-10 --as bea'))
    .action(async (id, options) => finish(await (await import('./approve.ts')).approve(id, options, context)));
}
