import type { Connection } from '../alerts/receiver.ts';
import type { RemoteVersion } from './protocols.ts';

/** Somewhere that series are written to. Its name is unique, and what the store remembers it by. */
export interface RemoteReceiver extends Connection {
  readonly name: string;
  readonly version: RemoteVersion;
  readonly headers: Readonly<Record<string, string>>;
  /** Labels that every series gets. */
  readonly labels: Readonly<Record<string, string>>;
  /** What was not taken for so long is given up. */
  readonly maxAgeMs: number;
}
