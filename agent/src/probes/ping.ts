import { createSocket } from 'node:dgram';
import { errorCode } from '@nines/shared/errors.ts';
import type { PingOptions } from '@nines/shared/probes/ping.ts';
import { CannotTell, ProbeFailure } from '../failure-reason.ts';
import { runCommand } from './command.ts';
import { resolve } from './connection.ts';
import { type RoundTrips, readFping, readPing, summarize } from './ping-output.ts';
import type { ProbeContext } from './probe-run.ts';
import { FAMILIES, familyOf, targetOf } from './target.ts';

/** A program that sends echo requests: it has the right to raw sockets, which the agent does without. */
export interface Pinger {
  readonly program: string;
  arguments(address: string, options: PingOptions): string[];
  read(output: string, count: number): RoundTrips | null;
}

/** How long the answer to the last packet is waited for: fping would take the spacing, and call a far host lost. */
const REPLY_WAIT_MS = 2000;

/** In the order of preference: fping reports microseconds where ping rounds from 1 ms on. */
export const PINGERS: readonly Pinger[] = [
  {
    program: 'fping',
    arguments: (address, { count, spacing }) => [
      '-C',
      String(count),
      '-p',
      String(spacing),
      '-t',
      String(REPLY_WAIT_MS),
      '-q',
      address,
    ],
    read: (output) => readFping(output),
  },
  {
    program: 'ping',
    arguments: (address, { count, spacing }) => [
      '-n',
      '-c',
      String(count),
      '-i',
      String(spacing / 1000),
      '-W',
      String(REPLY_WAIT_MS / 1000),
      address,
    ],
    read: readPing,
  },
];

/** A few echo requests: loss, round trips and their jitter. */
export function runPing(options: PingOptions, context: ProbeContext): Promise<void> {
  return pingWith(PINGERS, options, context);
}

/** The same with the first of these programs that is installed. Rejects with a plain error when none is. */
export async function pingWith(pingers: readonly Pinger[], options: PingOptions, context: ProbeContext): Promise<void> {
  const address = await resolve(targetOf(options.host, 0), FAMILIES[options.ip], context);
  context.enter('exchange');
  for (const pinger of pingers) {
    const output = await execute(pinger, pinger.arguments(address, options), context);
    if (output === null) continue;
    const trips = pinger.read(output, options.count);
    if (trips === null) return fail(pinger.program, output);
    Object.assign(context.values, summarize(trips));
    if (trips.every((trip) => trip === null)) await expectRoute(address);
    return expectTrips(options, context.values);
  }
  throw new Error(`none of the programs ${pingers.map(({ program }) => program).join(', ')} is installed`);
}

function expectTrips({ expect }: PingOptions, values: ProbeContext['values']): void {
  const { loss = 0, rtt = 0 } = values;
  // Parts per million against parts per billion.
  if (loss * 1000 > expect.max_loss) throw new ProbeFailure('packet-loss', `${loss / 10_000} % of the packets lost`);
  if (expect.max_round_trip !== undefined && rtt > expect.max_round_trip * 1000) {
    throw new ProbeFailure('round-trip-too-long', `${rtt} µs on average, expected at most ${expect.max_round_trip} ms`);
  }
}

/** What a program said instead of results: no route from here proves nothing about the target. */
function fail(program: string, output: string): never {
  const line = output.trim().split('\n').at(-1) ?? '';
  if (/Network is unreachable/.test(line)) throw new CannotTell('network-unreachable', line);
  throw new Error(`${program}: ${line === '' ? 'no output' : line}`);
}

/**
 * Rejects with `ENETUNREACH` when this host has no route to the address, which fping shows as loss. Connecting a UDP
 * socket asks the kernel for the route and sends nothing.
 */
function expectRoute(address: string): Promise<void> {
  const socket = createSocket(familyOf(address) === 6 ? 'udp6' : 'udp4');
  return new Promise<void>((done, reject) => {
    socket.once('error', (error) => (errorCode(error) === 'ENETUNREACH' ? reject(error) : done()));
    // Port 9 is discard (RFC 863); any would do.
    socket.connect(9, address, () => done());
  }).finally(() => socket.close());
}

/** Both outputs of a program; `null` when it is not installed. */
async function execute(pinger: Pinger, args: readonly string[], context: ProbeContext): Promise<string | null> {
  try {
    const { stdout, stderr } = await runCommand({ program: pinger.program, args }, context);
    return stdout + stderr;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}
