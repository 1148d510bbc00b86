import * as z from 'zod';
import { isDate, wallInstantMs } from '../time/calendar.ts';

/** Parts of a written instant, by their letters. `hh` goes with `A` (AM or PM). */
const PARTS: Readonly<Record<string, string>> = {
  YYYY: '(?<year>\\d{4})',
  MM: '(?<month>\\d{1,2})',
  DD: '(?<day>\\d{1,2})',
  HH: '(?<hour>\\d{1,2})',
  hh: '(?<hour>\\d{1,2})',
  mm: '(?<minute>\\d{2})',
  ss: '(?<second>\\d{2})(?:[.,]\\d+)?',
  A: '(?<half>[AaPp])\\.?[Mm]\\.?',
};
const LETTERS = /YYYY|MM|DD|HH|hh|mm|ss|A/g;
const NEEDED = ['YYYY', 'MM', 'DD', 'mm'];

/** ISO 8601 and what databases make of it: a space for the T, fractions, an offset that may be absent. */
const ISO =
  /^(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)[T ](?<hour>\d\d):(?<minute>\d\d)(?::(?<second>\d\d)(?:[.,](?<fraction>\d{1,9}))?)?\s?(?<offset>Z|[+-]\d\d(?::?\d\d)?)?$/;

/** How a source writes its instants: one of the names, or a pattern of letters. */
export const instantPattern = z.string().superRefine((text, context) => {
  if (text === 'iso' || text === 'unix' || text === 'unix_ms') return;
  const letters: readonly string[] = text.match(LETTERS) ?? [];
  const lacks = NEEDED.filter((part) => !letters.includes(part));
  const isTwelve = letters.includes('hh');
  if (lacks.length === 0 && isTwelve === letters.includes('A') && isTwelve !== letters.includes('HH')) return;
  context.addIssue({
    code: 'custom',
    message: 'expected iso, unix, unix_ms, or a pattern such as DD.MM.YYYY HH:mm:ss or MM/DD/YYYY hh:mm A',
  });
});

export interface WrittenInstant {
  readonly instants: string;
  readonly time_zone?: string | undefined;
}

/**
 * A written instant → milliseconds since 1970. Where the clocks are set back, one without an offset that comes twice is
 * the first that is not before `notBeforeMs`. Throws a plain error that says what was expected.
 */
export function readInstant(text: string, { instants, time_zone }: WrittenInstant, notBeforeMs = 0): number {
  const atMs = instants.startsWith('unix')
    ? unixMs(text, instants)
    : wallMs(text, { instants, time_zone }, notBeforeMs);
  // As for every event: 2001 to 2286; anything else is a unit mistake.
  if (atMs < 1e12 || atMs > 1e13) throw new Error(`${shown(text)} is not between 2001 and 2286`);
  return atMs;
}

function unixMs(text: string, instants: string): number {
  const match = /^(\d{1,16})(?:\.(\d{1,9}))?$/.exec(text);
  if (match === null) throw new Error(`expected a number (${instants}), not ${shown(text)}`);
  const whole = Number(match[1]);
  return instants === 'unix_ms' ? whole : whole * 1_000 + Number((match[2] ?? '').padEnd(3, '0').slice(0, 3));
}

function wallMs(text: string, { instants, time_zone: timeZone }: WrittenInstant, notBeforeMs: number): number {
  const parts = (instants === 'iso' ? ISO : compiled(instants)).exec(text)?.groups;
  if (parts === undefined)
    throw new Error(`expected ${instants === 'iso' ? 'ISO 8601' : instants}, not ${shown(text)}`);
  const date = `${parts.year}-${parts.month?.padStart(2, '0')}-${parts.day?.padStart(2, '0')}`;
  const [hour, minute, second] = [hourOf(parts), Number(parts.minute), Number(parts.second ?? 0)];
  if (!isDate(date) || hour > 23 || minute > 59 || second > 60) throw new Error(`there is no ${shown(text)}`);
  const withinMinuteMs = second * 1_000 + Number((parts.fraction ?? '').padEnd(3, '0').slice(0, 3));
  if (parts.offset !== undefined) {
    const utcMs = Date.parse(`${date}T00:00:00Z`) + (hour * 60 + minute - offsetMinutes(parts.offset)) * 60_000;
    return utcMs + withinMinuteMs;
  }
  if (timeZone === undefined) throw new Error(`${shown(text)} has no offset, and no time_zone says what it means`);
  const at = (edge: 'begin' | 'end') => wallInstantMs(date, hour * 60 + minute, { timeZone, edge }) + withinMinuteMs;
  const first = at('begin');
  return first >= notBeforeMs ? first : at('end');
}

function hourOf({ hour, half }: Readonly<Record<string, string | undefined>>): number {
  if (half === undefined) return Number(hour);
  const twelve = Number(hour);
  if (twelve < 1 || twelve > 12) return 24;
  return (twelve % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
}

function offsetMinutes(offset: string): number {
  if (offset === 'Z') return 0;
  const digits = offset.slice(1).replace(':', '').padEnd(4, '0');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return offset.startsWith('-') ? -minutes : minutes;
}

const patterns = new Map<string, RegExp>();

function compiled(pattern: string): RegExp {
  const known = patterns.get(pattern);
  if (known !== undefined) return known;
  let source = '';
  let from = 0;
  for (const match of pattern.matchAll(LETTERS)) {
    source += RegExp.escape(pattern.slice(from, match.index)) + (PARTS[match[0]] ?? '');
    from = match.index + match[0].length;
  }
  const expression = new RegExp(`^${source}${RegExp.escape(pattern.slice(from))}$`);
  patterns.set(pattern, expression);
  return expression;
}

/** How a source writes lengths of time. */
export type WrittenLength = 'seconds' | 'milliseconds' | 'clock';

/** A written length → milliseconds. Throws a plain error that says what was expected. */
export function readLengthMs(text: string, how: WrittenLength): number {
  if (how === 'clock') {
    const match = /^(?:(\d{1,4}):)?(\d{1,3}):([0-5]\d)(?:\.\d+)?$/.exec(text);
    if (match === null) throw new Error(`expected a length such as 1:02:03 or 2:03, not ${shown(text)}`);
    return ((Number(match[1] ?? 0) * 60 + Number(match[2])) * 60 + Number(match[3])) * 1_000;
  }
  const match = /^(\d{1,9})(?:\.(\d{1,9}))?$/.exec(text);
  if (match === null) throw new Error(`expected a number of ${how}, not ${shown(text)}`);
  if (how === 'milliseconds') return Number(match[1]);
  return Number(match[1]) * 1_000 + Number((match[2] ?? '').padEnd(3, '0').slice(0, 3));
}

function shown(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
