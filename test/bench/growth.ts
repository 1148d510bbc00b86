/**
 * Whether questions cost the same with a year behind them as with a day: the same ones at 1 to 400 days of sealed
 * history, with the start-up time and the memory at each. `--plots FOLDER` draws it; `--quick` for a minute.
 */
import { benchArguments } from './rig/arguments.ts';
import { bytesOf, dropCaches } from './rig/disk.ts';
import { type Ask, ask, askWarm, type Engine, type Question } from './rig/engine.ts';
import { against, mebibytes, median, printTable, spread } from './rig/figures.ts';
import { inFolder } from './rig/folder.ts';
import { hasAll } from './rig/needs.ts';
import { ownStore } from './rig/own-store.ts';
import { draw } from './rig/plot.ts';
import { SealedHistory } from './rig/sealed-history.ts';
import { Truth } from './rig/truth.ts';
import { firstDays, observationsOf, type Workload, workload } from './rig/workload.ts';

const DAY_MS = 86_400_000;
const SIZES_DAYS = [1, 7, 30, 100, 400] as const;
const WARM_REPEATS = 5;
const TRUTH_DAYS = 31;
/** From here on it is the year that the goals are for. */
const YEAR_OBSERVATIONS = 1e9;
const GOAL_START_MS = 2_000;
const GOAL_RSS_MIB = 250;
/** Of a line in the plot, by the length of the window. */
const DASHES: Readonly<Record<string, number>> = { '1 d': 2, '7 d': 6, '30 d': 0 };

const { plots, ...chosen } = benchArguments({ checks: 1_000, days: 400, runs: 3 }, { checks: 50, days: 30, runs: 1 });
/** Checks that are made by chance; the others have their runs again: a year of a thousand is written in five minutes. */
const DISTINCT = 25;

interface Size {
  readonly set: Workload;
  readonly bytes: number;
  readonly startMs: readonly number[];
  readonly rssBytes: number;
  readonly peakRssBytes: number;
  readonly answers: ReadonlyMap<string, { readonly coldMs: number[]; readonly warmMs: number[] }>;
}

if (hasAll('growth', ['setpriv'])) report(await inFolder(grow));

async function grow(folder: string): Promise<Size[]> {
  const days = SIZES_DAYS.filter((size) => size <= chosen.days);
  const whole = workload({ ...chosen, distinct: DISTINCT, variant: 'independent', days: days.at(-1) ?? 1 });
  const history = new SealedHistory(folder, whole);
  // The first sizes begin on the same day: one truth has them all. Later ones have the last month.
  const early = firstDays(whole, Math.min(TRUTH_DAYS, whole.days));
  const earlyTruth = new Truth(early);
  const sizes: Size[] = [];
  for (const set of days.map((size) => firstDays(whole, size))) {
    const truth = set.toMs <= early.toMs ? earlyTruth : new Truth(set, set.toMs - TRUTH_DAYS * DAY_MS);
    const beganMs = performance.now();
    await history.growTo(set.toMs, truth);
    const tookS = (performance.now() - beganMs) / 1_000;
    console.log(`${set.days} days: written in ${tookS.toFixed(0)} s (not judged)`);
    sizes.push(await measure(folder, set, truth));
  }
  return sizes;
}

async function measure(folder: string, set: Workload, truth: Truth): Promise<Size> {
  const engine = ownStore(folder, set);
  try {
    const startMs = await startAll(engine);
    const { rssBytes } = engine.running().usage();
    const answers: Map<string, { coldMs: number[]; warmMs: number[] }> = new Map();
    for (const [name, question] of questionsFor(set)) answers.set(name, await timed(engine, question, truth));
    const { peakRssBytes } = engine.running().usage();
    return { set, bytes: bytesOf(folder).occupied, startMs, rssBytes, peakRssBytes, answers };
  } finally {
    await engine.stop();
  }
}

/** Cold starts, from the first instruction until `/readyz` says yes (asked every 25 ms); the last one goes on running. */
async function startAll(engine: Engine): Promise<number[]> {
  const took: number[] = [];
  for (let run = 0; run < chosen.runs; run++) {
    await engine.stop();
    dropCaches();
    const beganMs = performance.now();
    await engine.start();
    took.push(performance.now() - beganMs);
  }
  return took;
}

