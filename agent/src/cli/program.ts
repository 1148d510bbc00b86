import { type CommandContext, EXIT, type ExitCode } from '@nines/shared/command.ts';
import { ConfigError } from '@nines/shared/errors.ts';
import { probeTypes } from '@nines/shared/probes/index.ts';
import { Command, CommanderError, Option } from 'commander';
import { VERSION } from '../version.ts';

const CONFIG = 'agent.yaml';

/** Runs the command line's command; resolves with the exit code. Mistakes of the caller are printed, bugs thrown. */
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
    if (!(error instanceof ConfigError)) throw error;
    context.err(`${error.message}\n`);
    return EXIT.mistake;
  }
}

/** Each command's own code is loaded only when it runs: what `probe` needs is no burden for `run`. */
function createProgram(context: CommandContext, finish: (code: ExitCode) => void): Command {
  const program = new Command('nines-agent')
    .description('Runs the checks of a Nines collector on this host and delivers what they saw.')
    .version(VERSION)
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({ writeOut: context.out, writeErr: context.err })
    .addHelpText('after', '\nExample:\n  $ nines-agent run --config /etc/nines/agent.yaml');
  program
    .command('run')
    .description('Run the agent until SIGTERM; SIGHUP reloads its configuration.')
    .option('--config <path>', "the agent's own file", CONFIG)
    .addOption(
      new Option('--log-level <level>', 'least level that is logged')
        .choices(['debug', 'info', 'warn', 'error', 'silent'])
        .default('info'),
    )
    .addHelpText('after', '\nExample:\n  $ nines-agent run --config /etc/nines/agent.yaml --log-level warn')
    .action(async (options) => finish(await (await import('./run.ts')).runAgent(options, context)));
  program
    .command('check')
    .description(
      "Run one of this agent's checks once, now, and show its phases. Exit code 0 when it is up, 1 when not.",
    )
    .argument('<name>', "the check's id")
    .option('--config <path>', "the agent's own file", CONFIG)
    .option('--json', 'print data', false)
    .addHelpText('after', '\nExample:\n  $ nines-agent check shop-home --config /etc/nines/agent.yaml')
    .action(async (name, options) =>
      finish(await (await import('./check.ts')).runAssignedCheck(name, options, context)),
    );
  program
    .command('probe')
    .description('Run a probe once, now, without a collector. Exit code 0 when it is up, 1 when not.')
    .argument('<type>', `the kind of probe: ${Object.keys(probeTypes).join(', ')}`)
    .argument('[settings...]', 'its options as in a check, key=value; the value is YAML')
    .option('--config <path>', "the agent's own file, for what it trusts and allows")
    .option('--timeout <duration>', 'deadline of the run', '10s')
    .option('--json', 'print data', false)
    .addHelpText('after', '\nExample:\n  $ nines-agent probe http url=https://example.net/ expect.status=[200]')
    .action(async (type, settings, options) =>
      finish(await (await import('./probe.ts')).runProbeOnce(type, settings, options, context)),
    );
  program
    .command('check-config')
    .description("Read the agent's own file and report every mistake in it.")
    .option('--config <path>', "the agent's own file", CONFIG)
    .addHelpText('after', '\nExample:\n  $ nines-agent check-config --config /etc/nines/agent.yaml')
    .action(async ({ config }) => finish((await import('./check-config.ts')).checkConfig(config, context)));
  return program;
}
