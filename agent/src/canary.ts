import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { errorCode } from '@nines/shared/errors.ts';
import type { Clock } from '@nines/shared/time/clock.ts';

/** Something whose answer proves that this host is not cut off. */
export interface Canary {
  readonly name: string;
  /** Whether it answers within the time; never rejects. */
  readonly isReachable: (withinMs: number) => Promise<boolean>;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Answers when a TCP connection is accepted, or refused: a refusal has come all the way from there. */
export function tcpCanary({ host, port }: Address, clock: Clock): Canary {
  return {
    name: `${host}:${port}`,
    isReachable: (withinMs) =>
      new Promise((resolve) => {
        const socket = connect({ host, port });
        const finish = (isReachable: boolean) => {
          cancel();
          socket.destroy();
          resolve(isReachable);
        };
        const cancel = clock.after(withinMs, () => finish(false));
        socket.once('connect', () => finish(true));
        socket.once('error', (error) => finish(errorCode(error) === 'ECONNREFUSED'));
      }),
  };
}

/** The default route's gateway, by TCP to its DNS or web port; silent when there is no such route. */
export function gatewayCanary(clock: Clock, gateway: () => string | null = readGateway): Canary {
  return {
    name: 'default route',
    isReachable(withinMs) {
      const host = gateway();
      if (host === null) return Promise.resolve(false);
      return anyTrue([53, 80].map((port) => tcpCanary({ host, port }, clock).isReachable(withinMs)));
    },
  };
}

/** Resolves at the first `true`, or with `false` when there is none. */
export function anyTrue(questions: readonly Promise<boolean>[]): Promise<boolean> {
  return new Promise((resolve) => {
    for (const question of questions) void question.then((answer) => answer && resolve(true));
    void Promise.all(questions).then(() => resolve(false));
  });
}

/** The IPv4 gateway of the default route, from /proc/net/route; `null` when there is none or no Linux. */
function readGateway(): string | null {
  try {
    return parseGateway(readFileSync('/proc/net/route', 'utf8'));
  } catch {
    return null;
  }
}

/** Text of /proc/net/route → the gateway of the default route with the least metric. */
export function parseGateway(text: string): string | null {
  let best: { readonly gateway: string; readonly metric: number } | null = null;
  for (const line of text.split('\n').slice(1)) {
    const [, destination, gateway = '', , , , metric, mask] = line.trim().split(/\s+/);
    if (destination !== '00000000' || mask !== '00000000' || gateway === '00000000') continue;
    if (best === null || Number(metric) < best.metric) best = { gateway, metric: Number(metric) };
  }
  if (best === null || !/^[0-9A-F]{8}$/i.test(best.gateway)) return null;
  // The kernel prints the address as a little-endian number.
  return [6, 4, 2, 0].map((at) => Number.parseInt(best.gateway.slice(at, at + 2), 16)).join('.');
}
