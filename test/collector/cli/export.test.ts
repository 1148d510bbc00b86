import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Batch } from '@nines/shared/wire.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runProgram } from '../../../collector/src/cli/program.ts';
import { openStore } from '../../../collector/src/store/open.ts';
import type { Delivery, Store } from '../../../collector/src/store/store.ts';
import { anEvent } from '../../support/arbitrary-events.ts';
import { aDelivery, START_MS, upColumns } from '../../support/batches.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { systemProgram } from '../../support/system-program.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const YAML = `
collector: { data: data }
agents: [{ name: fra-web03, location: fra }]
checks:
  - { id: shop, every: 1m, probe: { type: http, url: "http://127.0.0.1/" } }
  - { id: mail, every: 1m, probe: { type: tcp, host: 127.0.0.1, port: 25 } }
`;

let folder = '';
let store: Store;
beforeEach(async () => {
  folder = temporaryFolder();
  mkdirSync(join(folder, 'data'));
  writeFileSync(join(folder, 'nines.yaml'), YAML);
  store = await openStore({ directory: join(folder, 'data') });
});
afterEach(() => store.close());

async function exported(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const said = { out: '', err: '' };
  const code = await runProgram(['export', ...args, '--config', join(folder, 'nines.yaml')], {
    env: {},
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
  });
  return { code, ...said };
}

/** A batch that arrives when all of it is over: instants from the future would not be believed. */
function arriving(given: Partial<Batch>): Delivery {
  return { ...aDelivery(given), receivedAtMs: START_MS + 2 * DAY_MS };
}

/** A day of a shop, sealed; a mail server that failed once; then half an hour that is still open. */
async function fill(): Promise<void> {
  const failing = { ...upColumns('mail', 3), up: [1, 0, null] as const, reasons: { 1: 'connect-timeout', 2: 'x,"y' } };
  await store.append(arriving({ sequence: 1, checks: [upColumns('shop', 1_440), failing] }));
  await store.append(arriving({ sequence: 2, checks: [upColumns('gone', 5)] }));
  while ((await store.upkeep(START_MS + 2 * DAY_MS)).hasMore);
  await store.append(arriving({ sequence: 3, checks: [upColumns('shop', 30, START_MS + DAY_MS)] }));
}

describe('nines-collector export observations', () => {
  it('writes every observation once, sealed or not, by check and instant, as NDJSON', async () => {
    await fill();
    const { code, out } = await exported('observations', '--format', 'ndjson');
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(code).toBe(0);
    expect(lines.map(({ check, at_ms: atMs }) => `${check} ${atMs}`)).toEqual([
      ...upColumns('gone', 5).at_ms.map((atMs) => `gone ${atMs}`),
      ...upColumns('mail', 3).at_ms.map((atMs) => `mail ${atMs}`),
      ...upColumns('shop', 1_470).at_ms.map((atMs) => `shop ${atMs}`),
    ]);
    expect(lines[6]).toEqual({
      check: 'mail',
      agent: 'fra-web03',
      at_ms: START_MS + 60_000,
      every_ms: 60_000,
      outcome: 'down',
      reason: 'connect-timeout',
      values: { total: 1_001 },
    });
  });

  it('takes only the checks and the time that are asked for', async () => {
    await fill();
    const from = START_MS + DAY_MS - 60_000;
    const args = ['--check', 'shop', '--from', String(from), '--to', String(from + 180_000)];
    const { out } = await exported('observations', '--format', 'ndjson', ...args);
    const instants = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).at_ms);
    expect(instants).toEqual([from, from + 60_000, from + 120_000]);
  });

  it('writes CSV with a column a value, quoted as RFC 4180 asks', async () => {
    await fill();
    const { out } = await exported('observations', '--format', 'csv', '--check', 'mail');
    expect(out.split('\r\n')).toEqual([
      'check,agent,at,at_ms,every_ms,outcome,reason,total',
      `mail,fra-web03,2026-09-21T14:13:20.000Z,${START_MS},60000,up,,1000`,
      `mail,fra-web03,2026-09-21T14:14:20.000Z,${START_MS + 60_000},60000,down,connect-timeout,1001`,
      `mail,fra-web03,2026-09-21T14:15:20.000Z,${START_MS + 120_000},60000,unknown,"x,""y",1002`,
      '',
    ]);
  });

  it('writes OpenMetrics with instants: no sample of success while it is unknown', async () => {
    await fill();
    const { out } = await exported('observations', '--format', 'openmetrics', '--check', 'mail');
    const labels = '{check="mail",agent="fra-web03",location="fra"}';
    expect(out.split('\n').filter((line) => line.startsWith('probe_success{'))).toEqual([
      `probe_success${labels} 1 1790000000.000`,
      `probe_success${labels} 0 1790000060.000`,
    ]);
    expect(out).toContain(`probe_duration_seconds${labels} 0.001002 1790000120.000\n`);
    expect(out.endsWith('\n# EOF\n')).toBe(true);
  });

  it.each([
    ['a check that the store does not have', ['--check', 'shopp'], '--check: the store has nothing of "shopp"'],
    ['an instant that is none', ['--from', 'yesterday'], '--from: instant: expected 2026-01-31T00:00:00Z'],
  ])('refuses %s', async (_name, args, message) => {
    await fill();
    const { code, out, err } = await exported('observations', '--format', 'csv', ...args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(message);
  });
});

