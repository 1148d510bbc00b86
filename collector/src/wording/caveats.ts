import type { Caveat } from '../sla/attainment.ts';

/** A caveat as a sentence for people. */
export function caveatSentence({ code, events, isCounted }: Caveat): string {
  if (code === 'refused-not-heard') {
    return 'Callers refused at join (the queue was full, or nobody was there) are not among these calls: no source tells of them, and the figure may be too good by these.';
  }
  if (events === 0) return 'Callers refused at join are heard of; there were none.';
  const were = events === 1 ? '1 caller was refused' : `${events} callers were refused`;
  return `${were} at join: ${isCounted ? 'they count as abandoned' : 'this promise leaves them out'}.`;
}
