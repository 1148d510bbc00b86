import { isLess, multiply, ONE, ofPpb, type Rational, rational, subtract, sum, ZERO } from '../rational.ts';
import { type CreditContext, lengthText, percentText, timeText } from './pricing.ts';
import type { CountedIncident, PeriodReading, Step } from './reading.ts';
import type { Allowance, DowntimeTerms } from './terms.ts';

/** Downtime as the contract counts it: one length for the whole period, or one for each outage that counts. */
export interface Downtime {
  readonly lengths: readonly Rational[];
  readonly steps: readonly Step[];
}

/** Which of the downtime is priced: in milliseconds, exact (an allowance by share need not be whole). */
export function countDowntime(terms: DowntimeTerms, reading: PeriodReading, context: CreditContext): Downtime {
  const free = allowanceMs(terms.allowance, reading, context);
  if (terms.counting === 'per_incident') return countIncidents(terms, reading.incidents, free);
  const down = rational(reading.downMs);
  const steps: Step[] = [{ rule: 'downtime counted', figure: timeText(down) }];
  if (terms.counting === 'total') return { lengths: [down], steps };
  const isBeyond = isLess(free, down);
  steps.push({
    rule: `downtime that is free${isBeyond ? '' : ': not exceeded, nothing is owed'}`,
    figure: allowanceText(terms.allowance, free, { reading, context }),
  });
  if (!isBeyond) return { lengths: [], steps };
  if (terms.counting === 'total_if_breached') return { lengths: [down], steps };
  const excess = subtract(down, free);
  steps.push({ rule: 'downtime beyond it', figure: `${timeText(down)} − ${timeText(free)} = ${timeText(excess)}` });
  return { lengths: [excess], steps };
}

/** All lengths together. */
export function totalOf({ lengths }: Downtime): Rational {
  return sum(lengths);
}

function countIncidents(terms: DowntimeTerms, incidents: readonly CountedIncident[], free: Rational): Downtime {
  const long = incidents.filter(({ countedMs }) => countedMs > terms.longerThanMs);
  const chosen = terms.onePerDay ? longestOfEachDay(long) : long;
  const lengths = chosen.map(({ countedMs }) => rational(countedMs)).filter((length) => isLess(free, length));
  const steps: Step[] = [{ rule: 'outages in the period', figure: String(incidents.length) }];
  if (terms.longerThanMs > 0) {
    steps.push({ rule: `longer than ${timeText(terms.longerThanMs)}`, figure: String(long.length) });
  }
  if (terms.onePerDay) steps.push({ rule: 'the longest of each day', figure: String(chosen.length) });
  const isFree = free.n > 0n;
  if (isFree) steps.push({ rule: `longer than the ${timeText(free)} that are free`, figure: String(lengths.length) });
  const beyond = isFree ? lengths.map((length) => subtract(length, free)) : lengths;
  const ofEach = lengths.map((length, index) => {
    return isFree ? `${timeText(length)} − ${timeText(free)} = ${timeText(beyond[index] ?? free)}` : timeText(length);
  });
  const figure = ofEach.length === 0 ? 'none' : ofEach.join('; ');
  return { lengths: beyond, steps: [...steps, { rule: 'downtime of each', figure }] };
}

/** What is credited rises with the length, so the dearest outage of a day is the longest. */
function longestOfEachDay(incidents: readonly CountedIncident[]): CountedIncident[] {
  const byDay = new Map<string, CountedIncident>();
  for (const incident of incidents) {
    const known = byDay.get(incident.day);
    if (known === undefined || known.countedMs < incident.countedMs) byDay.set(incident.day, incident);
  }
  return [...byDay.values()];
}

function allowanceMs(allowance: Allowance, { serviceMs }: PeriodReading, { targetPpb }: CreditContext): Rational {
  switch (allowance.by) {
    case 'length':
      return allowance.ms === 0 ? ZERO : rational(allowance.ms);
    case 'share':
      return multiply(rational(serviceMs), ofPpb(allowance.ppb));
    case 'target':
      return multiply(rational(serviceMs), subtract(ONE, ofPpb(targetPpb)));
  }
}

/** `2592000 s × 0.1 % = 2592 s (43.2 min)`; a length stands for itself. */
function allowanceText(
  allowance: Allowance,
  free: Rational,
  { reading, context }: { readonly reading: PeriodReading; readonly context: CreditContext },
): string {
  if (allowance.by === 'length') return timeText(free);
  const share = allowance.by === 'share' ? percentText(ofPpb(allowance.ppb)) : targetShare(context.targetPpb);
  return `${timeText(reading.serviceMs)} × ${share} = ${timeText(free)}`;
}

function targetShare(targetPpb: number): string {
  return `(100 % − ${percentText(ofPpb(targetPpb))})`;
}

/** How downtime is counted, as a clause: `of downtime beyond 43m`. */
export function describeDowntime({ counting, allowance, longerThanMs, onePerDay }: DowntimeTerms): string {
  const free = describeAllowance(allowance);
  const longer = longerThanMs > 0 ? ` longer than ${lengthText(longerThanMs)}` : '';
  const daily = onePerDay ? ', one outage a day at most' : '';
  switch (counting) {
    case 'total':
      return 'of downtime';
    case 'excess':
      return `of downtime beyond ${free}`;
    case 'total_if_breached':
      return `of all downtime once it exceeds ${free}`;
    case 'per_incident':
      return `of each outage${longer}${free === '' ? '' : ` beyond ${free}`}${daily}`;
  }
}

function describeAllowance(allowance: Allowance): string {
  switch (allowance.by) {
    case 'length':
      return allowance.ms === 0 ? '' : lengthText(allowance.ms);
    case 'share':
      return `${percentText(ofPpb(allowance.ppb))} of the service time`;
    case 'target':
      return 'what the target allows';
  }
}
