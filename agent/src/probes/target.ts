import { lookup } from 'node:dns';
import { BlockList, isIP } from 'node:net';
import { ProbeFailure } from '../failure-reason.ts';

/** A host as a check names it. `literal` is the family of an address, 0 for a name that has to be looked up. */
export interface Target {
  readonly host: string;
  readonly port: number;
  readonly literal: 0 | 4 | 6;
}

/** 0 takes the first address of either family, as the system orders them. */
export type Family = 0 | 4 | 6;

export const FAMILIES = { any: 0, '4': 4, '6': 6 } as const;

export function targetOf(host: string, port: number): Target {
  return { host, port, literal: familyOf(host) };
}

/** The family of an address; 0 when the text is none. */
export function familyOf(host: string): Family {
  const family = isIP(host);
  return family === 4 || family === 6 ? family : 0;
}

/** Addresses that no single host has, or that mean nothing without an interface. */
const NOT_UNICAST = new BlockList();
NOT_UNICAST.addAddress('0.0.0.0');
NOT_UNICAST.addAddress('255.255.255.255');
NOT_UNICAST.addSubnet('224.0.0.0', 4);
NOT_UNICAST.addAddress('::', 'ipv6');
NOT_UNICAST.addSubnet('fe80::', 10, 'ipv6');
NOT_UNICAST.addSubnet('ff00::', 8, 'ipv6');

/** Whether an address may be a host's; a target that names another one has made a mistake. */
export function isUnicast(address: string): boolean {
  return !NOT_UNICAST.check(address, familyOf(address) === 6 ? 'ipv6' : 'ipv4');
}

/** RFC 1035 section 2.3.4: a name has at most 253 characters and each of its labels 63; the root's dot at the end is none. */
export function isHostName(host: string): boolean {
  const name = host.replace(/\.$/, '');
  return name.length <= 253 && name.split('.').every((label) => label.length > 0 && label.length <= 63);
}

/**
 * The first address of the family. A literal answers at once, in the same turn. `done` gets the system's error, or
 * `ProbeFailure` when a literal is not of the family.
 */
export function resolveTarget(target: Target, family: Family, done: (error: Error | null, address: string) => void) {
  if (target.literal === 0) {
    lookup(target.host, { family }, (error, address) => done(error, address));
  } else if (family === 0 || family === target.literal) {
    done(null, target.host);
  } else {
    done(new ProbeFailure('name-not-found', `${target.host} is no IPv${family} address`), '');
  }
}
