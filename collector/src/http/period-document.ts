import { formatInstant } from '@nines/shared/time/calendar.ts';

/** A period as the API and statements write it: in the contract's zone, and in milliseconds. */
export interface PeriodDocument {
  readonly name: string;
  readonly time_zone: string;
  readonly from: string;
  readonly to: string;
  readonly from_ms: number;
  readonly to_ms: number;
}

export function periodDocument(
  { name, fromMs, toMs }: { readonly name: string; readonly fromMs: number; readonly toMs: number },
  timeZone: string,
): PeriodDocument {
  return {
    name,
    time_zone: timeZone,
    from: formatInstant(fromMs, timeZone),
    to: formatInstant(toMs, timeZone),
    from_ms: fromMs,
    to_ms: toMs,
  };
}
