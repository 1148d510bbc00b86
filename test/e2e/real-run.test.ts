import type { Observation, Outcome } from '@nines/shared/observation.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { promtoolCheckMetrics } from '../support/prometheus.ts';
import { type DaemonFolder, daemonFolder } from '../support/real-servers/daemon.ts';
import { type AttainmentAnswer, type OutageRun, runWithOutage } from '../support/real-servers/outage-run.ts';
import { realSuite } from '../support/real-servers/suite.ts';

const RUN_TIMEOUT_MS = 240_000;
const IN_OUTAGE = ['site', 'site-tls'];
const OUTCOMES: readonly Outcome[] = ['up', 'down', 'unknown'];

/** Names of blackbox_exporter that Nines has not; anything else that is missing is a fault. */
const NOT_OURS = [
  'probe_dns_additional_rrs',
  'probe_dns_authority_rrs',
  // Ours is probe_dns_duration_seconds{phase="resolve"}, and the same of the other types.
  'probe_dns_lookup_time_seconds',
  'probe_dns_query_succeeded',
  // Ours is the reason of the run.
  'probe_failed_due_to_regex',
  'probe_http_content_length',
  'probe_http_last_modified_timestamp_seconds',
  'probe_http_ssl',
  'probe_http_version',
  'probe_icmp_reply_hop_limit',
  'probe_ip_addr_hash',
  'probe_ip_protocol',
  'probe_ssl_last_chain_expiry_timestamp_seconds',
  'probe_ssl_last_chain_info',
  'probe_tls_version_info',
];

/** Metrics that do not change from run to run: the same value by both programs. */
const STEADY =
  /^(probe_success|probe_http_(status_code|redirects|uncompressed_body_length)|probe_ssl_earliest_cert_expiry|probe_dns_(serial|answer_rrs)) /;

