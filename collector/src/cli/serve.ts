import { type CommandContext, EXIT, type ExitCode } from '@nines/shared/command.ts';
import { ConfigError } from '@nines/shared/errors.ts';
import { DURATION_VALUES } from '@nines/shared/probes/duration-values.ts';
import { type Systemd, systemd } from '@nines/shared/systemd.ts';
import { systemClock } from '@nines/shared/time/clock.ts';
import { type Logger, pino } from 'pino';
import { Collector } from '../collector.ts';
import { loadNines } from '../config/nines.ts';
import { openStore } from '../store/open.ts';

export interface ServeOptions {
  readonly config: string;
  readonly logLevel: string;
}

/** `nines-collector serve`: the collector, until SIGTERM or SIGINT. SIGHUP reads its configuration again. */
export async function serve(options: ServeOptions, { env }: CommandContext): Promise<ExitCode> {
  const load = () => loadNines(options.config, env);
  const log = pino({ level: options.logLevel, base: null });
  const nines = load();
  const stopped = signalToStop();
  const store = await openStore({
    directory: nines.dataDirectory,
    log,
    maxSkewMs: nines.maxSkewMs,
    roundedValues: nines.precision === 'half_percent' ? DURATION_VALUES : new Set(),
  });
  try {
    const collector = await Collector.start({ nines, store, clock: systemClock, log, load });
    log.info({ address: collector.address, dataDirectory: nines.dataDirectory }, 'listening');
    const warn = (why: string) => log.warn({ why }, 'systemd is not service');
    const service = systemd({ env, pid: process.pid, clock: systemClock, warn });
    await runUntil(stopped, { collector, service, log });
  } finally {
    // Whatever ended it: a thread of the store that goes on waiting would keep the process for ever.
    await store.close();
  }
  return EXIT.done;
}

interface Served {
  readonly collector: Collector;
  readonly service: Systemd;
  readonly log: Logger;
}

/** Rejects with `StoreError` when the journal cannot be read: a collector without its past would give wrong figures. */
async function runUntil(stopped: Promise<void>, { collector, service, log }: Served): Promise<void> {
  process.on('SIGHUP', () => {
    collector.reload().catch((error: unknown) => {
      const fields = error instanceof ConfigError ? { mistakes: error.mistakes } : { err: error };
      log.error(fields, 'configuration not reloaded, the one before stays');
    });
  });
  try {
    const isReady = collector.readJournal().then(() => service.ready());
    await Promise.race([isReady.then(() => stopped), stopped]);
    log.info('stopping');
    service.stopping();
  } finally {
    await collector.stop();
  }
}

function signalToStop(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGTERM', () => resolve());
    process.once('SIGINT', () => resolve());
  });
}
