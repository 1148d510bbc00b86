import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { probeOptions } from '@nines/shared/probes/index.ts';
import { systemClock } from '@nines/shared/time/clock.ts';
import type { CheckColumns } from '@nines/shared/wire.ts';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { planOf } from '../../collector/src/config/plan.ts';
import { createProgramMetrics } from '../../collector/src/metrics/program.ts';
import type { RemoteReceiver } from '../../collector/src/remote-write/receiver.ts';
import { RemoteWriter } from '../../collector/src/remote-write/remote-writer.ts';
import { KEEP_ALL } from '../../collector/src/store/archive.ts';
import { openStore } from '../../collector/src/store/open.ts';
import type { Store } from '../../collector/src/store/store.ts';
import { aDelivery } from '../support/batches.ts';
import { temporaryFolder } from '../support/folders.ts';
import { freePort } from '../support/programs.ts';
import { startPrometheus } from '../support/prometheus.ts';
import { answersHttp, type DaemonFolder, daemonFolder, startDaemon } from '../support/real-servers/daemon.ts';
import { realSuite } from '../support/real-servers/suite.ts';

const EVERY_MS = 10_000;
const RUNS = 60;
/** The last ten minutes: a receiver takes what is that new. */
const FROM_MS = Date.now() - RUNS * EVERY_MS;

/** Run `index` of the check; every seventh is down, every eleventh unknown. */
function runs(check: string, first: number, count: number): CheckColumns {
  const indexes = Array.from({ length: count }, (_, at) => first + at);
  const up = indexes.map((index) => (index % 7 === 0 ? 0 : index % 11 === 0 ? null : 1));
  return {
    check,
    every_ms: EVERY_MS,
    at_ms: indexes.map((index) => FROM_MS + index * EVERY_MS),
    up,
    reasons: Object.fromEntries(up.flatMap((one, at) => (one === 1 ? [] : [[at, 'timeout']]))),
    values: {
      total: indexes.map((index) => 20_000 + index),
      connect: indexes.map((index) => (index % 5 === 0 ? null : 3_000 + index)),
    },
  };
}

/** What a receiver has to hold: series and instant → value. */
function expected(checks: readonly string[], total: number): ReadonlyMap<string, number> {
  const samples = new Map<string, number>();
  for (const check of checks) {
    const { at_ms: instants, up, values } = runs(check, 0, total);
    for (const [row, atMs] of instants.entries()) {
      const put = (name: string, value: number | null | undefined, unit: number) => {
        if (typeof value === 'number') samples.set(`${name} ${check} ${atMs}`, value / unit);
      };
      put('probe_success', up[row], 1);
      put('probe_duration_seconds', values.total?.[row], 1e6);
      put('probe_http_duration_seconds', values.connect?.[row], 1e6);
    }
  }
  return samples;
}

const RECEIVING = ['--web.enable-remote-write-receiver'];
const CHECKS = ['shop', 'mail'];
const PROBE = { type: 'http', url: 'http://127.0.0.1/' };
const PLAN = planOf(
  {
    agents: [{ name: 'fra-web03', location: 'fra', local: false, token: null, metricsAt: null }],
    checks: CHECKS.map((id) => ({
      id,
      everyMs: EVERY_MS,
      schedule: null,
      timeoutMs: 1_000,
      agents: ['fra-web03'],
      probe: probeOptions.parse(PROBE),
      writtenProbe: PROBE,
    })),
  },
  [],
);

let store: Store;
beforeEach(async () => {
  store = await openStore({ directory: temporaryFolder() });
});
afterEach(() => store.close());

/** Ten batches; the first half is sealed before anything is sent. */
async function fill(): Promise<void> {
  for (let batch = 0; batch < 10; batch++) {
    const checks = CHECKS.map((check) => runs(check, batch * 6, 6));
    await store.append({ ...aDelivery({ sequence: batch + 1, checks }), receivedAtMs: Date.now(), skewMs: 0 });
    if (batch === 4) while ((await store.upkeep(Date.now() + 7_200_000, KEEP_ALL)).hasMore);
  }
}

async function writerFor(url: string, fields: Partial<RemoteReceiver> = {}) {
  const receiver: RemoteReceiver = {
    name: 'long-term',
    url,
    version: '1.0',
    ca: null,
    basicAuth: null,
    headers: {},
    timeoutMs: 10_000,
    labels: { cluster: 'eu' },
    maxAgeMs: 86_400_000,
    ...fields,
  };
  const metrics = createProgramMetrics();
  const positions = await store.keepFor([receiver.name]);
  const writer = new RemoteWriter(receiver, positions.get(receiver.name) ?? 0, {
    store,
    clock: systemClock,
    log: pino({ level: 'silent' }),
    metrics: metrics.remote,
    plan: () => PLAN,
    maxSkewMs: 60_000,
  });
  return { writer, metrics };
}

async function sendAll(writer: RemoteWriter): Promise<void> {
  while (await writer.step());
}

interface Held {
  readonly metric: Readonly<Record<string, string>>;
  readonly samples: readonly (readonly [atMs: number, value: number])[];
}

/** As `expected` has it; of series with other labels than ours, nothing. */
function flat(held: readonly Held[]): ReadonlyMap<string, number> {
  const samples = new Map<string, number>();
  for (const { metric, samples: some } of held) {
    expect(metric).toMatchObject({ agent: 'fra-web03', location: 'fra', cluster: 'eu' });
    for (const [atMs, value] of some) samples.set(`${metric.__name__} ${metric.check} ${atMs}`, value);
  }
  return samples;
}

