import { appendFileSync } from 'node:fs';
import type { Clock } from '@nines/shared/time/clock.ts';
import { SCRIPT_CYCLE_S, type ScriptedLine, scriptedLines } from './phone-script.ts';

/** Writes the queue log of the script as time goes by, as Asterisk would; the returned function ends it. */
export function startPhoneQueue(path: string, clock: Clock): () => void {
  const beganMs = clock.elapsedMs();
  const beganS = Math.floor(clock.nowMs() / 1_000);
  const elapsedS = () => (clock.elapsedMs() - beganMs) / 1_000;
  let cycleS = 0;
  let waiting: ScriptedLine[] = scriptedLines(cycleS, beganS);
  let cancel = () => {};
  const write = (text: string) => appendFileSync(path, `${text}\n`);
  const arm = () => {
    for (let line = waiting[0]; line !== undefined && line.atS <= elapsedS(); line = waiting[0]) {
      write(line.text);
      waiting = waiting.slice(1);
    }
    if (waiting.length === 0) {
      cycleS += SCRIPT_CYCLE_S;
      waiting = scriptedLines(cycleS, beganS);
    }
    const nextS = waiting[0]?.atS ?? cycleS;
    cancel = clock.after(Math.max(1, (nextS - elapsedS()) * 1_000), arm);
  };
  write(`${beganS}|NONE|NONE|NONE|QUEUESTART|`);
  arm();
  return () => cancel();
}