realSuite(
  'nginx',
  'named',
  'dnsmasq',
  'fping',
  'openssl',
  'prometheus',
  'promtool',
  'blackbox',
)('two minutes against real servers, with an outage, watched by Prometheus', () => {
  let folder: DaemonFolder;
  const stops: (() => unknown)[] = [];
  let run: OutageRun;

  beforeAll(async () => {
    folder = daemonFolder();
    run = await runWithOutage(folder.path, stops);
  }, RUN_TIMEOUT_MS);

  afterAll(async () => {
    for (const stop of stops.reverse()) await stop();
    folder?.remove();
  });

  /** Over the judged interval: how many samples were scraped, their mean, and how often they changed. */
  async function scraped(job: string, check: string) {
    const range = `probe_success{job="${job}",check="${check}"}[${run.toMs - run.fromMs}ms]`;
    const ask = (calculation: string) => run.prometheus.value(`${calculation}(${range})`, run.toMs);
    const [mean, count, changes] = [await ask('avg_over_time'), await ask('count_over_time'), await ask('changes')];
    return { mean, count, changes };
  }

  it.each(IN_OUTAGE)('the attainment of %s is what avg_over_time says, to one sample at each edge', async (check) => {
    const { attainment, coverage, incidents } = attainmentOf(run, check);
    const share = Number(attainment) / 100;
    expect(coverage).toBe('100.0000000');
    expect(incidents.length).toBeGreaterThanOrEqual(1);
    for (const job of ['nines-collector', 'nines-agent']) {
      const { mean, count, changes } = await scraped(job, check);
      // An edge is seen by the first scrape after it: the down samples are one more or less for each of them.
      const edges = Math.max(changes, 2 * incidents.length);
      console.info(`${check}: attainment ${attainment} %, ${job} ${mean} of ${count} samples, ${changes} changes`);
      expect(Math.abs(mean - share)).toBeLessThanOrEqual(edges / count);
      expect(mean).toBeLessThan(1);
    }
  });

  it.each(IN_OUTAGE)('the attainment of %s follows from the stored runs to the millisecond', (check) => {
    const { unit, good, bad, unknown } = attainmentOf(run, check);
    expect({ unit, ...timeByOutcome(runsOf(run, check), run) }).toEqual({ unit, up: good, down: bad, unknown });
    expect(unit).toBe('ms');
    expect(good + bad + unknown).toBe(run.toMs - run.fromMs);
  });

  it.each(IN_OUTAGE)('the incident of %s is the outage, and says why', (check) => {
    const outage = attainmentOf(run, check).incidents.find(({ reasons }) => reasons.includes('connection-refused'));
    // A run that was under way when nginx ended began at most its timeout, a second, before.
    expect(outage?.from_ms).toBeGreaterThan(run.outage.stoppingMs - 1_000);
    expect(outage?.from_ms).toBeLessThan(run.outage.startingMs);
    expect(outage?.to_ms).toBeGreaterThan(run.outage.startingMs - 1_000);
  });

  it.each(IN_OUTAGE)(
    'blackbox_exporter saw %s go down and come back like Nines, to one sample at each edge',
    async (check) => {
      const theirs = await scraped(`blackbox-${check}`, check);
      const ours = await scraped('nines-collector', check);
      const edges = Math.max(theirs.changes, ours.changes);
      console.info(`${check}: blackbox ${theirs.mean} of ${theirs.count} samples, ${theirs.changes} changes`);
      expect(theirs.changes).toBeGreaterThanOrEqual(2);
      expect(Math.abs(theirs.mean - ours.mean)).toBeLessThanOrEqual(edges / Math.min(theirs.count, ours.count));
    },
  );

  it('the increase of nines_runs_total in Prometheus is the number of runs in the store, exactly', async () => {
    const increase = (name: string, labels: string) =>
      run.prometheus.value(
        `max_over_time(${name}{job="nines-collector",${labels}}[10m]) - min_over_time(${name}{job="nines-collector",${labels}}[10m])`,
        run.endMs,
      );
    for (const check of new Set(run.stored.map((one) => one.check))) {
      const stored = runsOf(run, check);
      for (const outcome of OUTCOMES) {
        const count = stored.filter((one) => one.outcome === outcome).length;
        expect(await increase('nines_runs_total', `check="${check}",outcome="${outcome}"`)).toBe(count);
      }
      expect(await increase('nines_run_duration_seconds_count', `check="${check}"`)).toBe(stored.length);
    }
    expect(run.stored.length).toBeGreaterThan(200);
  });

  it('every scraped sample is a run of the store: its instant, its outcome and its duration', async () => {
    const of = async (name: string, check: string) => {
      const range = { atMs: run.toMs, lengthMs: run.toMs - run.fromMs };
      const [series, ...others] = await run.prometheus.samples(
        `${name}{job="nines-collector",check="${check}"}`,
        range,
      );
      expect(others).toEqual([]);
      return new Map(series?.samples.map(({ atMs, value }) => [atMs, value]));
    };
    for (const check of run.checks) {
      const stored = new Map(runsOf(run, check).map((one) => [one.atMs, one]));
      const [instants, durations, successes] = [
        await of('nines_run_timestamp_seconds', check),
        await of('probe_duration_seconds', check),
        await of('probe_success', check),
      ];
      expect(instants.size).toBeGreaterThan(30);
      for (const [scrapedAtMs, seconds] of instants) {
        const one = stored.get(Math.round(seconds * 1_000));
        const total = one?.values.total;
        expect([check, scrapedAtMs, one?.outcome, durations.get(scrapedAtMs)]).toEqual([
          check,
          scrapedAtMs,
          outcomeOf(successes.get(scrapedAtMs)),
          total === undefined ? undefined : total / 1e6,
        ]);
      }
    }
  });

  it('every check saw what was there, and nothing failed by a fault of ours', () => {
    const expected: Readonly<Record<string, readonly string[]>> = {
      site: ['connection-refused'],
      'site-tls': ['connection-refused'],
      expired: ['certificate-expired', 'connection-refused'],
    };
    for (const check of run.checks) {
      const stored = runsOf(run, check);
      const reasons = new Set(stored.flatMap(({ reason }) => reason ?? []));
      // A machine with too much to do may be late now and then, and nginx may end in the middle of a run.
      for (const reason of reasons) if (/-timeout$|^connection-(reset|closed)$/.test(reason)) reasons.delete(reason);
      expect([check, ...[...reasons].sort()]).toEqual([check, ...(expected[check] ?? [])]);
      expect(stored.some(({ outcome }) => outcome === 'up')).toBe(check !== 'expired');
    }
    expect(run.exitCodes).toEqual({ collector: 0, agent: 0 });
  });

  it.each(['collector', 'agent'] as const)(
    'promtool finds nothing wrong with the metrics of the %s',
    async (program) => {
      expect(await promtoolCheckMetrics(run.pages[program])).toEqual({ code: 0, out: '', err: '' });
    },
  );

  it('promtool does find a page that is wrong', async () => {
    const { code, err, out } = await promtoolCheckMetrics('# TYPE a_total gauge\na_total 1\n');
    expect({ code, said: err + out }).toEqual({ code: 3, said: expect.stringContaining('a_total') });
  });

  it('every metric of blackbox_exporter is there under its name but for those that Nines knowingly lacks', () => {
    const missing = new Set<string>();
    for (const [check, page] of run.blackboxPages) {
      expect([check, page]).toEqual([check, expect.stringMatching(/^probe_success 1$/m)]);
      const own = namesOf(run.pages.collector, check);
      for (const name of namesOf(page)) if (!own.has(name)) missing.add(name);
    }
    expect([...missing].sort()).toEqual(NOT_OURS);
  });

  it.each(['collector', 'agent'] as const)(
    'what does not change from run to run the %s shows as blackbox does',
    (program) => {
      for (const [check, page] of run.blackboxPages) {
        const steady = page.split('\n').filter((line) => STEADY.test(line));
        expect(steady.length).toBeGreaterThan(0);
        const own = run.pages[program].split('\n').filter((line) => line.includes(`check="${check}"`));
        for (const line of steady) {
          const [name, value] = line.split(' ');
          const ours = own.find((one) => one.startsWith(`${name}{`));
          expect([check, name, Number(ours?.split(' ')[1])]).toEqual([check, name, Number(value)]);
        }
      }
    },
  );
});

