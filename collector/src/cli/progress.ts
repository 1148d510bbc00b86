import { formatBytes } from '../web/format.ts';

/** One line that is written over as work goes on: to a terminal, never into a pipe or a log. */
export interface ProgressLine {
  readonly show: (doneBytes: number, totalBytes: number) => void;
  /** Wipes the line, so that what comes next stands alone. */
  readonly end: () => void;
}

const WIPE = '\r\u001B[K';

/** A progress line that writes with `write` when that is a terminal, and otherwise nothing; once for each percent. */
export function progressLine(write: (text: string) => void, isTerminal: boolean): ProgressLine {
  const { show, end } = statusLine(write, isTerminal);
  return {
    show(doneBytes, totalBytes) {
      const percent = totalBytes === 0 ? 100 : Math.floor((100 * doneBytes) / totalBytes);
      show(`${percent} % of ${formatBytes(totalBytes)}${percent === 100 ? ', checking' : ''}`);
    },
    end,
  };
}

/** A line of any text under the same rules, written when the text is another one. */
export function statusLine(write: (text: string) => void, isTerminal: boolean) {
  let shown = '';
  return {
    show(text: string): void {
      if (!isTerminal || text === shown) return;
      shown = text;
      write(`${WIPE}${text}`);
    },
    end(): void {
      if (shown !== '') write(WIPE);
    },
  };
}