realSuite('prometheus')('remote write into a real Prometheus', () => {
  let folder: DaemonFolder;
  beforeEach(() => {
    folder = daemonFolder();
  });
  afterEach(() => folder.remove());

  it('a batch that comes too late for it is lost to it alone, not what is sent together with it', async () => {
    const prometheus = await startPrometheus(folder.path, 'global: { scrape_interval: 1h }\n', RECEIVING);
    try {
      const { writer, metrics } = await writerFor(`${prometheus.url}/api/v1/write`);
      const deliver = (sequence: number, first: number) => {
        const checks = [runs('shop', first, 6)];
        return store.append({ ...aDelivery({ sequence, checks }), receivedAtMs: Date.now(), skewMs: 0 });
      };
      await deliver(1, 12);
      await sendAll(writer);
      // The second of them is older than what it holds, which it does not take unless it is told to.
      for (const [sequence, first] of [
        [2, 18],
        [3, 0],
        [4, 24],
      ] as const)
        await deliver(sequence, first);
      await sendAll(writer);
      const found = await prometheus.samples('probe_duration_seconds', {
        atMs: Date.now() + 60_000,
        lengthMs: 3_600_000,
      });
      const instants = found.flatMap(({ samples }) => samples.map(({ atMs }) => (atMs - FROM_MS) / EVERY_MS));
      expect(instants).toEqual(Array.from({ length: 18 }, (_, index) => 12 + index));
      const { values } = await metrics.remote.samples.get();
      const refused = values.find(({ labels }) => labels.result === 'refused')?.value;
      expect(refused).toBe(16);
    } finally {
      await prometheus.stop();
    }
  });

  it('it holds every sample at its own instant, what was sealed before included', async () => {
    const prometheus = await startPrometheus(folder.path, 'global: { scrape_interval: 1h }\n', RECEIVING);
    try {
      const { writer, metrics } = await writerFor(`${prometheus.url}/api/v1/write`);
      await fill();
      await sendAll(writer);
      const found = await prometheus.samples('{check=~".+"}', { atMs: Date.now() + 60_000, lengthMs: 3_600_000 });
      const held = found.map(({ labels, samples }) => ({
        metric: labels,
        samples: samples.map(({ atMs, value }) => [atMs, value] as const),
      }));
      const wanted = expected(CHECKS, RUNS);
      expect(flat(held)).toEqual(wanted);
      const { values } = await metrics.remote.samples.get();
      expect(values).toEqual([{ labels: { receiver: 'long-term', result: 'taken' }, value: wanted.size }]);
    } finally {
      await prometheus.stop();
    }
  });
});

realSuite('victoria-metrics')('remote write into a real VictoriaMetrics', () => {
  let folder: DaemonFolder;
  beforeEach(() => {
    folder = daemonFolder();
  });
  afterEach(() => folder.remove());

  it('it holds every sample at its own instant', async () => {
    const origin = `http://127.0.0.1:${await freePort()}`;
    const daemon = await startDaemon({
      program: 'victoria-metrics',
      args: [
        `-storageDataPath=${join(folder.path, 'vm')}`,
        `-httpListenAddr=${origin.slice(7)}`,
        '-retentionPeriod=1y',
      ],
      isReady: () => answersHttp(`${origin}/health`),
    });
    try {
      const { writer } = await writerFor(`${origin}/api/v1/write`);
      await fill();
      await sendAll(writer);
      await fetch(`${origin}/internal/force_flush`);
      const exported = await fetch(`${origin}/api/v1/export?match[]=${encodeURIComponent('{check!=""}')}`);
      const lines = (await exported.text()).split('\n').filter((line) => line !== '');
      const held = lines.map((line) => {
        const { metric, values, timestamps } = JSON.parse(line);
        return { metric, samples: timestamps.map((atMs: number, at: number) => [atMs, values[at]]) };
      });
      expect(flat(held)).toEqual(expected(CHECKS, RUNS));
    } finally {
      await daemon.stop();
    }
  });
});

describe('a receiver of remote write that fails', () => {
  it('gets everything when it is back, and what it refuses for ever holds up nothing', async () => {
    const statuses = [503, 204, 429, 400, 204];
    const answered: number[] = [];
    const server = createServer((request, response) => {
      request.resume().once('end', () => {
        const status = statuses[answered.length] ?? 204;
        answered.push(status);
        response.writeHead(status).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    // Safe: it listens on TCP.
    const { port } = server.address() as AddressInfo;
    try {
      const { writer, metrics } = await writerFor(`http://127.0.0.1:${port}/`);
      await fill();
      await expect(writer.step()).rejects.toThrow('answered 503');
      expect(await writer.step()).toBe(true);
      expect(await writer.step()).toBe(false);
      await store.append({ ...aDelivery({ sequence: 11 }), receivedAtMs: Date.now(), skewMs: 0 });
      await expect(writer.step()).rejects.toThrow('answered 429');
      expect(await writer.step()).toBe(true);
      await store.append({ ...aDelivery({ sequence: 12 }), receivedAtMs: Date.now(), skewMs: 0 });
      await sendAll(writer);
      expect(answered).toEqual(statuses);
      const { values } = await metrics.remote.samples.get();
      const of = (result: string) => values.find(({ labels }) => labels.result === result)?.value;
      const [whole, each] = [expected(CHECKS, RUNS).size, 6];
      expect({ taken: of('taken'), refused: of('refused') }).toEqual({ taken: whole + each, refused: each });
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