/** Of the same last day at every size, and of longer windows where there is as much. */
function questionsFor({ toMs, days }: Workload): Map<string, Question> {
  const window = (length: number) => ({ fromMs: toMs - length * DAY_MS, toMs });
  const questions = new Map<string, Question>();
  const asks: readonly Ask[] = ['availability', 'documents', 'p95', 'one', 'chart'];
  for (const length of [1, 7, 30].filter((size) => size <= days)) {
    for (const asked of asks) questions.set(`${asked}, ${length} d`, { ask: asked, window: window(length) });
    const { fromMs } = window(length);
    const odd = { fromMs: fromMs + 4_710_500, toMs: toMs - 1_230_500 };
    for (const asked of ['availability', 'p95'] as const) {
      questions.set(`${asked} with odd bounds, ${length} d`, { ask: asked, window: odd });
    }
    questions.set(`availability with other bounds each time, ${length} d`, {
      ask: 'availability',
      window: odd,
      isMoving: true,
    });
    if (length === 7) questions.set(`exact p95, ${length} d`, { ask: 'exact p95', window: window(length) });
  }
  return questions;
}

async function timed(engine: Engine, question: Question, truth: Truth) {
  const times: { coldMs: number[]; warmMs: number[] } = { coldMs: [], warmMs: [] };
  try {
    await engine.stop();
    dropCaches();
    await engine.start();
    times.coldMs.push((await ask(engine, question)).ms);
    engine.verify(question, (await ask(engine, question)).answer, truth);
    times.warmMs.push(...(await askWarm(engine, question, WARM_REPEATS)));
  } catch (error) {
    console.error(`${question.ask}: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
  return times;
}

function report(sizes: readonly Size[]): void {
  printTable(
    ['days', 'observations', 'B/observation', 'start ms', 'RSS MiB ready', 'peak RSS MiB with questions'],
    sizes.map(({ set, bytes, startMs, rssBytes, peakRssBytes }) => [
      String(set.days),
      String(observationsOf(set)),
      (bytes / observationsOf(set)).toFixed(2),
      spread(startMs, 0),
      mebibytes(rssBytes),
      mebibytes(peakRssBytes),
    ]),
  );
  const names = [...new Set(sizes.flatMap(({ answers }) => [...answers.keys()]))];
  const cell = (times: readonly number[] | undefined) => (times?.length ? median(times).toFixed(1) : '');
  printTable(
    ['question, ms warm (cold)', ...sizes.map(({ set }) => `${set.days} d`), 'warm, last ÷ first'],
    names.map((name) => [
      name,
      ...sizes.map(({ answers }) => `${cell(answers.get(name)?.warmMs)} (${cell(answers.get(name)?.coldMs)})`),
      growthOf(
        sizes.flatMap(({ answers }) =>
          answers.get(name)?.warmMs.length ? [median(answers.get(name)?.warmMs ?? [])] : [],
        ),
      ),
    ]),
  );
  const year = sizes.find(({ set }) => observationsOf(set) >= YEAR_OBSERVATIONS);
  if (year !== undefined) {
    console.log(
      `  start with ${observationsOf(year.set)} observations, ms: ${against(median(year.startMs), '<=', GOAL_START_MS)}`,
    );
    console.log(`  RSS MiB when ready: ${against(year.rssBytes / 2 ** 20, '<=', GOAL_RSS_MIB)}`);
  }
  if (plots !== null) console.log(`  drawn: ${drawGrowth(sizes, names, plots)}`);
}

/** 1 where a question costs the same however much there is. */
function growthOf(medians: readonly number[]): string {
  const [first, last] = [medians[0], medians.at(-1)];
  return first === undefined || last === undefined || medians.length < 2 ? '' : (last / first).toFixed(2);
}

function drawGrowth(sizes: readonly Size[], names: readonly string[], folder: string): string {
  const lines = names.map((name) => ({
    name,
    family: name.split(',')[0] ?? name,
    dash: DASHES[name.split(', ')[1] ?? ''] ?? 0,
    points: sizes.flatMap(({ set, answers }) => {
      const warmMs = answers.get(name)?.warmMs ?? [];
      return warmMs.length === 0 ? [] : [{ x: set.days, y: median(warmMs) }];
    }),
  }));
  const starts = {
    name: 'start, cold',
    family: 'start',
    dash: 0,
    points: sizes.map(({ set, startMs }) => ({ x: set.days, y: median(startMs) })),
  };
  const title = `Cost of a question as history grows, ${chosen.checks} checks every 30 s`;
  const drawn = [...lines, starts].filter(({ points }) => points.length > 0);
  return draw({ title, xLabel: 'days of history', yLabel: 'ms, warm median', lines: drawn }, folder, 'growth');
}
