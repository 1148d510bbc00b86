/** Local time by looking at a clock on the wall: `Intl` asked again and again. Slow, and none of the program's own ways. */

const clocks = new Map<string, Intl.DateTimeFormat>();

export interface WallTime {
  /** `2026-10-25`. */
  readonly date: string;
  /** 0 Sunday to 6 Saturday. */
  readonly weekday: number;
  /** Minutes since midnight as the clock shows them. */
  readonly minute: number;
}

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

export function wallTime(zone: string, atMs: number): WallTime {
  let clock = clocks.get(zone);
  if (clock === undefined) {
    clock = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      weekday: 'short',
      hourCycle: 'h23',
    });
    clocks.set(zone, clock);
  }
  const parts = Object.fromEntries(clock.formatToParts(atMs).map(({ type, value }) => [type, value]));
  return {
    date: `${parts.year}-${parts.month}-${parts.day}`,
    weekday: WEEKDAYS.indexOf(parts.weekday ?? ''),
    minute: Number(parts.hour) * 60 + Number(parts.minute),
  };
}

/** Zones change at quarter hours (those of this century that tests use do), and so do the hours of contracts. */
const STEP_MS = 900_000;

/** The first instant, in quarter hours from `fromMs` on, at which the wall shows something else. */
export function nextChangeMs(zone: string, fromMs: number, read: (time: WallTime) => string): number {
  const before = read(wallTime(zone, fromMs));
  let atMs = Math.floor(fromMs / STEP_MS) * STEP_MS + STEP_MS;
  while (read(wallTime(zone, atMs)) === before) atMs += STEP_MS;
  return atMs;
}

/** The local month that holds an instant, found by walking to both of its ends. */
export function monthAround(zone: string, atMs: number): { readonly fromMs: number; readonly toMs: number } {
  const month = (time: WallTime) => time.date.slice(0, 7);
  const here = month(wallTime(zone, atMs));
  let fromMs = Math.floor(atMs / STEP_MS) * STEP_MS;
  while (month(wallTime(zone, fromMs - STEP_MS)) === here) fromMs -= STEP_MS;
  return { fromMs, toMs: nextChangeMs(zone, atMs, month) };
}

/** The local day that holds an instant. */
export function dayAround(zone: string, atMs: number): { readonly fromMs: number; readonly toMs: number } {
  const day = (time: WallTime) => time.date;
  const here = day(wallTime(zone, atMs));
  let fromMs = Math.floor(atMs / STEP_MS) * STEP_MS;
  while (day(wallTime(zone, fromMs - STEP_MS)) === here) fromMs -= STEP_MS;
  return { fromMs, toMs: nextChangeMs(zone, atMs, day) };
}

/** Quarter hours at which the wall shows a weekday of `weekdays` and a time in `[fromMinute, toMinute)`. */
export function isOpenAt(
  zone: string,
  atMs: number,
  hours: { readonly weekdays: readonly number[]; readonly fromMinute: number; readonly toMinute: number },
): boolean {
  const { weekday, minute } = wallTime(zone, Math.floor(atMs / STEP_MS) * STEP_MS);
  return hours.weekdays.includes(weekday) && minute >= hours.fromMinute && minute < hours.toMinute;
}
