import * as z from 'zod';

const step = z.object({ rule: z.string(), figure: z.string() });

const line = z.object({
  terms: z.string(),
  low: z.string(),
  high: z.string(),
  right: z.string().nullable(),
  open: z.array(z.string()),
  steps: z.object({ low: z.array(step), high: z.array(step) }),
});

/** What an answer of the API says about money beside an attainment. */
export const moneySchema = z.object({
  currency: z.string().nullable(),
  credits: z.array(line),
  rewards: z.array(line),
});

type Money = z.output<typeof moneySchema>;
type Line = Money['credits'][number];

/**
 * One line for each term that costs or earns something, below the row of its objective; with `explained` one for every
 * term, and each step of its arithmetic, so that it can be redone with a pocket calculator.
 */
export function moneyLines({ currency, credits, rewards }: Money, explained: boolean): string[] {
  if (currency === null) return [];
  const one = (what: string) => (term: Line) =>
    explained || isDue(term) ? [`    ${heading(what, term, currency)}`, ...(explained ? arithmetic(term) : [])] : [];
  return [...credits.flatMap(one('credit')), ...rewards.flatMap(one('reward'))];
}

function isDue({ high, right }: Line): boolean {
  return right !== null || /[1-9]/.test(high);
}

function heading(what: string, { terms, low, high, right, open }: Line, currency: string): string {
  const amount = low === high ? low : `${low} to ${high}`;
  const notes = [right, ...open.map((text) => `not known yet: ${text}`)].filter((note) => note !== null);
  return `${what} ${currency} ${amount}: ${terms}${notes.map((note) => ` [${note}]`).join('')}`;
}

/** Both ways when they differ: the unknown as good, and as bad. */
function arithmetic({ steps }: Line): string[] {
  const write = (part: Line['steps']['low']) => part.map(({ rule, figure }) => `        ${rule}: ${figure}`);
  const [low, high] = [write(steps.low), write(steps.high)];
  if (low.join('\n') === high.join('\n')) return low;
  return ['      for certain:', ...low, '      at most:', ...high];
}
