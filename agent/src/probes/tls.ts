import type { TlsOptions } from '@nines/shared/probes/tls.ts';
import { ProbeFailure } from '../failure-reason.ts';
import { openConnection, resolve, secureConnection } from './connection.ts';
import { expectValidFor } from './handshake.ts';
import type { ProbeContext } from './probe-run.ts';
import { FAMILIES, targetOf } from './target.ts';

/** One handshake: the chain is valid for the name, long enough, over an expected protocol. */
export async function runTls(options: TlsOptions, context: ProbeContext): Promise<void> {
  const target = targetOf(options.host, options.port);
  const address = await resolve(target, FAMILIES[options.ip], context);
  const socket = await openConnection(address, target.port, context);
  try {
    const peer = { name: options.tls.server_name ?? options.host, verify: options.tls.verify };
    const secure = await secureConnection(socket, peer, context);
    const protocol = secure.getProtocol() ?? 'none';
    const accepted: readonly string[] = options.expect.protocols;
    if (!accepted.includes(protocol)) {
      throw new ProbeFailure('tls-protocol-unexpected', `${protocol}, expected ${accepted.join(' or ')}`);
    }
    expectValidFor(options.expect.valid_for, context.values.certificate_expires_at ?? null, context.clock.nowMs());
  } finally {
    socket.destroy();
  }
}
