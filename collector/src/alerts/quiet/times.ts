import type { Register } from '../../ledger/register.ts';
import type { Contract } from '../../sla/contract.ts';
import { type QuietWindow, quietWindows } from './windows.ts';

const HOUR_MS = 3_600_000;
/** Standing windows are known so far ahead. */
const AHEAD_MS = 25 * HOUR_MS;

/** The windows of which somebody has to know, made anew when something was decided, reloaded, or an hour has passed. */
export class QuietTimes {
  #made: { readonly for: readonly unknown[]; readonly windows: readonly QuietWindow[] } | null = null;

  /** `contracts` are the versions that bind. */
  windows(contracts: readonly Contract[], register: Register, nowMs: number): readonly QuietWindow[] {
    const hourMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS;
    const wanted = [hourMs, register.sequence, ...contracts];
    const made = this.#made;
    if (made !== null && isSame(made.for, wanted)) return made.windows;
    const windows = quietWindows({ contracts, register }, { fromMs: hourMs, toMs: hourMs + AHEAD_MS });
    this.#made = { for: wanted, windows };
    return windows;
  }
}

function isSame(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((one, index) => one === b[index]);
}
