import type { CountedIncident, PeriodReading } from '../../collector/src/sla/credit/reading.ts';
import type {
  CreditTerm,
  DowntimeTerms,
  MoneyTerms,
  Rate,
  Repetition,
  Tier,
} from '../../collector/src/sla/credit/terms.ts';

/**
 * What a contract owes, found out another way than by the program: fractions are never reduced, comparisons multiply
 * crosswise, blocks and steps are taken away one by one, rows are tried from the top. Types are all that it shares.
 */

/** n / d, d > 0, in whatever terms. */
type Pair = readonly [bigint, bigint];

const PPB = 1_000_000_000n;

const plus = ([a, b]: Pair, [c, d]: Pair): Pair => [a * d + c * b, b * d];
const minus = ([a, b]: Pair, [c, d]: Pair): Pair => [a * d - c * b, b * d];
const times = ([a, b]: Pair, [c, d]: Pair): Pair => [a * c, b * d];
const isMore = ([a, b]: Pair, [c, d]: Pair) => a * d > c * b;
const ppb = (share: number): Pair => [BigInt(share), PPB];
const whole = (number: number | bigint): Pair => [BigInt(number), 1n];

/** One period as the oracle wants it: readings newest last, this period the last of them. */
export interface OraclePeriod {
  readonly history: readonly PeriodReading[];
  readonly targetPpb: number;
  readonly periodMs: number;
}

/** What all terms owe together for the last period, in minor units, rounded once. A whole month is paid for. */
export function owedByOracle(money: MoneyTerms, period: OraclePeriod): bigint {
  const each = money.credits.map((term) => owedForTerm(term, money, period));
  let total: Pair = whole(0);
  for (const one of each) {
    if (money.combine === 'sum') total = plus(total, one);
    else if (isMore(one, total)) total = one;
  }
  const fee = monthly(money);
  const limits = [
    money.cap === null ? null : worth(money.cap, fee),
    money.atRisk && times(ppb(money.atRisk.poolPpb), fee),
  ];
  for (const limit of limits) if (limit !== null && isMore(total, limit)) total = limit;
  const [n, d] = total;
  let rounded = 0n;
  // By doubling: far quicker than by ones, and no division either.
  for (let bit = 1n << 60n; bit > 0n; bit >>= 1n) if ((rounded + bit) * 2n * d <= 2n * n + d) rounded += bit;
  return rounded;
}

function monthly({ fee }: Pick<MoneyTerms, 'fee'>): Pair {
  const months = { month: 1n, quarter: 3n, year: 12n, hour: 0n }[fee.per];
  if (months === 0n) throw new Error('hours are not for this oracle');
  return [BigInt(fee.minor), months];
}

function worth(rate: Rate, fee: Pair): Pair {
  if (rate.of === 'amount') return whole(rate.minor);
  const share: Pair = [BigInt(rate.share.numerator), BigInt(rate.share.denominator)];
  return times(share, rate.of === 'fee' ? fee : times(fee, whole(12)));
}

function owedForTerm(term: CreditTerm, money: MoneyTerms, period: OraclePeriod): Pair {
  if (term.conditions.some(({ holds }) => holds === false)) return whole(0);
  if (term.after !== null && !isRepeated(term.after, period.history)) return whole(0);
  let fee = monthly({ fee: term.fee ?? money.fee });
  const weight = money.atRisk?.weights.find(({ objective }) => objective === term.objective);
  if (money.atRisk !== null && weight !== undefined)
    fee = times(times(ppb(money.atRisk.poolPpb), ppb(weight.ppb)), fee);
  let owed = bySchedule(term, fee, period);
  const cap = term.cap === null ? null : worth(term.cap, fee);
  if (cap !== null && isMore(owed, cap)) owed = cap;
  return term.minPayoutMinor !== null && !isMore(owed, whole(term.minPayoutMinor)) ? whole(0) : owed;
}

function isRepeated({ belowPpb, periods, of }: Repetition, history: readonly PeriodReading[]): boolean {
  const isBelow = (one: PeriodReading | undefined) => one !== undefined && isUnder(one, belowPpb);
  let count = 0;
  for (let back = 1; back <= of; back++) if (isBelow(history.at(-back))) count += 1;
  return isBelow(history.at(-1)) && count >= periods;
}

function isUnder({ share }: PeriodReading, belowPpb: number): boolean {
  return share !== null && share.n * PPB < BigInt(belowPpb) * share.d;
}

