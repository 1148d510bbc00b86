import { statSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { createAllowance } from '../../../agent/src/allowance.ts';
import { EventSpool } from '../../../agent/src/event-spool.ts';
import { Keeper } from '../../../agent/src/keeper.ts';
import { runCheck } from '../../../agent/src/run-check.ts';
import { createTrust } from '../../../agent/src/trust.ts';
import { AmiCalls } from '../../../shared/src/phone/ami-calls.ts';
import { AmiParser } from '../../../shared/src/phone/ami-message.ts';
import { CallBook } from '../../../shared/src/phone/call-book.ts';
import { probeOptions } from '../../../shared/src/probes/index.ts';
import { systemClock } from '../../../shared/src/time/clock.ts';
import { captureBytes } from '../../support/capture-text.ts';
import { against, mebibytes } from './figures.ts';

// What the agent does with a queue log, in a process of its own: node reader.ts FOLDER

const [folder = ''] = process.argv.slice(2);
const path = join(folder, 'queue_log');

const spool = EventSpool.open({
  directory: join(folder, 'events'),
  maxBytes: 2 ** 30,
  maxAgeMs: 1e12,
  clock: systemClock,
  logger: pino({ level: 'silent' }),
});
const keeper = new Keeper();
const check = {
  id: 'support-calls',
  everyMs: 60_000,
  timeoutMs: 60_000,
  probe: probeOptions.parse({ type: 'asterisk_queue_log', path }),
};
const deps = {
  clock: systemClock,
  // As in the agent: the system's roots are read when the first TLS connection wants them.
  trust: {
    get secureContext() {
      return createTrust({ caFile: null }).secureContext;
    },
  },
  allowed: createAllowance(
    {
      allow: { files: [path], env: [], commands: [] },
      scratch: { directory: folder, maxBytes: 0 },
      path: join(folder, 'agent.yaml'),
    },
    {},
  ),
  eventsOf: (id: string) => spool.sinkOf(id),
  keeper,
};

const first = await measured(() => runCheck(check, deps));
const { lines } = first.result.observation.values;
const peakMiB = Math.round(process.resourceUsage().maxRSS / 1024);
const wallS = first.wallMs / 1000;
console.log(`${lines} lines (${mebibytes(statSync(path).size)} MiB) read and spooled, ${spool.state.batches} files`);
console.log(`  in ${wallS.toFixed(2)} s (${against(wallS, '<=', 5)}), CPU ${(first.cpuMs / 1000).toFixed(2)} s`);
console.log(`  peak memory of the process ${peakMiB} MiB (${against(peakMiB, '<=', 150)})`);

const RUNS = 1_000;
const idle = await measured(async () => {
  for (let run = 0; run < RUNS; run++) await runCheck(check, deps);
});
const idleMs = idle.cpuMs / RUNS;
console.log(`nothing new: ${idleMs.toFixed(3)} ms of CPU a run, every 10 s ${share(idleMs / 10_000)} of a core`);

const bytes = captureBytes('asterisk/run1/events-monitor.s2c');
const book = new CallBook();
const calls = new AmiCalls(null, book);
let events = 0;
const ami = await measured(async () => {
  for (let round = 0; round < 20; round++) {
    const parser = new AmiParser();
    for (let at = 0; at < bytes.length; at += 1_400) {
      for (const message of parser.take(bytes.subarray(at, at + 1_400))) {
        calls.take(message, 1_795_422_511_000 + round * 1_000_000);
        events++;
      }
    }
    book.takeChanged();
  }
});
const aSecond = ami.cpuMs / events;
console.log(`1,000 manager events a second: ${share(aSecond)} of a core (${against(aSecond * 100, '<=', 20)})`);
await keeper.retain([]);

async function measured<Result>(work: () => Promise<Result>) {
  const [wall, cpu] = [performance.now(), process.cpuUsage()];
  const result = await work();
  const { user, system } = process.cpuUsage(cpu);
  return { result, wallMs: performance.now() - wall, cpuMs: (user + system) / 1000 };
}

function share(part: number): string {
  return `${(part * 100).toFixed(2)} %`;
}
