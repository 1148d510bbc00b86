import { spawnSync } from 'node:child_process';
import type { Check } from '@nines/shared/check.ts';
import { describe, expect, it } from 'vitest';
import { CheckMetrics } from '../../agent/src/metrics.ts';
import { serveMetrics } from '../../agent/src/metrics-server.ts';
import { type OwnState, ownMetrics } from '../../agent/src/own-metrics.ts';
import { observation } from '../support/agent-parts.ts';
import { options } from '../support/probe-targets/probe.ts';
import { systemProgram } from '../support/system-program.ts';

const home: Check = {
  id: 'shop-home',
  everyMs: 30_000,
  timeoutMs: 10_000,
  probe: options({ type: 'http', url: 'http://127.0.0.1:1/' }),
};
const loss: Check = {
  id: 'gateway',
  everyMs: 30_000,
  timeoutMs: 10_000,
  probe: options({ type: 'ping', host: '127.0.0.1' }),
};

const own: OwnState = {
  status: {
    at_ms: 1_790_000_060_000,
    version: '1.2.3',
    started_at_ms: 1_790_000_000_000,
    checks: 2,
    runs: 10,
    late_runs: 1,
    isolated: false,
    isolated_runs: 2,
    agent_errors: 3,
    spool_bytes: 4,
    spool_batches: 5,
    spool_oldest_at_ms: 1_790_000_030_000,
    dropped_observations: 6,
    refused_batches: 7,
  },
  scheduler: { runs: 10, lateRuns: 1, skippedRuns: 8, running: 0 },
  spool: {
    bytes: 4,
    batches: 5,
    oldestAtMs: 1_790_000_030_000,
    droppedObservations: 6,
    refusedBatches: 7,
    diskErrors: 9,
  },
  delivery: { deliveredBatches: 11, deliveredItems: 12, failures: 13, isReachable: null },
  eventSpool: { bytes: 16, batches: 17, droppedEvents: 18, refusedEvents: 19 },
  eventDelivery: { deliveredBatches: 20, deliveredItems: 21, failures: 22, isReachable: null },
  usage: { rssBytes: 70_000_000, cpuSeconds: 1.5 },
  refusedChecks: 0,
  isReloadGood: true,
};

function lines(metrics: CheckMetrics): string[] {
  return metrics
    .render('fra-web03', [])
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
}

describe('CheckMetrics', () => {
  it('shows the last run under the names of blackbox_exporter, in base units', () => {
    const metrics = new CheckMetrics();
    metrics.update([home]);
    metrics.record(
      observation(0, { values: { resolve: 1_500, transfer: 250, total: 2_000_000, status: 200, bytes: 512 } }),
    );
    const labels = 'check="shop-home",agent="fra-web03"';
    expect(lines(metrics)).toEqual(
      expect.arrayContaining([
        `probe_success{${labels}} 1`,
        `probe_duration_seconds{${labels}} 2`,
        `probe_http_duration_seconds{${labels},phase="resolve"} 0.0015`,
        `probe_http_duration_seconds{${labels},phase="transfer"} 0.00025`,
        `probe_http_status_code{${labels}} 200`,
        `nines_runs_total{${labels},outcome="up"} 1`,
        `nines_runs_total{${labels},outcome="down"} 0`,
      ]),
    );
  });

  it('an unknown outcome has no probe_success, so that it counts neither way, and is counted as unknown', () => {
    const metrics = new CheckMetrics();
    metrics.update([home]);
    metrics.record(observation(0));
    metrics.record(observation(1, { outcome: 'unknown', reason: 'agent-isolated' }));
    const shown = lines(metrics);
    expect(shown.filter((line) => line.startsWith('probe_'))).toEqual([]);
    expect(shown).toContain('nines_runs_total{check="shop-home",agent="fra-web03",outcome="unknown"} 1');
  });

  it('a share is a ratio: 333,333 ppm of loss is 0.333333', () => {
    const metrics = new CheckMetrics();
    metrics.update([loss]);
    metrics.record(observation(0, { check: 'gateway', outcome: 'down', reason: 'loss', values: { loss: 333_333 } }));
    expect(lines(metrics)).toContain('probe_icmp_loss_ratio{check="gateway",agent="fra-web03"} 0.333333');
    expect(lines(metrics)).toContain('probe_success{check="gateway",agent="fra-web03"} 0');
  });

  it('counters of a check that stays go on over a changed assignment; one that is gone is not shown', () => {
    const metrics = new CheckMetrics();
    metrics.update([home, loss]);
    metrics.record(observation(0));
    metrics.update([home]);
    metrics.record(observation(1));
    metrics.record(observation(2, { check: 'gateway' }));
    expect(lines(metrics)).toContain('nines_runs_total{check="shop-home",agent="fra-web03",outcome="up"} 2');
    expect(lines(metrics).join()).not.toContain('gateway');
  });
});

systemProgram({ program: 'promtool', debianPackage: 'prometheus' })('the page of an agent', () => {
  it('promtool finds nothing to say about it', () => {
    const metrics = new CheckMetrics();
    metrics.update([home, loss]);
    const all = { resolve: 1, connect: 2, tls: 3, processing: 4, transfer: 5, total: 15, status: 200, bytes: 7 };
    metrics.record(observation(0, { values: { ...all, redirects: 0, certificate_expires_at: 1_800_000_000 } }));
    metrics.record(
      observation(0, { check: 'gateway', values: { rtt: 1, rtt_min: 1, rtt_max: 2, jitter: 1, loss: 0 } }),
    );
    const page = metrics.render('fra-web03', ownMetrics(own));
    const { status, stderr, stdout } = spawnSync('promtool', ['check', 'metrics'], { input: page, encoding: 'utf8' });
    expect({ status, said: stdout + stderr }).toEqual({ status: 0, said: '' });
  });
});

describe('ownMetrics', () => {
  it('shows ages in seconds, and leaves out what is not known yet', () => {
    const page = new CheckMetrics().render('fra-web03', ownMetrics(own));
    expect(page).toContain('nines_agent_spool_oldest_age_seconds{agent="fra-web03"} 30\n');
    expect(page).toContain('nines_agent_dropped_observations_total{agent="fra-web03"} 6\n');
    expect(page).not.toContain('nines_agent_collector_reachable');
  });
});

describe('serveMetrics', () => {
  it('serves the page and its health, nothing else, and says when the address is taken', async () => {
    const server = await serveMetrics({ host: '127.0.0.1', port: 0 }, () => 'a_metric 1\n');
    const get = (path: string, method = 'GET') => fetch(`http://127.0.0.1:${server.port}${path}`, { method });
    const page = await get('/metrics');
    expect(await page.text()).toBe('a_metric 1\n');
    expect(page.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await (await get('/healthz')).text()).toBe('ok\n');
    expect((await get('/else')).status).toBe(404);
    expect((await get('/constructor')).status).toBe(404);
    const posted = await get('/metrics', 'POST');
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    await expect(serveMetrics({ host: '127.0.0.1', port: server.port }, () => '')).rejects.toThrow(/already in use/);
    await server.close();
  });
});
