import type { Observation } from '@nines/shared/observation.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { promtoolCheckMetrics } from '../support/prometheus.ts';
import { daemonFolder } from '../support/real-servers/daemon.ts';
import { AGENT, LOCATION } from '../support/real-servers/nines-pair.ts';
import { type AttainmentAnswer, type OutageRun, runWithOutage } from '../support/real-servers/outage-run.ts';
import { realSuite } from '../support/real-servers/suite.ts';

const RUN_TIMEOUT_MS = 240_000;
const IN_OUTAGE = ['site', 'site-tls'];

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
  const folder = daemonFolder();
  const stops: (() => unknown)[] = [];
  let run: OutageRun;

  beforeAll(async () => {
    run = await runWithOutage(folder.path, stops);
  }, RUN_TIMEOUT_MS);

  afterAll(async () => {
    for (const stop of stops.reverse()) await stop();
    folder.remove();
  });

  it('prints', async () => {
    for (const check of IN_OUTAGE) {
      console.log(check, JSON.stringify(attainmentOf(run, check)));
      for (const job of ['nines-collector', 'nines-agent', `blackbox-${check}`]) {
        const range = `[${run.toMs - run.fromMs}ms]`;
        const selector = `probe_success{job="${job}",check="${check}"}`;
        console.log(
          job,
          await run.prometheus.value(`avg_over_time(${selector}${range})`, run.toMs),
          await run.prometheus.value(`count_over_time(${selector}${range})`, run.toMs),
          await run.prometheus.value(`changes(${selector}${range})`, run.toMs),
        );
      }
    }
    console.log(run.exitCodes, run.stored.length);
    for (const [id, page] of run.blackboxPages) {
      const ours = namesOf(run.pages.collector, id);
      const agents = namesOf(run.pages.agent, id);
      const theirs = namesOf(page);
      console.log(
        id,
        'missing',
        theirs.filter((n) => !ours.includes(n)),
        'agent missing',
        theirs.filter((n) => !agents.includes(n)),
        'success',
        /^probe_success .*/m.exec(page)?.[0],
      );
    }
    console.log(await promtoolCheckMetrics(run.pages.collector), await promtoolCheckMetrics(run.pages.agent));
    console.log([
      ...(await run.prometheus.query(
        'max_over_time(nines_runs_total{job="nines-collector"}[10m]) - min_over_time(nines_runs_total{job="nines-collector"}[10m])',
        run.endMs,
      )),
    ]);
    console.log(
      Object.groupBy(run.stored, (o: Observation) => `${o.check} ${o.outcome} ${o.reason}`) && countBy(run.stored),
    );
    console.log(AGENT, LOCATION);
  });
});

function countBy(stored: readonly Observation[]) {
  const counts = new Map<string, number>();
  for (const o of stored) {
    const k = `${o.check} ${o.outcome} ${o.reason}`;
    counts.set(k, (counts.get(k) ?? 0) + 1);
  }
  return counts;
}

function attainmentOf(run: OutageRun, check: string): AttainmentAnswer {
  const found = run.attainments.get(check);
  if (found === undefined) throw new Error(`no attainment of ${check}`);
  return found;
}

function namesOf(page: string, check?: string): string[] {
  const lines = page
    .split('\n')
    .filter((line) => line.startsWith('probe_') && (check === undefined || line.includes(`check="${check}"`)));
  return [...new Set(lines.map((line) => /^\w+/.exec(line)?.[0] ?? ''))].sort();
}
