import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { runProgram } from '../../../collector/src/cli/program.ts';
import { loadNines } from '../../../collector/src/config/nines.ts';
import { temporaryFolder } from '../../support/folders.ts';

const AGENTS = [{ name: 'fra-1' }];
const CHECKS = [
  { id: 'shop', every: '30s', probe: { type: 'http', url: 'http://127.0.0.1/' } },
  { id: 'shop.api', every: '2m', probe: { type: 'http', url: 'http://127.0.0.1/' } },
];

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: readonly string[];
}

async function run(...args: string[]): Promise<Said> {
  const said = { out: '', err: '' };
  const code = await runProgram(args, {
    env: {},
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
  });
  return { code, out: said.out, err: said.err.split('\n').filter((line) => line !== '') };
}

function written(text: string): string {
  const path = join(temporaryFolder(), 'slos.yaml');
  writeFileSync(path, text);
  return path;
}

function ninesFile(objectives: readonly unknown[], sections: Readonly<Record<string, unknown>> = {}): string {
  const contract = {
    id: 'hosting',
    customer: 'acme',
    draft: true,
    time_zone: 'Europe/Berlin',
    objectives,
    ...sections,
  };
  const customers = [{ id: 'acme' }];
  return written(stringify({ agents: AGENTS, checks: CHECKS, customers, contracts: [contract] }));
}

/** The objectives of what was imported, as the collector reads them. */
function objectivesIn(out: string) {
  const sections = stringify({ agents: AGENTS, checks: CHECKS });
  return loadNines(written(`${sections}${out}`)).objectives;
}

const percent = fc.integer({ min: 1, max: 1_000_000_000 }).map((ppb) => (ppb / 1e7).toFixed(7));
/** Not what `any`, `majority` and `all` say as well. */
const share = percent.filter((text) => !['0.0000001', '50.0000001', '100.0000000'].includes(text));
const minutes = fc.integer({ min: 1, max: 3_000 }).map((count) => `${count}m`);
const method = fc.oneof(
  fc.constant({ method: 'occurrences' }),
  minutes.map((slice) => ({ method: 'ratio_of_slices', slice })),
  fc
    .tuple(
      minutes,
      fc.oneof(
        fc.constantFrom('all', 'majority', 'any'),
        share.map((error_share) => ({ error_share })),
      ),
    )
    .map(([slice, rule]) => ({ method: 'slices', slice, rule })),
);
const period = fc.oneof(
  fc.constantFrom('calendar_day', 'calendar_week', 'calendar_month', 'calendar_quarter', 'calendar_year'),
  minutes.map((rolling) => ({ rolling })),
  fc.integer({ min: 2, max: 52 }).map((weeks) => ({ weeks, anchor: '2026-01-05' })),
  fc.integer({ min: 1, max: 24 }).map((months) => ({ months, anchor: '2026-01-15' })),
);

