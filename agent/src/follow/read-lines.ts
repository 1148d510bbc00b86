import { type LogPlace, type OpenLog, placeAt } from './log-place.ts';

/** Enough to be quick, little enough that other checks get their turn after some milliseconds. A line is shorter. */
export const PIECE_BYTES = 64 * 1024;

const NEWLINE = 0x0a;

/** Whole lines of a log, and the place after them. */
export interface LogPiece {
  readonly text: string;
  readonly place: LogPlace;
  /** Something is missing before these lines: the file was cut off, or an older one is gone. */
  readonly isAfterGap: boolean;
  /** Bytes of this file that are still to be read; half a line at its end is among them. */
  readonly behindBytes: number;
}

/** The whole lines of a file from an offset on; half a line at its end is left for when it is whole. */
export async function* readLines(
  log: OpenLog,
  from: Pick<LogPlace, 'offset' | 'isMidLine'>,
  isAfterGap: boolean,
): AsyncGenerator<LogPiece> {
  const buffer = Buffer.allocUnsafe(PIECE_BYTES);
  let { offset, isMidLine } = from;
  for (let isFirst = true; ; isFirst = false) {
    const { bytesRead } = await log.file.read(buffer, 0, PIECE_BYTES, offset);
    const whole = buffer.subarray(0, bytesRead).lastIndexOf(NEWLINE) + 1;
    if (whole === 0 && bytesRead < PIECE_BYTES) return;
    const begin = isMidLine ? buffer.indexOf(NEWLINE) + 1 : 0;
    isMidLine = whole === 0;
    offset += isMidLine ? bytesRead : whole;
    const { size } = await log.file.stat();
    yield {
      text: buffer.toString('utf8', begin, whole),
      place: await placeAt(log, offset, isMidLine),
      isAfterGap: isAfterGap && isFirst,
      behindBytes: Math.max(0, size - offset),
    };
  }
}