function bySchedule({ schedule }: CreditTerm, fee: Pair, { history, targetPpb, periodMs }: OraclePeriod): Pair {
  const now = history.at(-1);
  if (now === undefined) throw new Error('no period');
  const price = (ms: bigint) => times(fee, [ms, BigInt(periodMs)]);
  switch (schedule.kind) {
    case 'tiers_below':
      return byRows(schedule.tiers, now, fee);
    case 'tiers_then_steps': {
      const below = schedule.steps.belowPpb ?? Math.min(...schedule.tiers.map(({ belowPpb }) => belowPpb));
      return plus(byRows(schedule.tiers, now, fee), bySteps({ ...schedule.steps, belowPpb: below }, now, fee));
    }
    case 'per_shortfall_step':
      return bySteps({ ...schedule.steps, belowPpb: schedule.steps.belowPpb ?? targetPpb }, now, fee);
    case 'per_block': {
      let blocks = 0n;
      for (const [ms, parts] of lengths(schedule.downtime, now, targetPpb)) {
        let rest = ms;
        for (; rest >= BigInt(schedule.blockMs) * parts; rest -= BigInt(schedule.blockMs) * parts) blocks += 1n;
        if (rest > 0n && schedule.rounding === 'ceil') blocks += 1n;
      }
      return times(whole(blocks), worth(schedule.credit, fee));
    }
    case 'multiplier':
    case 'prorata': {
      const factor = schedule.kind === 'prorata' ? 1 : schedule.times;
      let total: Pair = whole(0);
      for (const [ms, parts] of lengths(schedule.downtime, now, targetPpb))
        total = plus(total, times(price(ms), [1n, parts]));
      return times(whole(factor), total);
    }
    case 'per_incident': {
      const counted = now.incidents.filter(
        ({ countedMs }) => schedule.longerThanMs === 0 || countedMs > schedule.longerThanMs,
      );
      const number = schedule.onePerDay
        ? Object.keys(Object.groupBy(counted, ({ day }) => day)).length
        : counted.length;
      return times(whole(number > schedule.free ? number - schedule.free : 0), worth(schedule.credit, fee));
    }
    case 'automatic_hour_waiver': {
      let total: Pair = whole(0);
      for (const { badMs, lengthMs } of now.hours)
        if (badMs > schedule.moreThanMs) total = plus(total, price(BigInt(lengthMs)));
      return total;
    }
    case 'non_monetary':
      return whole(0);
  }
}

/** From the best row down, the last that applies. */
function byRows(tiers: readonly Tier[], now: PeriodReading, fee: Pair): Pair {
  let owed: Pair = whole(0);
  for (const { belowPpb, credit } of [...tiers].sort((a, b) => b.belowPpb - a.belowPpb))
    if (isUnder(now, belowPpb)) owed = worth(credit, fee);
  return owed;
}

function bySteps(
  steps: { readonly belowPpb: number; readonly stepPpb: number; readonly credit: Rate; readonly rounding: string },
  now: PeriodReading,
  fee: Pair,
): Pair {
  const { share } = now;
  if (share === null || !isUnder(now, steps.belowPpb)) return whole(0);
  const each = worth(steps.credit, fee);
  let rest = minus(ppb(steps.belowPpb), [share.n, share.d]);
  if (steps.rounding === 'linear') return times(each, times(rest, [PPB, BigInt(steps.stepPpb)]));
  let owed: Pair = whole(0);
  const [stepN, stepD] = ppb(steps.stepPpb);
  while (!isMore([stepN, stepD], rest)) {
    // Over one denominator, or it would grow with every step.
    rest = [rest[0] - (stepN * rest[1]) / stepD, rest[1]];
    owed = [owed[0] + each[0], each[1]];
  }
  return rest[0] > 0n && steps.rounding === 'ceil' ? [owed[0] + each[0], each[1]] : owed;
}

/** Counted lengths in parts of a millisecond: `[length, parts in a millisecond]`. */
function lengths(terms: DowntimeTerms, now: PeriodReading, targetPpb: number): (readonly [bigint, bigint])[] {
  const { allowance } = terms;
  const freeShare =
    allowance.by === 'target' ? 1_000_000_000 - targetPpb : allowance.by === 'share' ? allowance.ppb : 0;
  const free = allowance.by === 'length' ? BigInt(allowance.ms) * PPB : BigInt(now.serviceMs) * BigInt(freeShare);
  const beyond = (ms: number) => BigInt(ms) * PPB - free;
  const down = now.downMs;
  switch (terms.counting) {
    case 'total':
      return [[BigInt(down), 1n]];
    case 'excess':
      return beyond(down) > 0n ? [[beyond(down), PPB]] : [];
    case 'total_if_breached':
      return beyond(down) > 0n ? [[BigInt(down), 1n]] : [];
    case 'per_incident':
      return chosen(terms, now.incidents).flatMap((ms): [bigint, bigint][] =>
        beyond(ms) > 0n ? [[beyond(ms), PPB]] : [],
      );
  }
}

function chosen({ longerThanMs, onePerDay }: DowntimeTerms, incidents: readonly CountedIncident[]): number[] {
  const long = incidents.filter(({ countedMs }) => countedMs > longerThanMs);
  if (!onePerDay) return long.map(({ countedMs }) => countedMs);
  return Object.values(Object.groupBy(long, ({ day }) => day)).map((one = []) =>
    Math.max(...one.map(({ countedMs }) => countedMs)),
  );
}
