import type { Alert } from '../alerts/alert.ts';

/** What became of alerts between two looks. */
export interface AlertChanges {
  /** New ones, and those that are other than before. */
  readonly put: readonly Alert[];
  /** Keys of those that are over. */
  readonly remove: readonly string[];
}

/** The alerts that a restart must not forget. */
export interface AlertStore {
  /** All of it is on disk for good once this resolves, or nothing when it rejects. An alert replaces the one of its key. */
  changeAlerts(changes: AlertChanges): Promise<void>;
  /** Every alert that was put and not removed, by key. */
  alerts(): Promise<readonly Alert[]>;
}
