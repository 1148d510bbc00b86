import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '@nines/shared/time/clock.ts';
import { issueCertificate } from './certificate.ts';
import type { Listener } from './listener.ts';
import { createMailServer } from './mail-server.ts';
import { createNameServer } from './name-server.ts';
import { startPhoneQueue } from './phone-queue.ts';
import { createSite } from './site.ts';
import { behaviourAt, nextChangeMs, type ServerName } from './timetable.ts';

/** Where the world stands; `config/demo/nines.yaml` names the same ports. */
export const PORTS: Readonly<Record<ServerName, number>> = { shop: 9651, api: 9652, mail: 9653, names: 9654 };

const DAY_MS = 86_400_000;
const ZONE = 'nordwind.example';

export interface WorldOptions {
  readonly clock: Clock;
  /** Gets `ca.pem`, the authority that agents have to trust, and `queue_log`, which the telephone system writes. */
  readonly folder: string;
  readonly ports?: Readonly<Record<ServerName, number>>;
}

/**
 * Real servers on loopback that live by the timetable, which begins now. Resolves when all of them listen; rejects when
 * a port is taken. The returned function ends it.
 */
export async function startWorld({ clock, folder, ports = PORTS }: WorldOptions): Promise<() => Promise<void>> {
  const beganMs = clock.elapsedMs();
  const behaviour = (server: ServerName) => () => behaviourAt(server, clock.elapsedMs() - beganMs);
  const names = await createNameServer({
    port: ports.names,
    zone: ZONE,
    records: RECORDS,
    behaviour: behaviour('names'),
  });
  const listeners: Readonly<Record<ServerName, Listener>> = {
    shop: createSite({ port: ports.shop, pages: SHOP, clock, behaviour: behaviour('shop') }),
    api: createSite({
      port: ports.api,
      pages: API,
      clock,
      identity: createIdentity(folder, clock),
      behaviour: behaviour('api'),
    }),
    mail: createMailServer({ port: ports.mail, name: `mail.${ZONE}`, behaviour: behaviour('mail') }),
    names,
  };
  await Promise.all(Object.values(listeners).map((listener) => listener.accept()));
  const stopFollowing = followTimetable(listeners, { clock, beganMs });
  const stopCalls = startPhoneQueue(join(folder, 'queue_log'), clock);
  return async () => {
    stopCalls();
    stopFollowing();
    names.close();
    await Promise.all(Object.values(listeners).map((listener) => listener.refuse()));
  };
}

/** Closes and opens ports when their time comes; what is answered, each server looks up by itself. */
function followTimetable(
  listeners: Readonly<Record<ServerName, Listener>>,
  { clock, beganMs }: { readonly clock: Clock; readonly beganMs: number },
): () => void {
  let cancel = () => {};
  const arm = () => {
    const elapsedMs = clock.elapsedMs() - beganMs;
    for (const [server, listener] of entries(listeners)) {
      if (behaviourAt(server, elapsedMs).kind === 'refusing') void listener.refuse();
      else void listener.accept();
    }
    cancel = clock.after(nextChangeMs(elapsedMs) - elapsedMs, arm);
  };
  arm();
  return () => cancel();
}

function createIdentity(folder: string, clock: Clock) {
  const validity = { fromMs: clock.nowMs() - DAY_MS, toMs: clock.nowMs() + 90 * DAY_MS };
  const issuer = issueCertificate({ name: 'Nines demo authority', hosts: [], ...validity });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'ca.pem'), issuer.certificatePem);
  return issueCertificate({ name: 'api.acme.example', hosts: ['api.acme.example', '127.0.0.1'], ...validity, issuer });
}

/** The record's keys are exactly the servers, so the entries' keys are too. */
function entries<Value>(record: Readonly<Record<ServerName, Value>>) {
  return Object.entries(record) as [ServerName, Value][];
}

const SHOP = {
  '/': {
    contentType: 'text/html; charset=utf-8',
    body: '<!doctype html><title>ACME shop</title><h1>Garden gnomes</h1><button>Add to cart</button>\n',
  },
} as const;

const API = { '/health': { contentType: 'application/json', body: '{"status":"ok","queue":{"depth":3}}\n' } } as const;

const RECORDS = [
  { type: 'A', name: ZONE, ttl: 300, data: '192.0.2.80' },
  { type: 'A', name: `mail.${ZONE}`, ttl: 300, data: '192.0.2.25' },
  { type: 'NS', name: ZONE, ttl: 300, data: `ns.${ZONE}` },
  { type: 'MX', name: ZONE, ttl: 300, data: { preference: 10, exchange: `mail.${ZONE}` } },
  {
    type: 'SOA',
    name: ZONE,
    ttl: 300,
    data: {
      mname: `ns.${ZONE}`,
      rname: `hostmaster.${ZONE}`,
      serial: 2026010101,
      refresh: 3600,
      retry: 600,
      expire: 604800,
      minimum: 300,
    },
  },
] as const;