it('CSV puts an apostrophe before texts that a spreadsheet would run, and leaves numbers alone', async () => {
  const labels = { a: '=HYPERLINK("x")', b: '+49 30 1', c: '-1', d: '@sum', e: '\tx', f: '1-2', g: "'x" };
  const events = [anEvent({ id: '=1+1', labels, values: { loss: -5 } })];
  await store.putEvents({ events, receivedAtMs: START_MS + 5_000 });
  const { out } = await exported('events', '--format', 'csv');
  const [, row = ''] = out.split('\r\n');
  expect(row).toContain(",'=1+1,");
  expect(row).toContain(`,"'=HYPERLINK(""x"")",'+49 30 1,'-1,'@sum,'\tx,1-2,'x,-5`);
});

describe('nines-collector export events', () => {
  const events = [
    anEvent({ id: 'a', labels: { queue: 'sales, support' } }),
    anEvent({ id: 'b', atMs: START_MS + 1_000, outcome: 'abandoned', values: { wait: 60, ring: 2 } }),
    anEvent({ id: 'c', atMs: START_MS + 2_000, endedAtMs: null, outcome: null }),
    anEvent({ id: 'd', stream: 'tickets', atMs: START_MS + DAY_MS, endedAtMs: null, outcome: 'waiting' }),
  ];

  beforeEach(async () => {
    await store.putEvents({ events, receivedAtMs: START_MS + 5_000 });
  });

  it('writes what begins in the interval, as NDJSON, of all streams or of one', async () => {
    const idsOf = ({ out }: { out: string }) =>
      out
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line).id);
    expect(idsOf(await exported('events', '--format', 'ndjson'))).toEqual(['a', 'b', 'c', 'd']);
    expect(idsOf(await exported('events', '--format', 'ndjson', '--stream', 'tickets'))).toEqual(['d']);
    const from = String(START_MS + 1);
    expect(idsOf(await exported('events', '--format', 'ndjson', '--from', from, '--stream', 'calls'))).toEqual([
      'b',
      'c',
    ]);
  });

  it('writes CSV with a column a label and a value', async () => {
    const rows = (await exported('events', '--format', 'csv', '--stream', 'calls')).out.split('\r\n');
    expect(rows[0]).toBe(
      'stream,id,agent,revision,at,at_ms,ended_at_ms,outcome,received_at_ms,label_queue,value_ring,value_wait',
    );
    expect(rows[1]).toMatch(/^calls,a,fra-web03,1,2026-09-21T14:13:20\.000Z,.*,"sales, support",,4$/);
    expect(rows[2]).toMatch(/,abandoned,.*,support,2,60$/);
  });

  it('counts them in OpenMetrics by stream, agent and outcome', async () => {
    const { out } = await exported('events', '--format', 'openmetrics', '--stream', 'calls');
    expect(out.split('\n').filter((line) => line.startsWith('nines_events_total'))).toEqual([
      'nines_events_total{stream="calls",agent="fra-web03",outcome="abandoned"} 1 1790000001.000',
      'nines_events_total{stream="calls",agent="fra-web03",outcome="answered"} 1 1790000000.000',
      'nines_events_total{stream="calls",agent="fra-web03",outcome="open"} 1 1790000002.000',
    ]);
  });
});

systemProgram({ program: 'promtool', debianPackage: 'prometheus' })('Prometheus takes an export for back-fill', () => {
  function promtool(...args: string[]): string {
    const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8', maxBuffer: 64 * 2 ** 20 });
    expect([status, stderr]).toEqual([0, expect.any(String)]);
    return stdout;
  }

  function samplesIn(text: string, metric: string): number {
    const blocks = join(folder, `blocks-${metric}`);
    const file = join(folder, `${metric}.om`);
    writeFileSync(file, text);
    promtool('tsdb', 'create-blocks-from', 'openmetrics', file, blocks);
    // Its dump looks for a log of what is not in blocks yet.
    mkdirSync(join(blocks, 'wal'));
    const dumped = promtool('tsdb', 'dump', blocks).split('\n');
    return dumped.filter((line) => line.includes(`__name__="${metric}"`)).length;
  }

  it('with as many samples as there are observations and events', async () => {
    await fill();
    const { out } = await exported('observations', '--format', 'openmetrics');
    // 1,470 of the shop, 5 of the check that is gone, 3 of the mail server, of which one is unknown.
    expect(samplesIn(out, 'probe_duration_seconds')).toBe(1_478);
    expect(samplesIn(out, 'probe_success')).toBe(1_477);
    const calls = Array.from({ length: 50 }, (_, index) => anEvent({ id: `c${index}`, atMs: START_MS + index }));
    await store.putEvents({ events: calls, receivedAtMs: START_MS });
    expect(samplesIn((await exported('events', '--format', 'openmetrics')).out, 'nines_events_total')).toBe(50);
  });
});
