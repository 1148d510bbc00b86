import * as z from 'zod';
import { asteriskAmi } from './asterisk-ami.ts';
import { asteriskQueueLog } from './asterisk-queue-log.ts';
import { bareos } from './bareos.ts';
import { borg } from './borg.ts';
import { borgRestore } from './borg-restore.ts';
import { borgVerify } from './borg-verify.ts';
import { dns } from './dns.ts';
import { domain } from './domain.ts';
import { files } from './files.ts';
import { freeswitch } from './freeswitch.ts';
import { http } from './http.ts';
import { jetbackup } from './jetbackup.ts';
import { phoneHttp } from './phone-http.ts';
import { ping } from './ping.ts';
import type { ProbeType, ValueDeclaration } from './probe.ts';
import { restic } from './restic.ts';
import { resticRestore } from './restic-restore.ts';
import { resticVerify } from './restic-verify.ts';
import { s3 } from './s3.ts';
import { sipOptions } from './sip-options.ts';
import { tcp } from './tcp.ts';
import { tls } from './tls.ts';
import { whm } from './whm.ts';

/** THE table of probe types. A new type is a file beside this one, a line here, and its run in the agent's table. */
export const probeTypes = {
  http,
  tcp,
  tls,
  domain,
  dns,
  ping,
  restic,
  restic_verify: resticVerify,
  restic_restore: resticRestore,
  borg,
  borg_verify: borgVerify,
  borg_restore: borgRestore,
  files,
  jetbackup,
  whm,
  bareos,
  s3,
  sip_options: sipOptions,
  asterisk_queue_log: asteriskQueueLog,
  asterisk_ami: asteriskAmi,
  phone_http: phoneHttp,
  freeswitch,
} as const;

export type ProbeTypeName = keyof typeof probeTypes;

/** A probe's options, told apart by `type`. */
export const probeOptions = z.discriminatedUnion('type', [
  http.options,
  tcp.options,
  tls.options,
  domain.options,
  dns.options,
  ping.options,
  restic.options,
  resticVerify.options,
  resticRestore.options,
  borg.options,
  borgVerify.options,
  borgRestore.options,
  files.options,
  jetbackup.options,
  whm.options,
  bareos.options,
  s3.options,
  sipOptions.options,
  asteriskQueueLog.options,
  asteriskAmi.options,
  phoneHttp.options,
  freeswitch.options,
]);

export type ProbeOptions = z.output<typeof probeOptions>;

/** The parsed options of one probe type. */
export type OptionsOf<Name extends ProbeTypeName> = z.output<(typeof probeTypes)[Name]['options']>;

/** What a probe type declares. */
function declarationOf(type: ProbeTypeName): ProbeType {
  return probeTypes[type];
}

/** The streams of events that a probe type brings; empty for most. */
export function streamsOf(type: ProbeTypeName): readonly string[] {
  return declarationOf(type).streams ?? [];
}

/** Whether a source of calls hears of callers whom a queue does not take; `null` for what brings no calls. */
export function hearsRefused(options: ProbeOptions): boolean | null {
  return declarationOf(options.type).hearsRefused?.(options) ?? null;
}

/** Every stream that some probe type brings. */
export const BROUGHT_STREAMS: readonly string[] = [
  ...new Set(Object.values(probeTypes).flatMap((type: ProbeType) => type.streams ?? [])),
];

/** The values that a probe type reports, by name. */
export function valuesOf(type: ProbeTypeName): Readonly<Record<string, ValueDeclaration>> {
  return declarationOf(type).values;
}

/**
 * The repository that a probe works in, by a name that is no secret; `null` when it works in none. An agent never has two
 * runs in one at the same time, and few in all of them together.
 */
export function repositoryNameOf(options: ProbeOptions): string | null {
  return declarationOf(options.type).repository?.(options) ?? null;
}

/** Whether a run of this type may take hours. */
export function isSlow(type: ProbeTypeName): boolean {
  return declarationOf(type).isSlow ?? false;
}
