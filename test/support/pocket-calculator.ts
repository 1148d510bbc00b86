/**
 * Redoes printed arithmetic: reads `(19 / 4 + 8,633) / 8,640 = 99.9744212 %` as a customer with a pocket calculator would,
 * and says whether it is true. Exact fractions; a number that ends with `…` is anything from there to the next digit.
 */

interface Fraction {
  readonly top: bigint;
  readonly bottom: bigint;
}

/** All numbers that a printed one may stand for. */
export interface Range {
  readonly least: Fraction;
  readonly most: Fraction;
}

const fraction = (top: bigint, bottom: bigint): Fraction =>
  bottom < 0n ? { top: -top, bottom: -bottom } : { top, bottom };
const plus = (a: Fraction, b: Fraction) => fraction(a.top * b.bottom + b.top * a.bottom, a.bottom * b.bottom);
const minus = (a: Fraction, b: Fraction) => fraction(a.top * b.bottom - b.top * a.bottom, a.bottom * b.bottom);
const times = (a: Fraction, b: Fraction) => fraction(a.top * b.top, a.bottom * b.bottom);
const over = (a: Fraction, b: Fraction) => fraction(a.top * b.bottom, a.bottom * b.top);
const isLess = (a: Fraction, b: Fraction) => a.top * b.bottom < b.top * a.bottom;

const OPERATIONS = { '+': plus, '−': minus, '×': times, '/': over } as const;
type Operator = keyof typeof OPERATIONS;

/** Every corner of the two ranges. */
function combine(a: Range, b: Range, operator: Operator): Range {
  const corners = [a.least, a.most].flatMap((one) =>
    [b.least, b.most].map((other) => OPERATIONS[operator](one, other)),
  );
  return {
    least: corners.reduce((least, one) => (isLess(one, least) ? one : least)),
    most: corners.reduce((most, one) => (isLess(most, one) ? one : most)),
  };
}

const NUMBER = /(-?)(\d[\d,]*)(?:\.(\d+))?(…?)( ?%)?/;
const TOKEN = /-?\d[\d,]*(?:\.\d+)?…?(?: ?%)?|[+−×/()]|\bof\b/g;

/** A printed number: `2,640`, `99.95 %`, `-3`, `2.777777…`. */
export function readNumber(text: string): Range {
  const match = NUMBER.exec(text);
  if (match === null) throw new Error(`no number in "${text}"`);
  const [, sign = '', whole = '', decimals = '', more = '', isPercent] = match;
  const bottom = 10n ** BigInt(decimals.length) * (isPercent === undefined ? 1n : 100n);
  const size = BigInt(whole.replaceAll(',', '') + decimals);
  const [near, far] = [fraction(size, bottom), fraction(more === '' ? size : size + 1n, bottom)];
  const negative = (one: Fraction) => fraction(-one.top, one.bottom);
  return sign === '' ? { least: near, most: far } : { least: negative(far), most: negative(near) };
}

/** What a printed sum comes to; words in it are skipped, `10 % of 499.00` multiplies. */
export function compute(text: string): Range {
  const tokens = (text.replaceAll(/\([\d.,]+ min\)/g, '').match(TOKEN) ?? []).map((one) => (one === 'of' ? '×' : one));
  let at = 0;
  const value = (): Range => {
    const token = tokens[at++];
    if (token !== '(') return readNumber(token ?? '');
    const inner = sum();
    at++;
    return inner;
  };
  const chain = (operators: readonly string[], next: () => Range) => {
    let result = next();
    while (operators.includes(tokens[at] ?? '')) {
      const operator = tokens[at++];
      result = combine(result, next(), operator as Operator);
    }
    return result;
  };
  const product = () => chain(['×', '/'], value);
  const sum = (): Range => chain(['+', '−'], product);
  const result = sum();
  if (at < tokens.length) throw new Error(`cannot read "${text}" from "${tokens[at]}" on`);
  return result;
}

/** Every `sum = result` of a text. What comes before a colon or a semicolon is no part of it. */
export function equationsIn(text: string): { readonly sum: string; readonly result: string }[] {
  return [...text.matchAll(/(?<=^|[:;] )([^:;=→]+) = ([^:;=]+)/g)].map(([, sum = '', result = '']) => ({
    sum,
    result,
  }));
}

/** Whether a printed result is what the sum comes to, cut off (never rounded) after its last digit. */
export function isTrue({ sum, result }: { readonly sum: string; readonly result: string }, isCut: boolean): boolean {
  const computed = compute(sum);
  const printed = readNumber(result);
  const [, , , decimals = '', , isPercent] = NUMBER.exec(result) ?? [];
  const digit = fraction(1n, 10n ** BigInt(decimals.length) * (isPercent === undefined ? 1n : 100n));
  const most = isCut || isPercent !== undefined || decimals.length === 6 ? plus(printed.least, digit) : printed.most;
  return !isLess(computed.most, printed.least) && !isLess(most, computed.least);
}
