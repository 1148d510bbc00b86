import { callEvent } from '@nines/shared/phone/call.ts';
import type { CallBook } from '@nines/shared/phone/call-book.ts';
import type { ProbeContext } from './probe-run.ts';

/** Ships what changed, with all that is open as the place; what cannot be shipped is for the next run. */
export async function shipCalls(
  book: CallBook,
  { events, check }: Pick<ProbeContext, 'events' | 'check'>,
): Promise<void> {
  if (!book.hasChanged) return;
  const changed = book.takeChanged();
  const reported = changed.map((call) => callEvent(call, check));
  try {
    await events.ship(reported, JSON.stringify(book.state));
  } catch (error) {
    book.giveBack(changed);
    throw error;
  }
}
