import fc from 'fast-check';
import type { PeriodReading } from '../../../../collector/src/sla/credit/reading.ts';
import type {
  Allowance,
  Condition,
  CreditTerm,
  DowntimeTerms,
  MoneyTerms,
  Rate,
  Repetition,
  Schedule,
  StepTerms,
  Tier,
} from '../../../../collector/src/sla/credit/terms.ts';
import { rational } from '../../../../collector/src/sla/rational.ts';
import { HOUR_MS, MINUTE_MS, MONTH_MS, outage } from './cases.ts';

const BILLION = 1_000_000_000;

/** One in five has it: what stops a credit is not to stop most of them. */
function rarely<Value>(arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | null> {
  return fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });
}

const fine = fc.integer({ min: 0, max: BILLION });
/** Thresholds that people write, and the exact boundary between two of them. */
export const threshold = fc.oneof(
  fc.constantFrom(999_900_000, 999_000_000, 995_000_000, 990_000_000, 950_000_000),
  fine,
);
const percent = fc.integer({ min: 0, max: 100 }).map((percent) => percent * 10_000_000);

const rate: fc.Arbitrary<Rate> = fc.oneof(
  percent.map((numerator): Rate => ({ of: 'fee', share: { numerator, denominator: BILLION } })),
  fc
    .integer({ min: 1, max: 400 })
    .map((denominator): Rate => ({ of: 'annual_fee', share: { numerator: 1, denominator } })),
  fc.integer({ min: 0, max: 50_000 }).map((minor): Rate => ({ of: 'amount', minor })),
);

const tier: fc.Arbitrary<Tier> = fc
  .tuple(threshold, rate)
  .map(([belowPpb, credit]) => ({ belowPpb, credit, atLeastPpb: null, printedDowntimeMs: null }));
const tiers = fc.uniqueArray(tier, { minLength: 1, maxLength: 4, selector: ({ belowPpb }) => belowPpb });

const steps: fc.Arbitrary<StepTerms> = fc.record({
  belowPpb: fc.option(threshold),
  // No less than 0.2 %: the oracle takes steps away one by one.
  stepPpb: fc.integer({ min: 2_000_000, max: 100_000_000 }),
  credit: rate,
  rounding: fc.constantFrom('floor', 'ceil', 'linear'),
});

const allowance: fc.Arbitrary<Allowance> = fc.oneof(
  fc.integer({ min: 0, max: 120 * MINUTE_MS }).map((ms): Allowance => ({ by: 'length', ms })),
  fc.integer({ min: 0, max: 10_000_000 }).map((ppb): Allowance => ({ by: 'share', ppb })),
  fc.constant<Allowance>({ by: 'target' }),
);

const downtime: fc.Arbitrary<DowntimeTerms> = fc.record({
  counting: fc.constantFrom('total', 'excess', 'total_if_breached', 'per_incident'),
  allowance,
  longerThanMs: fc.constantFrom(0, 5 * MINUTE_MS, HOUR_MS),
  onePerDay: fc.boolean(),
});

const repetition: fc.Arbitrary<Repetition> = fc
  .tuple(threshold, fc.integer({ min: 1, max: 3 }), fc.integer({ min: 0, max: 3 }))
  .map(([belowPpb, periods, more]) => ({ belowPpb, periods, of: periods + more }));

const schedule: fc.Arbitrary<Schedule> = fc.oneof(
  tiers.map((rows): Schedule => ({ kind: 'tiers_below', tiers: rows })),
  fc.tuple(tiers, steps).map(([rows, tail]): Schedule => ({ kind: 'tiers_then_steps', tiers: rows, steps: tail })),
  steps.map((terms): Schedule => ({ kind: 'per_shortfall_step', steps: terms })),
  fc.record({
    kind: fc.constant('per_block' as const),
    blockMs: fc.integer({ min: 5 * MINUTE_MS, max: 2 * HOUR_MS }),
    credit: rate,
    rounding: fc.constantFrom('floor' as const, 'ceil' as const),
    downtime,
  }),
  fc.record({ kind: fc.constant('multiplier' as const), times: fc.integer({ min: 1, max: 50 }), downtime }),
  fc.record({ kind: fc.constant('prorata' as const), downtime }),
  fc.record({
    kind: fc.constant('per_incident' as const),
    credit: rate,
    longerThanMs: fc.constantFrom(0, 5 * MINUTE_MS),
    onePerDay: fc.boolean(),
    free: fc.integer({ min: 0, max: 2 }),
  }),
  fc.record({ kind: fc.constant('automatic_hour_waiver' as const), moreThanMs: fc.integer({ min: 0, max: HOUR_MS }) }),
  repetition.map((after): Schedule => ({ kind: 'non_monetary', remedy: 'may terminate', after })),
);

const condition: fc.Arbitrary<Condition> = fc.record({
  text: fc.constant('a ticket'),
  holds: fc.constantFrom(true, true, true, true, false),
});

const term: fc.Arbitrary<CreditTerm> = fc.record({
  objective: fc.constant('uptime'),
  schedule,
  cap: rarely(rate),
  minPayoutMinor: rarely(fc.integer({ min: 0, max: 5_000 })),
  after: rarely(repetition),
  conditions: fc.array(condition, { maxLength: 1 }),
  fee: fc.constant(null),
});

export const money: fc.Arbitrary<MoneyTerms> = fc.record({
  fee: fc.record({
    minor: fc.integer({ min: 1, max: 10_000_000 }),
    currency: fc.constantFrom({ code: 'EUR', exponent: 2 }, { code: 'JPY', exponent: 0 }),
    per: fc.constantFrom('month' as const, 'quarter' as const, 'year' as const),
  }),
  credits: fc.array(term, { minLength: 1, maxLength: 3 }),
  combine: fc.constantFrom('sum', 'highest'),
  cap: rarely(rate),
  atRisk: rarely(
    fc.tuple(percent, percent).map(([poolPpb, ppb]) => ({ poolPpb, weights: [{ objective: 'uptime', ppb }] })),
  ),
  rewards: fc.constant([]),
});

/** A month with up to five outages, one a day or two, of which clock hours are told too. */
export const month: fc.Arbitrary<PeriodReading> = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 300 * MINUTE_MS }), fc.integer({ min: 0, max: 3 })), { maxLength: 5 })
  .map((all) => {
    const incidents = all.map(([ms, day], index) => outage(index * 24 * HOUR_MS, ms, `day ${day}`));
    const downMs = incidents.reduce((total, { countedMs }) => total + countedMs, 0);
    const hours = incidents.map(({ countedMs }, index) => {
      return { name: `hour ${index}`, badMs: Math.min(countedMs, HOUR_MS), lengthMs: HOUR_MS };
    });
    return { share: rational(MONTH_MS - downMs, MONTH_MS), serviceMs: MONTH_MS, downMs, incidents, hours };
  });
