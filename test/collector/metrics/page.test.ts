import { describe, expect, it } from 'vitest';
import type { ConfiguredAgent, ConfiguredCheck } from '../../../collector/src/config/nines.ts';
import { planOf } from '../../../collector/src/config/plan.ts';
import { Head } from '../../../collector/src/evaluate/head.ts';
import { writeMetricsPage } from '../../../collector/src/metrics/page.ts';
import { Exposition, type ExpositionFormat } from '../../../shared/src/exposition.ts';
import { probeOptions } from '../../../shared/src/probes/index.ts';
import { START_MS } from '../../support/batches.ts';
import { JournalInMemory } from '../evaluate/journal-in-memory.ts';

const probe = { type: 'tcp', host: 'shop.example', port: 443 };
const agents: ConfiguredAgent[] = ['fra', 'ams'].map((name) => ({
  name,
  location: name,
  local: false,
  token: null,
  metricsAt: null,
}));
const check: ConfiguredCheck = {
  id: 'shop',
  everyMs: 30_000,
  timeoutMs: 10_000,
  schedule: null,
  agents: ['fra', 'ams'],
  probe: probeOptions.parse(probe),
  writtenProbe: probe,
};

const NO_PHONE = { totals: [], queues: [], shares: [] };

interface PageOptions {
  readonly format?: ExpositionFormat;
  readonly outcome?: 'up' | 'down';
}

/** The page of one check that two agents run; `fra` alone has reported it, once. */
function page(configured: readonly string[], { format = 'prometheus', outcome = 'up' }: PageOptions = {}): string {
  const journal = new JournalInMemory();
  const head = new Head({ journal });
  const values = { total: 20_000 };
  head.apply(
    journal.append('fra', [
      {
        check: 'shop',
        atMs: START_MS,
        everyMs: 30_000,
        outcome,
        reason: outcome === 'up' ? null : 'connect-timeout',
        values,
      },
    ]),
  );
  const plan = planOf({ checks: [{ ...check, agents: configured }], agents }, []);
  const exposition = new Exposition(format);
  const nowMs = START_MS + 1_000;
  const state = {
    head,
    plan,
    nowMs,
    agents,
    standings: [],
    settlements: [],
    heartbeats: [],
    phone: NO_PHONE,
    backups: [],
  };
  for (const _ of writeMetricsPage(exposition, state));
  return exposition.toString();
}

describe('the metrics of checks', () => {
  it('counters of a check and agent are there before the first run, as 0: otherwise Prometheus misses it as an increase', () => {
    const text = page(['fra', 'ams']);
    expect(text).toContain('nines_runs_total{check="shop",agent="fra",location="fra",outcome="up"} 1\n');
    for (const outcome of ['up', 'down', 'unknown']) {
      expect(text).toContain(`nines_runs_total{check="shop",agent="ams",location="ams",outcome="${outcome}"} 0\n`);
    }
    expect(text).toContain('nines_run_duration_seconds_bucket{check="shop",agent="ams",location="ams",le="0.005"} 0\n');
    expect(text).toContain('nines_run_duration_seconds_count{check="shop",agent="ams",location="ams"} 0\n');
    expect(text).not.toMatch(/probe_success\{check="shop",agent="ams"/);
  });

  it('in OpenMetrics a counter says why the newest run was counted', () => {
    const down = page(['fra'], { format: 'openmetrics', outcome: 'down' });
    const at = (START_MS / 1_000).toFixed(3);
    expect(down).toContain(`outcome="down"} 1 # {reason="connect-timeout"} 1 ${at}\n`);
    expect(down).toContain('# TYPE nines_runs counter\n');
    expect(page(['fra'], { format: 'openmetrics' })).not.toContain(' # {');
    expect(page(['fra'], { outcome: 'down' })).not.toContain('reason=');
  });

  it('an agent that no longer runs a check has no metrics of it', () => {
    expect(page(['ams'])).not.toMatch(/check="shop",agent="fra"/);
  });
});
