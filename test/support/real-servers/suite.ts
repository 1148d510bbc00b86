import { findProgram, type Suite, type SystemProgram, systemProgram } from '../system-program.ts';

/** The programs of the real runs, and the Debian packages that have them. */
export const PROGRAMS = {
  nginx: { program: 'nginx', debianPackage: 'nginx-light' },
  named: { program: 'named', debianPackage: 'bind9' },
  dnsmasq: { program: 'dnsmasq', debianPackage: 'dnsmasq' },
  prometheus: { program: 'prometheus', debianPackage: 'prometheus' },
  'victoria-metrics': { program: 'victoria-metrics', debianPackage: 'victoria-metrics' },
  promtool: { program: 'promtool', debianPackage: 'prometheus' },
  blackbox: { program: 'prometheus-blackbox-exporter', debianPackage: 'prometheus-blackbox-exporter' },
  postfix: { program: 'postfix', debianPackage: 'postfix' },
  fping: { program: 'fping', debianPackage: 'fping' },
  ping: { program: 'ping', debianPackage: 'iputils-ping' },
  curl: { program: 'curl', debianPackage: 'curl' },
  dig: { program: 'dig', debianPackage: 'dnsutils' },
  kamailio: { program: 'kamailio', debianPackage: 'kamailio-tls-modules' },
  sipp: { program: 'sipp', debianPackage: 'sip-tester' },
  openssl: { program: 'openssl', debianPackage: 'openssl' },
} as const satisfies Readonly<Record<string, SystemProgram>>;

/** A suite that needs all of them; the first that is missing names its package. */
export function realSuite(...names: readonly [keyof typeof PROGRAMS, ...(keyof typeof PROGRAMS)[]]): Suite {
  const missing = names.find((name) => findProgram(PROGRAMS[name].program) === null);
  return systemProgram(PROGRAMS[missing ?? names[0]]);
}
