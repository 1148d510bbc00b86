/** Something that holds (`pending`), held for long enough (`firing`), or did (`resolved`). Nothing of it: inactive. */
export type AlertState = 'pending' | 'firing' | 'resolved';

/** What one rule says of one subject, over time. Instants are the collector's clock, ms. */
export interface Alert {
  /** Its labels as text: two alerts never have the same. */
  readonly key: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
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
  /** The state that each receiver took in last, by the receiver's name. */
  readonly told: Readonly<Record<string, AlertState>>;
}

/** The text of a set of labels, the same whatever their order. */
export function alertKey(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}
