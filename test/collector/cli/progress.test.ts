import { describe, expect, it } from 'vitest';
import { progressLine } from '../../../collector/src/cli/progress.ts';

function shownOn(isTerminal: boolean): string[] {
  const written: string[] = [];
  const line = progressLine((text) => written.push(text), isTerminal);
  for (const done of [0, 100, 5_000, 5_050, 10_240]) line.show(done, 10_240);
  line.end();
  return written.map((text) => text.replaceAll('\r\u001B[K', '<'));
}

describe('progress', () => {
  it('stands on one line of a terminal, once for each percent, and is wiped in the end', () => {
    expect(shownOn(true)).toEqual([
      '<0 % of 10.0 KiB',
      '<48 % of 10.0 KiB',
      '<49 % of 10.0 KiB',
      '<100 % of 10.0 KiB, checking',
      '<',
    ]);
  });

  it('is not written into a pipe', () => {
    expect(shownOn(false)).toEqual([]);
  });

  it('of nothing wipes nothing', () => {
    const written: string[] = [];
    progressLine((text) => written.push(text), true).end();
    expect(written).toEqual([]);
  });
});
