import type { Alert } from './alert.ts';
import type { ExchangeTools } from './exchange.ts';
import type { NoticeTerms } from './notices/due.ts';
import type { Notice } from './notices/notice.ts';
import type { AlertmanagerSilences } from './silences/alertmanager-silences.ts';

/** When something is told, and what of the configuration goes with it. */
export interface TellingTime {
  readonly nowMs: number;
  /** How often alerts are looked at. */
  readonly everyMs: number;
}

/** The way to one receiver. Telling rejects unless it was taken in. */
export type Channel = StateChannel | NoticeChannel;

/** It is told how alerts stand, of all of them, and again every `resendMs`. */
export interface StateChannel {
  readonly tells: 'states';
  readonly resendMs: number;
  readonly tell: (alerts: readonly Alert[], at: TellingTime, tools: ExchangeTools) => Promise<void>;
  /** Its own silences: maintenance is mirrored there. */
  readonly silences: (tools: ExchangeTools) => AlertmanagerSilences;
}

/** It is told what changed, once. */
export interface NoticeChannel {
  readonly tells: 'notices';
  readonly terms: NoticeTerms;
  readonly tell: (notice: Notice, at: NoticeTime, tools: ExchangeTools) => Promise<void>;
}

export interface NoticeTime {
  readonly nowMs: number;
  /** Where people reach the pages; `null` when the configuration does not say. */
  readonly publicUrl: string | null;
}
