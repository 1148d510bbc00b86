import { errorMessage } from '@nines/shared/errors.ts';
import { CannotTell, ProbeFailure } from '../failure-reason.ts';
import { askServer, type DnsServer } from './dns-exchange.ts';
import { canonicalName, type DnsAnswer, type Question } from './dns-message.ts';
import type { ProbeContext } from './probe-run.ts';
import { isUnicast } from './target.ts';

/** A server that the zone's NS records name. */
export interface Authority {
  readonly name: string;
  readonly address: string;
}

/** The resolvers to ask, in order; the next one only when one cannot be reached. */
export interface Resolvers {
  readonly servers: readonly DnsServer[];
  readonly transport: 'udp' | 'tcp';
}

/**
 * Every authoritative server of the zone that holds the name: of each NS its IPv4 addresses, or its IPv6 addresses
 * when it has no other. Rejects with `ProbeFailure` when there is no zone or a server has no address, and with
 * `CannotTell` when the resolver does not answer.
 */
export async function findAuthorities(
  name: string,
  resolvers: Resolvers,
  context: ProbeContext,
): Promise<readonly Authority[]> {
  const servers = await findZoneServers(name, resolvers, context);
  const found = await Promise.all(
    servers.map(async (server) => {
      const v4 = await askResolver(resolvers, { name: server, type: 'A', recursion: true }, context);
      const { answers } =
        v4.answers.length > 0
          ? v4
          : await askResolver(resolvers, { name: server, type: 'AAAA', recursion: true }, context);
      if (answers.length === 0) throw new ProbeFailure('server-lame', `name server ${server} has no address`);
      const unusable = answers.find((address) => !isUnicast(address));
      if (unusable !== undefined) {
        throw new ProbeFailure('server-lame', `name server ${server} has the address ${unusable}`);
      }
      return answers.map((address) => ({ name: server, address }));
    }),
  );
  return found.flat();
}

/** The names in the NS records of the nearest zone at or above the name. */
async function findZoneServers(name: string, resolvers: Resolvers, context: ProbeContext): Promise<readonly string[]> {
  const labels = canonicalName(name).split('.');
  let refused: string | null = null;
  for (let depth = 0; depth < labels.length; depth++) {
    const zone = labels.slice(depth).join('.');
    const { rcode, answers } = await askResolver(resolvers, { name: zone, type: 'NS', recursion: true }, context);
    if (rcode !== 'NOERROR' && rcode !== 'NXDOMAIN') {
      refused ??= `${rcode} for the name servers of ${zone}`;
      continue;
    }
    if (answers.length === 0) continue;
    // The resolver works for the zone above, so it is this zone whose servers it cannot get an answer from.
    if (refused !== null) throw new ProbeFailure('rcode-unexpected', refused);
    return answers;
  }
  if (refused !== null) throw new CannotTell('resolver-unavailable', refused);
  throw new ProbeFailure('name-not-found', `no zone holds ${name}`);
}

/** Rejects with `CannotTell` when no resolver could be asked. */
export async function askResolver(resolvers: Resolvers, question: Question, context: ProbeContext): Promise<DnsAnswer> {
  let failure: unknown = null;
  for (const server of resolvers.servers) {
    try {
      // Whatever it takes to ask a resolver is finding out, not measuring: the phase stays `resolve`.
      const quiet = { clock: context.clock, signal: context.signal, enter: () => {} };
      const { answer } = await askServer(server, question, resolvers.transport, quiet);
      return answer;
    } catch (error) {
      context.signal.throwIfAborted();
      failure = error;
    }
  }
  throw new CannotTell('resolver-unavailable', `resolver: ${errorMessage(failure)}`);
}
