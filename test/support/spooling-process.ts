import { writeSync } from 'node:fs';
import { errorCode } from '@nines/shared/errors.ts';
import { systemClock } from '@nines/shared/time/clock.ts';
import { Spool } from '../../agent/src/spool.ts';
import { observation, quiet } from './agent-parts.ts';

// Spools as fast as it can until it is killed, and writes to its output what it has spooled.
const [directory = '', first = '0'] = process.argv.slice(2);
const spool = await Spool.open({
  directory,
  maxBytes: 2 ** 30,
  maxAgeMs: 86_400_000,
  batchIntervalMs: 20,
  clock: systemClock,
  logger: quiet,
  pid: process.pid,
  agent: () => 'fra-web03',
  status: () => undefined,
});
for (let n = Number(first); ; n++) {
  spool.append(observation(n));
  say(`${n}\n`);
  if (n % 20 === 0) await systemClock.sleep(1);
}

/** Said before the next one is spooled; a reader that is slower than us (a full pipe) is waited for. */
function say(line: string): void {
  for (;;) {
    try {
      writeSync(1, line);
      return;
    } catch (error) {
      if (errorCode(error) !== 'EAGAIN') throw error;
    }
  }
}
