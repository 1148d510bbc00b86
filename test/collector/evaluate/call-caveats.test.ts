import { describe, expect, it } from 'vitest';
import type { ConfiguredCheck } from '../../../collector/src/config/nines.ts';
import { planOf } from '../../../collector/src/config/plan.ts';
import { callCaveats } from '../../../collector/src/evaluate/call-caveats.ts';
import type { CallPromise, EventRatio } from '../../../collector/src/sla/indicator.ts';
import type { StoredEvent } from '../../../collector/src/store/events.ts';
import { caveatSentence } from '../../../collector/src/wording/caveats.ts';
import { probeOptions } from '../../../shared/src/probes/index.ts';

const PERIOD = { fromMs: 1_790_000_000_000, toMs: 1_790_000_000_000 + 86_400_000 };
const LOG = { type: 'asterisk_queue_log', path: '/var/log/asterisk/queue_log' };
const AMI = { type: 'asterisk_ami', host: '127.0.0.1', username: 'nines', secret: { env: 'AMI' } };

const PROMISE: CallPromise = {
  kind: 'service_level',
  formula: 'answered_in_threshold_over_offered',
  withinS: 20,
  shortS: 5,
  queues: ['support'],
  abandoned: ['abandoned'],
  alsoOffered: [],
};

function indicator(calls: Partial<CallPromise> = {}, checks: readonly string[] = []): EventRatio {
  const source = { stream: 'calls', checks, at: 'begin' } as const;
  const always = { kind: 'always' } as const;
  return { kind: 'event_ratio', source, valid: always, good: always, calls: { ...PROMISE, ...calls } };
}

function plan(...probes: readonly Record<string, unknown>[]) {
  const checks = probes.map((written, index): ConfiguredCheck => {
    const times = { everyMs: 10_000, timeoutMs: 5_000, schedule: null };
    return { id: `c${index}`, ...times, agents: ['pbx1'], probe: probeOptions.parse(written), writtenProbe: written };
  });
  const agents = [{ name: 'pbx1', location: 'office', local: false, token: null, metricsAt: null }];
  const assignments = checks.map(({ id }) => ({ check: id, agent: 'pbx1', fromMs: 0, toMs: null }));
  return planOf({ checks, agents }, assignments);
}

function refused(queue = 'support', atMs = PERIOD.fromMs): StoredEvent {
  const rest = { agent: 'pbx1', revision: 1, values: {}, receivedAtMs: atMs };
  return { stream: 'calls', id: 'x', atMs, endedAtMs: atMs, outcome: 'refused', labels: { queue }, ...rest };
}

function caveatsOf(one: EventRatio, events: readonly StoredEvent[], ...probes: readonly Record<string, unknown>[]) {
  return (callCaveats(one, events, { plan: plan(...probes), period: PERIOD }).caveats ?? []).map(caveatSentence);
}

const OPEN = /^Callers refused at join .* are not among these calls/;

describe('callers whom a queue refuses', () => {
  it('are in no queue log: a figure of it alone says so', () => {
    expect(caveatsOf(indicator(), [], LOG)).toEqual([expect.stringMatching(OPEN)]);
    expect(caveatsOf(indicator({}, ['c0']), [], LOG)).toEqual([expect.stringMatching(OPEN)]);
  });

  it.each([
    ['the manager interface hears of them', [LOG, { ...AMI, refused: true }]],
    ['the dial plan writes them down', [{ ...LOG, refused: true }]],
    ['FreeSWITCH refuses nobody', [{ type: 'freeswitch', host: '127.0.0.1', password: { env: 'ESL' } }]],
  ])('are known when %s', (_, probes) => {
    expect(caveatsOf(indicator(), [], ...probes)).toEqual(['Callers refused at join are heard of; there were none.']);
  });

  it('are known once some are there, and it is said whether the promise counts them', () => {
    expect(caveatsOf(indicator(), [refused()], LOG, AMI)).toEqual([
      '1 caller was refused at join: this promise leaves them out.',
    ]);
    const counting = indicator({ abandoned: ['abandoned', 'refused'] });
    expect(caveatsOf(counting, [refused(), refused()], LOG)).toEqual([
      '2 callers were refused at join: they count as abandoned.',
    ]);
  });

  it('of other queues or other days close nothing', () => {
    expect(caveatsOf(indicator(), [refused('sales'), refused('support', PERIOD.toMs)], LOG)).toEqual([
      expect.stringMatching(OPEN),
    ]);
  });

  it('are nobody’s caveat where no source of calls is, and in other streams', () => {
    expect(caveatsOf(indicator(), [], { type: 'tcp', host: 'shop.example', port: 443 })).toEqual([]);
    const tickets = { ...indicator(), source: { stream: 'tickets', checks: [], at: 'begin' } } as const;
    expect(caveatsOf(tickets, [], LOG)).toEqual([]);
  });
});
