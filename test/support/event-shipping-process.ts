import { writeSync } from 'node:fs';
import { systemClock } from '@nines/shared/time/clock.ts';
import { EventSpool } from '../../agent/src/event-spool.ts';
import { quiet } from './agent-parts.ts';
import { anEvent } from './arbitrary-events.ts';

// A source of numbered events that goes on behind the place of its last life, and writes to its output what was taken.
const [directory = ''] = process.argv.slice(2);
const spool = EventSpool.open({ directory, maxBytes: 2 ** 30, maxAgeMs: 1e12, clock: systemClock, logger: quiet });
const sink = spool.sinkOf('support-calls');
for (let next = Number((await sink.place()) ?? 0); ; next += 3) {
  await sink.ship(
    [next, next + 1, next + 2].map((n) => anEvent({ id: `call-${n}` })),
    String(next + 3),
  );
  writeSync(1, `${next + 3}\n`);
}
