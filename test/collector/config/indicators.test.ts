import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '@nines/shared/errors.ts';
import { describe, expect, it } from 'vitest';
import { loadNines } from '../../../collector/src/config/nines.ts';
import type { Objective } from '../../../collector/src/sla/objective.ts';

/** A configuration with one objective of this indicator. */
function load(indicator: string): Objective {
  const path = join(mkdtempSync(join(tmpdir(), 'nines-indicators-')), 'nines.yaml');
  writeFileSync(
    path,
    `agents: [{ name: fra, local: true }, { name: ams }]
checks:
  - { id: shop, every: 30s, probe: { type: http, url: https://shop.example/ } }
  - { id: mail, every: 1m, probe: { type: tcp, host: mail.example.net, port: 25 } }
customers: [{ id: acme }]
contracts:
  - id: hosting
    customer: acme
    objectives:
      - id: promise
        indicator: ${indicator}
        target: "99"
        period: calendar_month
`,
  );
  const [objective] = loadNines(path).objectives;
  if (objective === undefined) throw new Error('no objective');
  return objective;
}

function mistakeIn(indicator: string): string {
  try {
    load(indicator);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return 'accepted';
}

describe('an indicator', () => {
  it('that says nothing more is counted by time, as seen by a majority, all checks up, unknown open', () => {
    expect(load('{ kind: availability, checks: [shop, mail] }').profile).toEqual({
      method: { kind: 'time' },
      failure: { minOutageMs: 0, consecutive: 1, ignoredReasons: [], slowMicros: null },
      quorum: { need: 'majority', minReporting: null },
      combination: { kind: 'all' },
      denominator: 'excluded',
      unknown: { countsAs: 'open', coverageFloorPpb: 0 },
    });
  });

  it('says every rule of its calculation in the words of the mathematics', () => {
    const slices = load(
      '{ kind: availability, checks: [shop, mail], method: slices, slice: 5m, rule: { error_share: "5" }, min_samples: 3, empty: good, slow_after: 2s, quorum: 2, min_reporting: 2, combine: { weights: { shop: 2, mail: 1 } }, unknown: { counts_as: nothing, coverage_floor: "95" } }',
    );
    expect(slices.profile).toMatchObject({
      method: {
        kind: 'slices',
        slice: { lengthMs: 300_000, minSamples: 3, empty: 'good' },
        rule: { kind: 'error_share', atLeastPpb: 50_000_000 },
      },
      failure: { slowMicros: 2_000_000 },
      quorum: { need: 2, minReporting: 2 },
      combination: { kind: 'weighted', weights: [2, 1] },
      unknown: { countsAs: 'nothing', coverageFloorPpb: 950_000_000 },
    });
  });

  it('of a phone queue is a ratio of calls, with the wait in seconds', () => {
    const { indicator } = load(
      '{ kind: phone_service_level, formula: answered_in_threshold_over_answered, threshold: 20s, queues: [support] }',
    );
    expect(indicator).toMatchObject({
      kind: 'event_ratio',
      source: { stream: 'calls' },
      good: { kind: 'all', of: [{ in: ['answered'] }, { name: 'wait_s', atMost: 20 }] },
    });
  });

  it.each([
    [
      '{ kind: availability, checks: [shop], slice: 1m }',
      'slice: only with method: slices or ratio_of_slices, not time',
    ],
    [
      '{ kind: availability, checks: [shop], method: slices, rule: any }',
      'slice: slices needs a slice, such as 1m or 5m',
    ],
    ['{ kind: availability, checks: [shop], method: slices, slice: 1m }', 'rule: slices need a rule'],
    [
      '{ kind: availability, checks: [shop], method: occurrences, min_outage: 1m }',
      'min_outage: only with method: time',
    ],
    ['{ kind: availability, checks: [shop], method: scored }', 'scores: scored needs scores'],
    [
      '{ kind: availability, checks: [shop], method: scored, scores: [{ within: 2s, score: "100" }, { within: 1s, score: "0" }] }',
      'scores: each within has to be longer than the one before',
    ],
    ['{ kind: availability, checks: [shop, mail], combine: { weights: { shop: 1 } } }', 'combine: no weight for mail'],
    [
      '{ kind: availability, checks: [shop], combine: { weights: { shop: 1, blog: 1 } } }',
      'combine: blog: not among the checks',
    ],
    ['{ kind: gauge, checks: [shop], value: status }', 'at_most: expected at_least, at_most or both'],
    ['{ kind: gauge, checks: [shop], value: statsu, at_most: 399 }', 'did you mean status?'],
    ['{ kind: phone_service_level, formula: answered_in_threshold_over_offered, threshold: 500ms }', 'whole seconds'],
    ['{ kind: event_ratio, stream: leads, good: { values: { score: {} } } }', 'expected at_least or at_most'],
    ['{ kind: duration_target, stream: tickets, limits: [{ within: 1h, calendar: office }] }', 'no calendar "office"'],
    [
      '{ kind: freshness, stream: backups, checks: [shopp], good: { outcome: good }, at_most: 26h }',
      'did you mean shop?',
    ],
  ])('%s is refused: %s', (indicator, message) => {
    expect(mistakeIn(indicator)).toContain(message);
  });
});
