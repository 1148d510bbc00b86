import { execFile } from 'node:child_process';
import { errorMessage } from './errors.ts';
import type { Clock } from './time/clock.ts';

export interface SystemdOptions {
  /** Of the process: `NOTIFY_SOCKET` and `WATCHDOG_USEC` (microseconds) are set when systemd wants to be told. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly pid: number;
  readonly clock: Pick<Clock, 'after'>;
  /** Hears once, why systemd could not be told. */
  readonly warn: (why: string) => void;
}

/** What a service says to the systemd that started it (sd_notify(3)); nothing at all when none did. */
export interface Systemd {
  /** It does its work now. From here on the watchdog hears twice in its time that the event loop goes round. */
  ready(): void;
  /** It was asked to stop, and is about to. */
  stopping(): void;
}

/**
 * Speaks through systemd's own `systemd-notify`: Node has no datagram sockets of the file system, and the libraries that
 * add them are native code, which the agent is to do without. The unit therefore needs `NotifyAccess=all`.
 */
export function systemd(options: SystemdOptions): Systemd {
  const { env, clock, warn } = options;
  if (env.NOTIFY_SOCKET === undefined) return { ready() {}, stopping() {} };
  let hasFailed = false;
  const tell = (state: string) =>
    execFile('systemd-notify', [state], { env: { ...env } }, (error) => {
      if (error === null || hasFailed) return;
      hasFailed = true;
      warn(`systemd-notify ${state}: ${errorMessage(error)}`);
    });
  const everyMs = watchdogMs(options) / 2;
  let cancel = () => {};
  const bark = () => {
    cancel = clock.after(everyMs, () => {
      tell('WATCHDOG=1');
      bark();
    });
  };
  return {
    ready() {
      tell('READY=1');
      if (everyMs > 0) bark();
    },
    stopping() {
      cancel();
      tell('STOPPING=1');
    },
  };
}

/** The time within which the watchdog wants to hear something; 0 when there is none, or it waits for another process. */
function watchdogMs({ env, pid }: SystemdOptions): number {
  const isMeant = env.WATCHDOG_PID === undefined || env.WATCHDOG_PID === String(pid);
  const us = Number(env.WATCHDOG_USEC ?? 0);
  return isMeant && us > 0 ? us / 1000 : 0;
}