describe('OpenSLO', () => {
  it('what both can say comes back as it was', async () => {
    await fc.assert(
      fc.asyncProperty(method, percent, period, async (counting, target, over) => {
        const indicator = { kind: 'availability', checks: ['shop', 'shop.api'], ...counting };
        const path = ninesFile([{ id: 'uptime', indicator, target, period: over }]);
        const exported = await run('openslo', 'export', '--config', path);
        expect({ code: exported.code, err: exported.err }).toEqual({ code: 0, err: [] });
        const imported = await run('openslo', 'import', written(exported.out), '--customer', 'acme');
        expect({ code: imported.code, err: imported.err }).toEqual({ code: 0, err: [] });
        const [before, after] = [loadNines(path).objectives[0], objectivesIn(imported.out)[0]];
        // A rolling period has no zone, and the contract that it came from another name.
        const zone = 'rolling' in Object(over) ? { timeZone: 'UTC' } : {};
        expect(after).toEqual({ ...before, ...zone, service: null });
      }),
      { numRuns: 60 },
    );
  });

  it('a promise about speed comes back when a bucket is its limit, and is listed when none is', async () => {
    const fast = (id: string, within: string) => ({
      id,
      indicator: { kind: 'latency', checks: ['shop'], within },
      target: '95',
      period: 'calendar_month',
    });
    const exported = await run(
      'openslo',
      'export',
      '--config',
      ninesFile([fast('fast', '250ms'), fast('other', '300ms')]),
    );
    expect(exported.err).toEqual([
      'not taken over: hosting/fast: runs that failed are counted too',
      'not taken over: hosting/other: its limit is not one of the buckets of nines_run_duration_seconds, so no counter tells it',
    ]);
    const imported = await run('openslo', 'import', written(exported.out));
    expect(objectivesIn(imported.out).map(({ indicator }) => indicator)).toEqual([
      { kind: 'latency', checks: ['shop'], value: 'total', withinMicros: 250_000, rank: 'share' },
    ]);
  });

  it('lists what OpenSLO has no words for', async () => {
    const indicator = { kind: 'availability', checks: ['shop'], min_outage: '60s', quorum: 'any', unknown: 'bad' };
    const path = ninesFile([{ id: 'uptime', indicator, target: '99.9', period: 'calendar_month' }], {
      effective: { from: '2026-01-01' },
      fee: { amount: '499.00', currency: 'EUR', per: 'month' },
      maintenance: { notice: '48h' },
    });
    const { out, err } = await run('openslo', 'export', '--config', path);
    expect(out).toContain('budgetingMethod: RatioTimeslices');
    expect(err).toEqual([
      'not taken over: hosting: fee, credits and rewards',
      'not taken over: hosting: maintenance, its notice and its cap',
      'not taken over: hosting/uptime: time is counted to the millisecond; the mean of slices of 1m comes near it',
      'not taken over: hosting/uptime: what makes an outage count',
      'not taken over: hosting/uptime: how many locations have to agree',
      'not taken over: hosting/uptime: what the unknown counts as',
    ]);
  });

  const FOREIGN = `
apiVersion: openslo/v1
kind: Service
metadata: { name: web }
---
# Somebody else's.
apiVersion: openslo/v1
kind: SLO
metadata: { name: web-availability, displayName: Web }
spec:
  service: web
  indicator: { spec: { ratioMetric: { counter: true, good: {}, total: {} } } }
  timeWindow: [{ duration: 1M, isRolling: false, calendar: { startTime: "2022-01-01 00:00:00", timeZone: America/New_York } }]
  budgetingMethod: Timeslices
  alertPolicies: [page-me]
  objectives: [{ target: 0.9995, timeSliceTarget: 0.95, timeSliceWindow: 5 }, { op: lte, value: 3, target: 0.9, timeSliceTarget: 1, timeSliceWindow: 1m }]
`;

  it('takes over of a foreign SLO what both mean, and lists the rest', async () => {
    const { code, out, err } = await run(
      'openslo',
      'import',
      written(FOREIGN),
      '--customer',
      'acme',
      '--check',
      'shop',
    );
    expect({ code, err }).toEqual({
      code: 0,
      err: [
        'not taken over: web: a Service has no counterpart',
        'not taken over: web-availability: its alert policies; Nines has rules of its own',
        'not taken over: web-availability: objective 2: a threshold of a metric has no counterpart',
      ],
    });
    const [objective] = objectivesIn(out);
    expect(objective).toMatchObject({
      id: 'web-availability-1',
      contract: 'web',
      targetPpb: 999_500_000,
      timeZone: 'America/New_York',
    });
    // Good from 95 % on: bad as soon as more than 5 % failed.
    const rule = { kind: 'error_share', atLeastPpb: 50_000_001 };
    expect(objective?.profile.method).toMatchObject({ kind: 'slices', slice: { lengthMs: 300_000 }, rule });
  });

  it('without its checks an SLO is nothing here', async () => {
    const { code, out, err } = await run('openslo', 'import', written(FOREIGN));
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err[1]).toContain('say which checks it is about (--check ID, or the annotation nines/checks)');
  });

  it('a mistake is told with its line in the file, whichever document it is in', async () => {
    const path = written(FOREIGN.replace('Timeslices', 'Slices'));
    const { code, err } = await run('openslo', 'import', path, '--check', 'shop');
    expect(code).toBe(2);
    expect(err[0]).toMatch(/slos\.yaml:14:20 spec\.budgetingMethod: /);
  });
});
