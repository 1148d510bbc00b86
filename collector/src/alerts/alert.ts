import { createHash } from 'node:crypto';
import type { Evidence } from './evidence.ts';

/** Something that holds (`pending`), held for long enough (`firing`), or did (`resolved`). Nothing of it: inactive. */
export type AlertState = 'pending' | 'firing' | 'resolved';

/** What a receiver was told last, and when: taken in by one that is told of states, put into the outbox for all others. */
export interface Told {
  readonly state: AlertState;
  readonly atMs: number;
}

/** What one rule says of one subject, over time. Instants are the collector's clock, ms. */
export interface Alert {
  /** Its labels as text: two alerts never have the same. */
  readonly key: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** What was seen when it fired. */
  readonly evidence: readonly Evidence[];
  /** Where people see more; `null` when the configuration has no `public_url`. */
  readonly url: string | null;
  readonly state: AlertState;
  /** When its condition began to hold. */
  readonly sinceMs: number;
  /** When it fired; `null` while it is pending. */
  readonly firedAtMs: number | null;
  /** Since when its condition has been gone without a break; `null` while it holds or may hold. */
  readonly clearSinceMs: number | null;
  readonly resolvedAtMs: number | null;
  /** Why nobody is called about it at present, as maintenance; `null`: somebody is. */
  readonly quiet: string | null;
  /** The last look at which a pending one was quiet: from then on it has to hold for its time. */
  readonly quietUntilMs: number | null;
  /** By the receiver's name. */
  readonly told: Readonly<Record<string, Told>>;
}

/** The text of a set of labels, the same whatever their order. */
export function alertKey(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Names one alert for ever: the next time that the same fires it is another one. 32 hexadecimal digits. */
export function alertId({ key, sinceMs }: Pick<Alert, 'key' | 'sinceMs'>): string {
  return createHash('sha256').update(`${key} ${sinceMs}`).digest('hex').slice(0, 32);
}
