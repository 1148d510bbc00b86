import type { Clock } from '@nines/shared/time/clock.ts';

/** Work that is done as long as the program runs, one time after the other. */
export interface Repeated {
  readonly clock: Pick<Clock, 'after'>;
  readonly everyMs: number;
  /** Resolves with whether there is more to do at once. */
  readonly work: () => Promise<boolean>;
  /** Told when it failed; it is tried again at the next time. */
  readonly onError: (error: unknown) => void;
}

/** Begins after the first wait. Once the returned function was called nothing begins any more, and nothing is told. */
export function repeat({ clock, everyMs, work, onError }: Repeated): () => void {
  let isOver = false;
  let cancel = () => {};
  const next = (afterMs: number): void => {
    if (isOver) return;
    cancel = clock.after(afterMs, () => {
      work().then(
        (hasMore) => next(hasMore ? 0 : everyMs),
        (error: unknown) => {
          if (!isOver) onError(error);
          next(everyMs);
        },
      );
    });
  };
  next(everyMs);
  return () => {
    isOver = true;
    cancel();
  };
}
