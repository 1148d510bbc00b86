import type { CalendarPeriod } from '@nines/shared/time/calendar.ts';
import * as z from 'zod';

const SHAPE = /^(?:([1-9]\d?) )?(day|week|month|quarter|year)s?$/;
const EXPECTED = 'expected month, week, quarter, year, 2 weeks, 3 months …';
const MONTHS: Readonly<Record<string, number>> = { month: 1, quarter: 3, year: 12 };

/** How often something comes. `count` is 1 for the calendar's own units; more of them are counted from an anchor. */
export interface Cadence {
  readonly unit: 'day' | 'week' | 'month' | 'quarter' | 'year';
  readonly count: number;
}

/** `month`, `2 weeks`, `3 months`. */
export const cadence = z.string(EXPECTED).transform((text, context): Cadence => {
  const match = SHAPE.exec(text);
  const unit = UNITS.find((one) => one === match?.[2]);
  const count = Number(match?.[1] ?? 1);
  if (unit !== undefined && !(unit === 'day' && count > 1)) return { unit, count };
  context.addIssue({ code: 'custom', message: `${EXPECTED}, not "${text}"` });
  return z.NEVER;
});

const UNITS = ['day', 'week', 'month', 'quarter', 'year'] as const;

/** The stretches of a cadence as `periodAt` reads them; `anchor` counts for more than one unit only. */
export function periodOfCadence({ unit, count }: Cadence, anchor: string): CalendarPeriod {
  if (count === 1) return { unit };
  if (unit === 'week') return { unit: 'weeks', count, anchor };
  return { unit: 'months', count: count * (MONTHS[unit] ?? 1), anchor };
}
