import type { Attainment, Verdict } from '../../../../collector/src/sla/attainment.ts';
import type { ExplainedStep } from '../../../../collector/src/sla/explain/step.ts';
import { compute, equationsIn, isTrue, readNumber } from '../../../support/pocket-calculator.ts';

/** Every sum of an explanation that is not what it says. */
export function falseSums(steps: readonly ExplainedStep[]): string[] {
  return steps.flatMap(({ rule, figure }) =>
    equationsIn(figure)
      .filter((equation) => !isTrue(equation, rule.includes('rounded down')))
      .map(({ sum, result }) => `${rule}: ${sum} = ${result}`),
  );
}

/** The whole number behind a word of a figure, such as `bad 12`. */
export function amountIn(figure: string, word: string): number {
  const [, digits = 'NaN'] = new RegExp(`\\b${word} ([\\d,]+)`).exec(figure) ?? [];
  return Number(digits.replaceAll(',', ''));
}

/** The percentage at the end of a figure in parts per billion; `null` when there is none. */
export function percentIn(figure: string | undefined): number | null {
  const [, text] = /([\d.]+) %$/.exec(figure ?? '') ?? [];
  if (text === undefined) return null;
  const { least } = readNumber(text);
  return Number((least.top * 10_000_000n) / least.bottom);
}

/** The verdict by nothing but what is printed: the two shares of the whole period, or the one when nothing is open. */
export function verdictFrom(steps: ReadonlyMap<string, string>, targetPpb: number): Verdict {
  const attained = percentIn(steps.get('attained: good / (good + bad)'));
  if (attained === null) return 'inconclusive';
  const low = percentIn(steps.get('whole period, all that is open counted as bad')) ?? attained;
  const highText = steps.get('whole period, all that is open counted as good');
  const isBelowAll = highText?.startsWith('below 100 %') === true;
  const high = isBelowAll ? 999_999_999 : (percentIn(highText) ?? attained);
  if (low >= targetPpb) return 'met';
  return high < targetPpb ? 'breached' : 'inconclusive';
}

/** What a reader gets from the printed steps alone. */
export function redone(steps: readonly ExplainedStep[], targetPpb: number) {
  const byRule = new Map(steps.map(({ rule, figure }) => [rule, figure]));
  const counted = byRule.get('counted so far') ?? '';
  return {
    good: amountIn(counted, 'good'),
    bad: amountIn(counted, 'bad'),
    unknown: amountIn(counted, 'unknown'),
    attainmentPpb: percentIn(byRule.get('attained: good / (good + bad)')),
    verdict: verdictFrom(byRule, targetPpb),
  };
}

/** The same of the attainment itself. */
export function figuresOf({ good, bad, unknown, attainmentPpb, verdict }: Attainment): ReturnType<typeof redone> {
  return { good, bad, unknown, attainmentPpb, verdict };
}

/** Of an attainment by time: what the printed stretches add up to. */
export function summed(steps: readonly ExplainedStep[]) {
  const totalOf = (rule: string) => {
    const figure = steps.find((step) => step.rule === rule)?.figure ?? ' = 0 ms';
    return Number(/= ([\d,]+) ms$/.exec(figure)?.[1]?.replaceAll(',', ''));
  };
  return { bad: totalOf('counted together'), unknown: totalOf('unknown together') };
}

/** The verdict by a percentile from its place and the counts, as printed; `null` while something is open. */
export function percentileVerdictFrom(steps: readonly ExplainedStep[]): Verdict | null {
  const [place, verdict] = [/^place of the/, /^verdict/].map((rule) => steps.find((step) => rule.test(step.rule)));
  const counts = /([\d,]+) values are, .* ([\d,]+) are open/.exec(verdict?.figure ?? '');
  if (place === undefined || counts === null || counts[2] !== '0') return null;
  const within = whole(counts[1] ?? '');
  const [, lower = '', weight = '0'] = /^([\d,]+)(?:, and ([\d.]+) %)?/.exec(place.figure) ?? [];
  if (within < whole(lower)) return 'breached';
  if (weight === '0' || within > whole(lower)) return 'met';
  const beside = steps.find(({ rule }) => rule.startsWith('the measured values beside'))?.figure ?? '';
  const [below = 'none', above = 'none'] = beside.split(' and ');
  if (below === 'none' || above === 'none') return 'met';
  const { least } = compute(`${below} + ${weight} % × (${above} − ${below})`);
  const limit = whole(/at most ([\d,]+) µs/.exec(verdict?.rule ?? '')?.[1] ?? '');
  return least.top <= BigInt(limit) * least.bottom ? 'met' : 'breached';
}

function whole(text: string): number {
  return Number(text.replaceAll(',', ''));
}
