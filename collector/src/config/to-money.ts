import type {
  Allowance,
  Condition,
  CreditTerm,
  DowntimeTerms,
  Fee,
  MoneyTerms,
  Rate,
  Repetition,
  RewardTerm,
  Schedule,
  StepTerms,
  Tier,
} from '../sla/credit/terms.ts';
import { type Currency, parseAmount } from '../sla/money.ts';
import type { MoneyEntry } from './credits.ts';

type CreditEntry = MoneyEntry['credits'][number];
type FeeEntry = NonNullable<MoneyEntry['fee']>;
type RateEntry = NonNullable<CreditEntry['cap']>;
type EntryOf<Kind extends CreditEntry['schedule']> = Extract<CreditEntry, { readonly schedule: Kind }>;

const PPB = 1_000_000_000;

/** What a contract says about money, in the words of the arithmetic; `null` for one without a fee. */
export function toMoney({ fee, credits, credit_limit, at_risk, rewards }: MoneyEntry): MoneyTerms | null {
  if (fee === undefined) return null;
  const { currency } = fee;
  return {
    fee: toFee(fee),
    credits: credits.map((credit) => toCredit(credit, currency)),
    combine: credit_limit.combine,
    cap: toRateOrNull(credit_limit.cap, currency),
    atRisk:
      at_risk === undefined
        ? null
        : {
            poolPpb: at_risk.pool,
            weights: at_risk.weights.map(({ objective, weight }) => ({ objective, ppb: weight })),
          },
    rewards: rewards.map((reward) => toReward(reward, currency)),
  };
}

function toFee({ amount, currency, per }: FeeEntry): Fee {
  return { minor: minorOf(amount, currency), currency, per };
}

/** Amounts were checked against their currency before: one that does not fit is a bug here. */
function minorOf(amount: string, currency: Currency): number {
  const minor = parseAmount(amount, currency);
  if (minor === null) throw new Error(`${amount} is no amount of ${currency.code}`);
  return minor;
}

function toRate(rate: RateEntry, currency: Currency): Rate {
  if (typeof rate === 'number') return { of: 'fee', share: { numerator: rate, denominator: PPB } };
  if ('amount' in rate) return { of: 'amount', minor: minorOf(rate.amount, currency) };
  if ('percent' in rate) return { of: rate.of, share: { numerator: rate.percent, denominator: PPB } };
  return { of: rate.of, share: rate.fraction };
}

function toRateOrNull(rate: RateEntry | undefined, currency: Currency): Rate | null {
  return rate === undefined ? null : toRate(rate, currency);
}

function toCredit(entry: CreditEntry, currency: Currency): CreditTerm {
  const isRight = entry.schedule === 'non_monetary';
  return {
    objective: entry.objective,
    schedule: toSchedule(entry, currency),
    cap: toRateOrNull(entry.cap, currency),
    minPayoutMinor: entry.min_payout === undefined ? null : minorOf(entry.min_payout, currency),
    // A right has its repetition inside its schedule: it is all that there is to it.
    after: entry.after === undefined || isRight ? null : toRepetition(entry.after),
    conditions: entry.requires.map(toCondition),
    fee: entry.fee === undefined ? null : toFee(entry.fee),
  };
}

function toCondition(written: CreditEntry['requires'][number]): Condition {
  if (typeof written === 'string') return { text: written, holds: null };
  return 'claim' in written
    ? { text: CLAIMED, holds: null, isClaim: true }
    : { text: written.text, holds: written.holds ?? null };
}

/** The condition `{ claim: in_time }` in words. */
const CLAIMED = 'the customer claims before the time for claims is over';

function toSchedule(entry: CreditEntry, currency: Currency): Schedule {
  switch (entry.schedule) {
    case 'tiers_below':
      return { kind: entry.schedule, tiers: toTiers(entry.tiers, currency) };
    case 'tiers_then_steps':
      return { kind: entry.schedule, tiers: toTiers(entry.tiers, currency), steps: toSteps(entry, currency) };
    case 'per_block':
      return {
        kind: entry.schedule,
        blockMs: entry.block,
        credit: toRate(entry.credit, currency),
        rounding: entry.rounding,
        downtime: toDowntime(entry),
      };
    case 'multiplier':
      return { kind: entry.schedule, times: entry.times, downtime: toDowntime(entry) };
    case 'prorata':
      return { kind: entry.schedule, downtime: toDowntime(entry) };
    case 'per_shortfall_step':
      return { kind: entry.schedule, steps: toSteps(entry, currency) };
    case 'per_incident':
      return {
        kind: entry.schedule,
        credit: toRate(entry.credit, currency),
        longerThanMs: entry.longer_than ?? 0,
        onePerDay: entry.one_per_day,
        free: entry.free,
      };
    case 'automatic_hour_waiver':
      return { kind: entry.schedule, moreThanMs: entry.more_than };
    case 'non_monetary':
      return { kind: entry.schedule, remedy: entry.remedy, after: toRepetition(entry.after) };
  }
}

function toTiers(tiers: EntryOf<'tiers_below'>['tiers'], currency: Currency): Tier[] {
  return tiers.map(({ below, credit, at_least, downtime }) => ({
    belowPpb: below,
    credit: toRate(credit, currency),
    atLeastPpb: at_least ?? null,
    printedDowntimeMs: downtime ?? null,
  }));
}

function toSteps(entry: EntryOf<'tiers_then_steps' | 'per_shortfall_step'>, currency: Currency): StepTerms {
  const { below, step, credit, rounding } = entry;
  return { belowPpb: below ?? null, stepPpb: step, credit: toRate(credit, currency), rounding };
}

function toDowntime(entry: EntryOf<'per_block' | 'multiplier' | 'prorata'>): DowntimeTerms {
  return {
    counting: entry.counting,
    allowance: toAllowance(entry.allowance),
    longerThanMs: entry.longer_than ?? 0,
    onePerDay: entry.one_per_day,
  };
}

function toAllowance(allowance: EntryOf<'prorata'>['allowance']): Allowance {
  if (allowance === undefined) return { by: 'length', ms: 0 };
  if (allowance === 'target') return { by: 'target' };
  return typeof allowance === 'number' ? { by: 'length', ms: allowance } : { by: 'share', ppb: allowance.share };
}

function toRepetition({ below, periods, of }: NonNullable<CreditEntry['after']>): Repetition {
  return { belowPpb: below, periods, of: of ?? periods };
}

function toReward(entry: MoneyEntry['rewards'][number], currency: Currency): RewardTerm {
  const { objective, at_least, for_periods, reward, cap } = entry;
  return {
    objective,
    atLeastPpb: at_least,
    forPeriods: for_periods,
    reward:
      'bonus' in reward
        ? { kind: 'bonus', rate: toRate(reward.bonus, currency) }
        : { kind: 'cancel_credit', periods: reward.cancel_credit },
    cap: toRateOrNull(cap, currency),
  };
}
