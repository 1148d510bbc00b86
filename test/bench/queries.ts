/**
 * How long the questions take from which attainment and charts are made, over HTTP, to our collector, VictoriaMetrics
 * and Prometheus with the same data; every answer is compared with the data set's truth. `--quick` for a minute.
 */
import { benchArguments } from './rig/arguments.ts';
import { writeBodies } from './rig/bodies.ts';
import { dropCaches } from './rig/disk.ts';
import { type Ask, ask, askWarm, type Engine, type Question } from './rig/engine.ts';
import { against, mebibytes, median, printTable, spread } from './rig/figures.ts';
import { inFolder } from './rig/folder.ts';
import { load } from './rig/load.ts';
import { hasAll } from './rig/needs.ts';
import { ownStore } from './rig/own-store.ts';
import { prometheus } from './rig/prometheus.ts';
import { Truth } from './rig/truth.ts';
import { victoriaMetrics } from './rig/victoria-metrics.ts';
import { describeWorkload, type Workload, workload } from './rig/workload.ts';

const DAY_MS = 86_400_000;
const WARM_REPEATS = 5;

const { isQuick, only, ...chosen } = benchArguments(
  { checks: 1_000, days: 7, runs: 3 },
  { checks: 50, days: 2, runs: 1 },
);
/** Restarts with an empty cache. */
const COLD_RUNS = chosen.runs;

interface NamedQuestion extends Question {
  readonly name: string;
  /** Milliseconds; `null` without one. */
  readonly goalWarmMs: number | null;
  readonly goalColdMs: number | null;
}

/** What an engine answered to one question. */
interface Timed {
  readonly coldMs: number[];
  readonly warmMs: number[];
  worst: number;
  answerBytes: number;
  wrong: string | null;
}

if (hasAll('queries', ['setpriv'])) await inFolder(compare);

async function compare(folder: string): Promise<void> {
  const set = workload({ ...chosen, variant: 'independent' });
  const truth = new Truth(set);
  const bodies = writeBodies(folder, set, { wires: ['batches', 'remote-write'], truth });
  const questions = questionsFor(set);
  const engines: Engine[] = [ownStore(folder, set)];
  if (hasAll('queries, the column of VictoriaMetrics', ['victoria-metrics']))
    engines.push(victoriaMetrics(folder, set));
  if (hasAll('queries, the column of Prometheus', ['prometheus'])) engines.push(prometheus(folder, set));
  const canDrop = dropCaches();
  console.log(
    `${describeWorkload(set)}; cold: ${COLD_RUNS} restarts${canDrop ? ', page cache dropped' : ' only, the page cache could not be dropped'}; warm: ${WARM_REPEATS} repeats after up to 20`,
  );
  const wanted = engines.filter(
    ({ name }) => only.length === 0 || only.some((one) => name.toLowerCase().startsWith(one)),
  );
  const answers = new Map<string, ReadonlyMap<string, Timed>>();
  for (const engine of wanted) {
    const ready = bodies.get(engine.wire);
    if (ready === undefined) throw new Error(`no bodies for ${engine.wire}`);
    try {
      await engine.start();
      await load(engine, ready);
      answers.set(engine.name, await askAll(engine, questions, truth));
    } catch (error) {
      console.error(`${engine.name}: not measured: ${error instanceof Error ? error.message : error}`);
      process.exitCode = 1;
    } finally {
      await engine.stop();
    }
  }
  report(questions, answers);
}

/** Windows end with the data set; the odd one has bounds that no hour has. */
function questionsFor(set: Workload): NamedQuestion[] {
  const { toMs, days } = set;
  const week = { fromMs: toMs - Math.min(7, days) * DAY_MS, toMs };
  const odd = { fromMs: week.fromMs + 4_710_500, toMs: toMs - 1_230_500 };
  const label = `${Math.min(7, days)} d`;
  const questions: NamedQuestion[] = [
    named(`availability of all, ${label}`, 'availability', week, [5, 30]),
    named(`availability of all, ${label}, odd bounds`, 'availability', odd, [5, 30]),
    {
      ...named(`availability of all, ${label}, other bounds each time`, 'availability', odd, [5, null]),
      isMoving: true,
    },
    named(`availability of all, ${label}, whole documents`, 'documents', week, [null, null]),
    named(`p95 of all, ${label}`, 'p95', week, [25, null]),
    named(`p95 of all, ${label}, odd bounds`, 'p95', odd, [null, null]),
    named(`exact p95 of all, ${label}`, 'exact p95', week, [700, null]),
    named(`exact p95 of all, ${label}, odd bounds`, 'exact p95', odd, [null, null]),
    named(`availability of one, ${label}`, 'one', week, [null, null]),
    named(`chart of one, ${label}`, 'chart', week, [null, null]),
  ];
  if (days < 30) return questions;
  const month = { fromMs: toMs - 30 * DAY_MS, toMs };
  return [
    ...questions,
    named('availability of all, 30 d', 'availability', month, [15, null]),
    named('p95 of all, 30 d', 'p95', month, [null, null]),
    named('chart of one, 30 d', 'chart', month, [15, null]),
  ];
}

