/** What a batch's file name says, so that the spool is known from a directory listing alone. */
export interface BatchName {
  readonly createdAtMs: number;
  readonly spool: string;
  readonly sequence: number;
  /** Observations, or events, in it. */
  readonly items: number;
}

const BATCH = /^(\d{15})-([A-Za-z0-9_-]{22})-(\d{1,10})-(\d{1,7})\.batch$/;
const JOURNAL = /^([A-Za-z0-9_-]{22})-(\d{1,10})\.open$/;

/** `001790000000000-<spool>-<sequence>-<items>.batch`: names sort by age. */
export function formatBatchName(name: BatchName): string {
  const createdAt = String(name.createdAtMs).padStart(15, '0');
  return `${createdAt}-${name.spool}-${name.sequence}-${name.items}.batch`;
}

/** `null` for a file that is no batch. */
export function parseBatchName(text: string): BatchName | null {
  const match = BATCH.exec(text);
  if (match === null) return null;
  return {
    createdAtMs: Number(match[1]),
    spool: match[2] ?? '',
    sequence: Number(match[3]),
    items: Number(match[4]),
  };
}

/** `<spool>-<sequence>.open`: the journal of the batch that is being filled. */
export function formatJournalName(spool: string, sequence: number): string {
  return `${spool}-${sequence}.open`;
}

export function isJournalName(text: string): boolean {
  return JOURNAL.test(text);
}
