import type { OptionsOf, ProbeOptions, ProbeTypeName } from '@nines/shared/probes/index.ts';
import type { ProbeContext, ProbeRun } from './probe-run.ts';

type Runs = { readonly [Name in ProbeTypeName]: () => Promise<ProbeRun<OptionsOf<Name>>> };

/**
 * THE table of runs: how each probe type measures once. Each is loaded when a check asks for it, with the libraries that
 * it alone needs: an agent that looks at sites has no use for XML.
 */
const RUNS: Runs = {
  http: async () => (await import('./http.ts')).runHttp,
  tcp: async () => (await import('./tcp.ts')).runTcp,
  tls: async () => (await import('./tls.ts')).runTls,
  domain: async () => (await import('./domain.ts')).runDomain,
  dns: async () => (await import('./dns.ts')).runDns,
  ping: async () => (await import('./ping.ts')).runPing,
  restic: async () => (await import('./restic.ts')).runRestic,
  restic_verify: async () => (await import('./restic-verify.ts')).runResticVerify,
  restic_restore: async () => (await import('./restic-restore.ts')).runResticRestore,
  borg: async () => (await import('./borg.ts')).runBorg,
  borg_verify: async () => (await import('./borg-verify.ts')).runBorgVerify,
  borg_restore: async () => (await import('./borg-restore.ts')).runBorgRestore,
  files: async () => (await import('./files.ts')).runFiles,
  jetbackup: async () => (await import('./jetbackup.ts')).runJetbackup,
  whm: async () => (await import('./whm.ts')).runWhm,
  bareos: async () => (await import('./bareos.ts')).runBareos,
  s3: async () => (await import('./s3.ts')).runS3,
  sip_options: async () => (await import('./sip-options.ts')).runSipOptions,
  asterisk_queue_log: async () => (await import('./asterisk-queue-log.ts')).runAsteriskQueueLog,
  asterisk_ami: async () => (await import('./asterisk-ami.ts')).runAsteriskAmi,
  phone_http: async () => (await import('./phone-http.ts')).runPhoneHttp,
  freeswitch: async () => (await import('./freeswitch.ts')).runFreeswitch,
};

const loaded = new Map<ProbeTypeName, ProbeRun<ProbeOptions>>();

/** Loads what these types need, so that no run is slowed by it; with no type at all, everything. */
export async function loadProbes(types: Iterable<ProbeTypeName> = typedKeys(RUNS)): Promise<void> {
  for (const type of new Set(types)) {
    if (!loaded.has(type)) loaded.set(type, forAnyOptions(await RUNS[type]()));
  }
}

/** Measures once with the run of the options' type, which is loaded first. A throw of the run becomes a rejection. */
export async function runProbe(options: ProbeOptions, context: ProbeContext): Promise<void> {
  const run = loaded.get(options.type);
  if (run !== undefined) return run(options, context);
  await loadProbes([options.type]);
  return runProbe(options, context);
}

/** Safe: the table's own type ties each name to the run that takes that name's options, and `type` is that name. */
function forAnyOptions(run: unknown): ProbeRun<ProbeOptions> {
  return run as ProbeRun<ProbeOptions>;
}

/** Safe: the literal above has no other keys than its type names. */
function typedKeys(runs: Runs): ProbeTypeName[] {
  return Object.keys(runs) as ProbeTypeName[];
}
