import { percentText } from '../sla/credit/pricing.ts';
import { ofPpb } from '../sla/rational.ts';

const UNITS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
] as const;

/** A unit is taken from so many of it on: contracts say 60 s, 90 min and 48 h. */
const LEAST = 2;

/** A length of time in one unit, as contracts word it, and exact: `48 h`, `60 s`, `90 min`, `1500 ms`. */
export function spell(ms: number): string {
  const found = UNITS.find(([size, unit]) => ms % size === 0 && ms / size >= (unit === 'd' ? LEAST + 1 : LEAST));
  if (found !== undefined) return `${ms / found[0]} ${found[1]}`;
  const exact = UNITS.find(([size]) => ms % size === 0);
  return exact === undefined ? `${ms} ms` : `${ms / exact[0]} ${exact[1]}`;
}

/** A measured duration: `300 ms`, `1500 µs`, `2 s`. */
export function spellMicros(micros: number): string {
  return micros % 1_000 === 0 ? spell(micros / 1_000) : `${micros} µs`;
}

/** `a`, `a and b`, `a, b and c`. */
export function list(words: readonly string[], conjunction: 'and' | 'or' = 'and'): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} ${conjunction} ${last}`;
}

/** A share in parts per billion in full, never rounded: `99.95 %`. */
export function share(ppb: number): string {
  return percentText(ofPpb(ppb));
}

const ORDINALS = ['', '1st', '2nd', '3rd'];

/** `1st`, `22nd`, `30th`. */
export function ordinal(number: number): string {
  const isTeen = number % 100 > 10 && number % 100 < 20;
  const word = isTeen ? undefined : ORDINALS[number % 10];
  return word === undefined || word === '' ? `${number}th` : number < 10 ? word : `${Math.floor(number / 10)}${word}`;
}
