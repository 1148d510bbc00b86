import type { Alert } from '../alerts/alert.ts';
import type { Notice, PostedNotice } from '../alerts/notices/notice.ts';

/** What became of alerts between two looks, and what has to be told because of it. */
export interface AlertChanges {
  /** New ones, and those that are other than before. */
  readonly put: readonly Alert[];
  /** Keys of those that are over. */
  readonly remove: readonly string[];
  /** New notices; one that is there already stays as it is. */
  readonly notices: readonly Notice[];
}

/** What became of notices. */
export interface NoticeChanges {
  /** Each replaces the one of its id; one that is not there is not made. */
  readonly put: readonly PostedNotice[];
  /** Ids of those that nobody has to know of any more. */
  readonly remove: readonly string[];
}

/** Notices on their way, and those that were given up. */
export interface NoticeStore {
  /** All of it is on disk for good once this resolves, or nothing when it rejects. */
  changeNotices(changes: NoticeChanges): Promise<void>;
  /** Every notice that was put and not removed, in the order in which they were put. */
  notices(): Promise<readonly PostedNotice[]>;
}

/** The alerts that a restart must not forget. */
export interface AlertStore extends NoticeStore {
  /**
   * All of it is on disk for good once this resolves, or nothing when it rejects: whoever is told something is told it
   * once, whenever the power goes. An alert replaces the one of its key.
   */
  changeAlerts(changes: AlertChanges): Promise<void>;
  /** Every alert that was put and not removed, by key. */
  alerts(): Promise<readonly Alert[]>;
}
