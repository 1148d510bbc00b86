import type { Nines } from './nines.ts';

/** What a running collector cannot change, by its place in the configuration. */
const RESTART_ONLY: Readonly<Record<string, (nines: Nines) => unknown>> = {
  'collector.listen': ({ listen }) => listen,
  'collector.data': ({ dataDirectory }) => dataDirectory,
  'collector.max_skew': ({ maxSkewMs }) => maxSkewMs,
  'collector.precision': ({ precision }) => precision,
  remote_write: ({ remoteReceivers }) => remoteReceivers,
  'alerts.every': ({ alerts }) => alerts.everyMs,
};

/** The settings that differ and take effect at the next start only. */
export function changedUntilRestart(started: Nines, reloaded: Nines): string[] {
  return Object.entries(RESTART_ONLY).flatMap(([setting, read]) =>
    JSON.stringify(read(started)) === JSON.stringify(read(reloaded)) ? [] : [setting],
  );
}
