/**
 * Runs all benchmarks, or those that are named, one after another: `npm run bench -- agent-rate --quick`. Figures are
 * printed beside their goals and beside other programs on the same work; nothing here is asserted by a test.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { findProgram } from './rig/needs.ts';

interface Benchmark {
  readonly about: string;
  /** The only core of the benchmark's own process. */
  readonly core?: number;
  /** Arguments of a run that takes seconds where a whole one takes minutes. */
  readonly quick: readonly string[];
}

const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  ingest: { about: 'observations a second through POST /api/v1/batches', quick: ['100'] },
  storage: { about: 'taking in and keeping, beside VictoriaMetrics and Prometheus', quick: ['--quick'] },
  queries: { about: 'attainment, quantiles and charts, beside VictoriaMetrics and Prometheus', quick: ['--quick'] },
  codec: { about: 'bytes and time an observation of the block codec, beside the entropy', quick: ['--quick'] },
  busy: { about: '/metrics and ingest under full ingest, sealing and questions over a year', quick: ['--quick'] },
  'metrics-page': { about: '/metrics of 10,000 checks, beside prom-client', quick: ['--quick'] },
  sustained: { about: 'sealing at 250,000 observations a second for ten minutes', quick: ['--quick'] },
  year: { about: 'a billion sealed observations: bytes, and the time of verify', quick: ['--quick'] },
  growth: { about: 'questions, start and memory from 1 to 400 days of history', quick: ['--quick'] },
  head: { about: 'what the head costs in time and memory', quick: [] },
  objectives: { about: 'judging a month of 1,000 contracts, and again every minute', quick: ['--quick'] },
  incremental: { about: 'judging again after one batch, by the day of the period', quick: ['--quick'] },
  'event-objectives': { about: 'judging 100,000 events by 50 objectives with every scrape', quick: ['--quick'] },
  alerts: { about: 'looking at alerts of 10,000 checks, and a storm of them', quick: ['--quick'] },
  'burn-rates': { about: 'burn-rate alerts replayed on months, beside the windows of sloth', quick: ['--quick'] },
  'probe-http': { about: 'http probes a second on one core, without the agent around them', core: 0, quick: ['0.2'] },
  'agent-rate': { about: 'http checks a second on one core, the whole agent', quick: ['--quick'] },
  'agent-accuracy': { about: 'how far the phases are from the truth', quick: ['--quick'] },
  'queue-log': { about: 'a queue log of a million lines, and events of Asterisk', quick: ['--quick'] },
  'agent-footprint': { about: 'memory and CPU at 1,000 checks every 30 s', quick: ['--quick'] },
};

const args = process.argv.slice(2);
const isQuick = args.includes('--quick');
const named = args.filter((arg) => !arg.startsWith('--'));
const unknown = [...named.filter((name) => !(name in BENCHMARKS)), ...args.filter((arg) => /^--(?!quick$)/.test(arg))];
if (unknown.length > 0) {
  const list = Object.entries(BENCHMARKS).map(([name, { about }]) => `  ${name.padEnd(16)} ${about}`);
  console.error(`unknown: ${unknown.join(' ')}\nusage: npm run bench -- [--quick] [name …]\n${list.join('\n')}`);
  process.exitCode = 2;
} else {
  for (const [name, benchmark] of Object.entries(BENCHMARKS)) {
    if (named.length === 0 || named.includes(name)) await run(name, benchmark);
  }
}

async function run(name: string, { about, core, quick }: Benchmark): Promise<void> {
  const file = join(import.meta.dirname, `${name}.ts`);
  if (!existsSync(file)) return console.log(`== ${name}: not part of this checkout`);
  console.log(`== ${name}: ${about} (load before: ${loadavg()[0]?.toFixed(2)})`);
  const taskset = findProgram('taskset');
  const pinned = core === undefined || taskset === null ? [] : [taskset, '-c', String(core)];
  const [program = '', ...rest] = [...pinned, process.execPath, file, ...(isQuick ? quick : [])];
  const [code] = await once(spawn(program, rest, { stdio: 'inherit' }), 'exit');
  if (code === 0) return;
  console.error(`== ${name}: failed`);
  process.exitCode = 1;
}
