import type { Socket } from 'node:net';
import Client from 'undici/lib/dispatcher/client.js';

export type Connected = (...args: [error: Error, socket: null] | [error: null, socket: Socket]) => void;

/** An undici client that speaks HTTP/1.1 to whatever `connect` opens; requests name their host themselves. */
export interface Carrier {
  readonly client: Client;
  connect: (connected: Connected) => void;
}

/** Stands in requests only if a host is forgotten (RFC 6761: it leads nowhere). */
const NOWHERE = 'http://unnamed.invalid';
const IDLE = (connected: Connected) => connected(new Error('a connection that no run asked for'), null);

/** As many as ever ran at the same time: the agent's concurrency bounds it. */
const idle: Carrier[] = [];

/**
 * A client for the one connection that `connect` opens. Connections are never shared, and every run opens its own; but a
 * client is taken again after a run that ended well, because to make one costs a fifth of an http run.
 */
export function takeCarrier(connect: Carrier['connect']): Carrier {
  const carrier = idle.pop() ?? makeCarrier();
  carrier.connect = connect;
  return carrier;
}

/** For the next run. Only when its answer has ended well and its connection has closed; any other is left to itself. */
export function giveBackCarrier(carrier: Carrier): void {
  carrier.connect = IDLE;
  idle.push(carrier);
}

function makeCarrier(): Carrier {
  const carrier: Carrier = {
    connect: IDLE,
    client: new Client(NOWHERE, {
      connect: (_options: unknown, connected: Connected) => carrier.connect(connected),
      allowH2: false,
      // The deadline is the caller's; undici's own timeouts are coarse and cost a timer each.
      headersTimeout: 0,
      bodyTimeout: 0,
    }),
  };
  return carrier;
}