function attainmentOf(run: OutageRun, check: string): AttainmentAnswer {
  const found = run.attainments.get(check);
  if (found === undefined) throw new Error(`no attainment of ${check}`);
  return found;
}

function runsOf(run: OutageRun, check: string): readonly Observation[] {
  return run.stored.filter((one) => one.check === check).sort((a, b) => a.atMs - b.atMs);
}

/** The oracle: millisecond by run, each speaking until the next one, at most two intervals, inside the interval. */
function timeByOutcome(
  runs: readonly Observation[],
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): Readonly<Record<Outcome, number>> {
  const time = { up: 0, down: 0, unknown: 0 };
  for (const [index, { atMs, everyMs, outcome }] of runs.entries()) {
    const untilMs = Math.min(toMs, runs[index + 1]?.atMs ?? Number.POSITIVE_INFINITY, atMs + 2 * everyMs);
    time[outcome] += Math.max(0, untilMs - Math.max(fromMs, atMs));
  }
  time.unknown = toMs - fromMs - time.up - time.down;
  return time;
}

/** `probe_success` as an outcome; without a sample it is unknown. */
function outcomeOf(success: number | undefined): Outcome {
  if (success === undefined) return 'unknown';
  return success === 1 ? 'up' : 'down';
}

/** Names of a page's probe metrics, of one check when it is named. */
function namesOf(page: string, check?: string): ReadonlySet<string> {
  const isMeant = (line: string) => check === undefined || line.includes(`check="${check}"`);
  return new Set(page.split('\n').flatMap((line) => (isMeant(line) ? (/^probe_\w+/.exec(line)?.[0] ?? []) : [])));
}
