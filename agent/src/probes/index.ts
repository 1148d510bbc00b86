import type { OptionsOf, ProbeOptions, ProbeTypeName } from '@nines/shared/probes/index.ts';
import { runAsteriskAmi } from './asterisk-ami.ts';
import { runAsteriskQueueLog } from './asterisk-queue-log.ts';
import { runBareos } from './bareos.ts';
import { runBorg } from './borg.ts';
import { runDns } from './dns.ts';
import { runFiles } from './files.ts';
import { runHttp } from './http.ts';
import { runJetbackup } from './jetbackup.ts';
import { runPing } from './ping.ts';
import type { ProbeContext, ProbeRun } from './probe-run.ts';
import { runRestic } from './restic.ts';
import { runS3 } from './s3.ts';
import { runSipOptions } from './sip-options.ts';
import { runTcp } from './tcp.ts';
import { runTls } from './tls.ts';
import { runWhm } from './whm.ts';

/** THE table of runs: how each probe type measures once. */
export const probeRuns: { readonly [Name in ProbeTypeName]: ProbeRun<OptionsOf<Name>> } = {
  http: runHttp,
  tcp: runTcp,
  tls: runTls,
  dns: runDns,
  ping: runPing,
  restic: runRestic,
  borg: runBorg,
  files: runFiles,
  jetbackup: runJetbackup,
  whm: runWhm,
  bareos: runBareos,
  s3: runS3,
  sip_options: runSipOptions,
  asterisk_queue_log: runAsteriskQueueLog,
  asterisk_ami: runAsteriskAmi,
};

/** Measures once with the run of the options' type. A throw of the run itself becomes a rejection. */
export async function runProbe(options: ProbeOptions, context: ProbeContext): Promise<void> {
  await runOf(options)(options, context);
}

/** Safe: the table's own type ties each name to the run that takes that name's options, and `type` is that name. */
function runOf(options: ProbeOptions): ProbeRun<ProbeOptions> {
  return probeRuns[options.type] as ProbeRun<ProbeOptions>;
}
