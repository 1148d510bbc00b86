import { type CommandContext, EXIT, type ExitCode } from '@nines/shared/command.ts';
import { ConfigError } from '@nines/shared/errors.ts';
import { systemd } from '@nines/shared/systemd.ts';
import { systemClock } from '@nines/shared/time/clock.ts';
import { pino } from 'pino';
import { Agent } from '../agent.ts';
import { loadAgentConfig } from '../config.ts';

export interface RunOptions {
  readonly config: string;
  readonly logLevel: string;
}

const GC_AFTER_MS = 5_000;

/** `nines-agent run`: the agent, until SIGTERM or SIGINT. SIGHUP reads its file again. */
export async function runAgent(options: RunOptions, { env }: CommandContext): Promise<ExitCode> {
  const load = () => loadAgentConfig(options.config, env);
  const logger = pino({ level: options.logLevel, base: null });
  // Before anything else: a start that recovers a large spool may be asked to stop, too.
  const stopped = signalToStop();
  const agent = await Agent.start(load(), {
    clock: systemClock,
    logger,
    random: Math.random,
    env,
    pid: process.pid,
    usage: processUsage,
  });
  const service = systemd({
    env,
    pid: process.pid,
    clock: systemClock,
    warn: (why) => logger.warn({ why }, 'systemd is not told'),
  });
  service.ready();
  process.on('SIGHUP', () => {
    try {
      agent.reload(load);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      logger.error({ mistakes: error.mistakes }, 'configuration not reloaded, the one before stays');
    }
  });
  // Loading and parsing leave garbage that nothing would ever collect in a process that then allocates so little.
  const cancel = systemClock.after(GC_AFTER_MS, () => void globalThis.gc?.({ type: 'major', flavor: 'last-resort' }));
  await stopped;
  cancel();
  service.stopping();
  await agent.stop();
  return EXIT.done;
}

function signalToStop(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGTERM', () => resolve());
    process.once('SIGINT', () => resolve());
  });
}

function processUsage(): { readonly rssBytes: number; readonly cpuSeconds: number } {
  const { user, system } = process.cpuUsage();
  return { rssBytes: process.memoryUsage.rss(), cpuSeconds: (user + system) / 1e6 };
}
