import { CYCLE_MS } from './timetable.ts';

/** A telephone queue as it is worked: who calls when, how long they wait, and what becomes of them. */

/** One caller, in seconds since the world began. */
export interface ScriptedCall {
  readonly atS: number;
  readonly waitS: number;
  /** `null`: gave up after the wait. */
  readonly talkS: number | null;
}

/** When more call than are served; told to whoever watches the demo. */
export const RUSH = {
  fromMs: 60_000,
  toMs: 110_000,
  announcement:
    'more call than the support queue can take for 50 s: callers wait, some give up, the service level falls',
};

/** As long as the timetable of the servers, so that all of it begins again together. */
export const SCRIPT_CYCLE_S = CYCLE_MS / 1_000;
const CALL_EVERY_S = 6;
const QUEUE = 'support';

/** The calls of one cycle, by when they come: calm, a rush, and calm again. Nothing in it is left to chance. */
export function scriptedCalls(): ScriptedCall[] {
  const calls: ScriptedCall[] = [];
  for (let atS = 2, count = 0; atS < SCRIPT_CYCLE_S - 60; atS += CALL_EVERY_S, count++) {
    const isRush = atS * 1_000 >= RUSH.fromMs && atS * 1_000 < RUSH.toMs;
    if (!isRush) calls.push({ atS, waitS: 1 + (count % 4), talkS: 12 + (count % 5) * 7 });
    else {
      const givesUp = count % 3 === 0;
      calls.push({ atS, waitS: givesUp ? 18 : 14 + (count % 3) * 9, talkS: givesUp ? null : 20 });
      // Two come at once while everybody calls.
      calls.push({ atS: atS + 2, waitS: 22, talkS: 15 });
    }
  }
  return calls;
}

/** A line of `queue_log`, and when it is written. */
export interface ScriptedLine {
  readonly atS: number;
  readonly text: string;
}

/** What Asterisk writes about the calls of the cycle that begins `fromS` after the world, which began at `beganS` (Unix time). */
export function scriptedLines(fromS: number, beganS: number): ScriptedLine[] {
  const lines = scriptedCalls().flatMap(({ atS, waitS, talkS }, index) => {
    const [enteredS, endS] = [fromS + atS, fromS + atS + waitS];
    const id = `${beganS + enteredS}.${index}`;
    const line = (at: number, member: string, event: string): ScriptedLine => {
      return { atS: at, text: `${beganS + at}|${id}|${QUEUE}|${member}|${event}` };
    };
    const member = `PJSIP/${201 + (index % 3)}`;
    const enter = line(enteredS, 'NONE', 'ENTERQUEUE||+4930555|1');
    if (talkS === null) return [enter, line(endS, 'NONE', `ABANDON|1|1|${waitS}`)];
    return [
      enter,
      line(endS, member, `CONNECT|${waitS}|${id}a|1`),
      line(endS + talkS, member, `COMPLETEAGENT|${waitS}|${talkS}|1`),
    ];
  });
  return lines.toSorted((a, b) => a.atS - b.atS);
}