function named(
  name: string,
  asked: Ask,
  window: Question['window'],
  [goalWarmMs, goalColdMs]: readonly [number | null, number | null],
): NamedQuestion {
  return { name, ask: asked, window, goalWarmMs, goalColdMs };
}

/** A wrong answer, or none, is told and the other questions go on. The engine runs, and runs afterwards. */
async function askAll(
  engine: Engine,
  questions: readonly NamedQuestion[],
  truth: Truth,
): Promise<ReadonlyMap<string, Timed>> {
  const timed = new Map<string, Timed>();
  for (const question of questions) {
    const of: Timed = { coldMs: [], warmMs: [], worst: 0, answerBytes: 0, wrong: null };
    timed.set(question.name, of);
    try {
      for (let run = 0; run < COLD_RUNS; run++) {
        await engine.stop();
        dropCaches();
        await engine.start();
        of.coldMs.push((await ask(engine, question)).ms);
      }
      const { answer } = await ask(engine, question);
      of.answerBytes = answer.length;
      of.worst = engine.verify(question, answer, truth);
      of.warmMs.push(...(await askWarm(engine, question, WARM_REPEATS)));
    } catch (error) {
      of.wrong = error instanceof Error ? error.message : String(error);
      console.error(`${engine.name}, ${question.name}: ${of.wrong}`);
      process.exitCode = 1;
    }
  }
  console.log(`${engine.name}: peak RSS with questions ${mebibytes(engine.running().usage().peakRssBytes)} MiB`);
  return timed;
}

function report(questions: readonly NamedQuestion[], answers: ReadonlyMap<string, ReadonlyMap<string, Timed>>): void {
  const rows = questions.flatMap((question) =>
    [...answers].map(([engine, timed]) => rowOf(question, engine, timed.get(question.name))),
  );
  printTable(['question', 'engine', 'cold ms', 'warm ms', 'off by at most', 'answer kB'], rows);
  for (const { name, goalWarmMs, goalColdMs } of questions) {
    const own = answers.get('Nines')?.get(name);
    if (own === undefined || own.wrong !== null) continue;
    const parts = [...answers].flatMap(([engine, timed]) => {
      const peer = timed.get(name);
      if (engine === 'Nines' || peer === undefined || peer.wrong !== null) return [];
      return [`${engine} ${times(peer.coldMs, own.coldMs)} cold, ${times(peer.warmMs, own.warmMs)} warm`];
    });
    if (goalWarmMs !== null) parts.push(`warm ms ${against(median(own.warmMs), '<=', goalWarmMs)}`);
    if (goalColdMs !== null) parts.push(`cold ms ${against(median(own.coldMs), '<=', goalColdMs)}`);
    if (parts.length > 0) console.log(`  ${name}: ${parts.join('; ')}`);
  }
  if (isQuick) console.log('  (goals are for 1,000 checks)');
}

function rowOf({ name }: NamedQuestion, engine: string, timed: Timed | undefined): string[] {
  if (timed === undefined || timed.wrong !== null) return [name, engine, 'wrong or none', '', '', ''];
  const { coldMs, warmMs, worst, answerBytes } = timed;
  const figures = [spread(coldMs, 1), spread(warmMs, 1), `${(worst * 100).toPrecision(2)} %`];
  return [name, engine, ...figures, (answerBytes / 1_000).toFixed(1)];
}

function times(peer: readonly number[], own: readonly number[]): string {
  return `${(median(peer) / median(own)).toFixed(1)}×`;
}
