/**
 * What it costs to take observations in and to keep them: the same ones to our collector, VictoriaMetrics and Prometheus,
 * until everything is sealed or compacted. `--quick` for a minute; at reduced size the bytes a result say little.
 */
import { benchArguments } from './rig/arguments.ts';
import { type Bodies, type Wire, writeBodies } from './rig/bodies.ts';
import type { Engine } from './rig/engine.ts';
import { against, mebibytes, median, printTable, spread } from './rig/figures.ts';
import { inFolder } from './rig/folder.ts';
import { load } from './rig/load.ts';
import { hasAll } from './rig/needs.ts';
import { ownStore } from './rig/own-store.ts';
import { prometheus } from './rig/prometheus.ts';
import { Truth } from './rig/truth.ts';
import { victoriaMetrics } from './rig/victoria-metrics.ts';
import { describeWorkload, type Variant, type Workload, workload } from './rig/workload.ts';

/** How `nines.yaml` says that durations may be off by half a percent, in its section `collector:`. */
const LOSSY_SETTINGS = { precision: 'half_percent' };
/** VictoriaMetrics with as small an error: at most 0.4 %. */
const LOSSY_BITS = 8;

type MakeEngine = (folder: string, set: Workload) => Engine;

/** One engine with one data set, run by run. */
interface Measured {
  readonly name: string;
  readonly perS: number[];
  readonly perCpuS: number[];
  readonly bytes: number[];
  readonly apparentBytes: number[];
  readonly othersCores: number[];
  readonly settledAfterMs: number[];
  readonly peakRssBytes: number[];
}

const { runs, only, ...chosen } = benchArguments({ checks: 1_000, days: 7, runs: 1 }, { checks: 50, days: 1, runs: 1 });
const OWN: MakeEngine = (folder, set) => ownStore(folder, set);
const OWN_LOSSY: MakeEngine = (folder, set) =>
  ownStore(folder, set, { name: 'Nines, half-percent', settings: LOSSY_SETTINGS, maxError: 0.005 });
const VM: MakeEngine = (folder, set) => victoriaMetrics(folder, set);
const VM_LOSSY: MakeEngine = (folder, set) => victoriaMetrics(folder, set, LOSSY_BITS);
const engines = [OWN, OWN_LOSSY];
if (hasAll('storage, the rows of VictoriaMetrics', ['victoria-metrics'])) engines.push(VM, VM_LOSSY);
if (hasAll('storage, the row of Prometheus', ['prometheus'])) engines.push(prometheus);

if (hasAll('storage', ['setpriv'])) {
  for (const variant of ['independent', 'diurnal'] as const) await compare(variant);
}

async function compare(variant: Variant): Promise<void> {
  const set = workload({ ...chosen, variant });
  console.log(`${describeWorkload(set)}; ${runs} runs`);
  const measured = await inFolder(async (folder) => {
    const bodies = writeBodies(folder, set, { wires: ['batches', 'remote-write'], truth: new Truth(set, set.toMs) });
    const all: Measured[] = [];
    for (const make of engines) {
      const one = await measure(make, set, bodies);
      if (one !== null) all.push(one);
    }
    return all;
  });
  report(measured);
  judge(variant, new Map(measured.map((one) => [one.name, one])));
}

/** `null` when it is not wanted, or cannot do it: that is said, and the others go on. */
async function measure(make: MakeEngine, set: Workload, bodies: ReadonlyMap<Wire, Bodies>): Promise<Measured | null> {
  const measured: Measured = {
    name: '',
    perS: [],
    perCpuS: [],
    bytes: [],
    apparentBytes: [],
    othersCores: [],
    settledAfterMs: [],
    peakRssBytes: [],
  };
  const { name } = make('', set);
  if (only.length > 0 && !only.some((wanted) => name.toLowerCase().startsWith(wanted))) return null;
  try {
    for (let run = 0; run < runs; run++) await inFolder((folder) => measureRun(make(folder, set), bodies, measured));
    return { ...measured, name };
  } catch (error) {
    console.error(`${name}: not measured: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
    return null;
  }
}

async function measureRun(engine: Engine, bodies: ReadonlyMap<Wire, Bodies>, into: Measured): Promise<void> {
  const ready = bodies.get(engine.wire);
  if (ready === undefined) throw new Error(`no bodies for ${engine.wire}`);
  try {
    await engine.start();
    const { observations, wallMs, othersCores, cpuMs, settledAfterMs, peakRssBytes } = await load(engine, ready);
    const disk = await engine.bytesAtRest();
    into.perS.push(observations / (wallMs / 1_000));
    into.perCpuS.push(observations / (cpuMs / 1_000));
    into.bytes.push(disk.occupied / observations);
    into.apparentBytes.push(disk.apparent / observations);
    into.othersCores.push(othersCores);
    into.settledAfterMs.push(settledAfterMs);
    into.peakRssBytes.push(peakRssBytes);
  } finally {
    await engine.stop();
  }
}

function report(measured: readonly Measured[]): void {
  printTable(
    [
      'engine',
      'results/s wall, k',
      'results/CPU-s settled, k',
      'B/result [apparent]',
      'settled after s',
      'peak RSS MiB',
    ],
    measured.map((one) => [
      one.name,
      spread(thousands(one.perS), 0),
      spread(thousands(one.perCpuS), 0),
      `${spread(one.bytes, 2)} [${median(one.apparentBytes).toFixed(2)}]`,
      (median(one.settledAfterMs) / 1_000).toFixed(0),
      mebibytes(median(one.peakRssBytes)),
      median(one.othersCores).toFixed(2),
    ]),
  );
}

/** Goals A1 to A4; a ratio above 1 is in our favour. */
function judge(variant: Variant, byName: ReadonlyMap<string, Measured>): void {
  const own = byName.get('Nines');
  const vm = byName.get('VictoriaMetrics');
  const prom = byName.get('Prometheus');
  const lossy = byName.get('Nines, half-percent');
  const vmLossy = byName.get(`VictoriaMetrics, precisionBits=${LOSSY_BITS}`);
  if (own !== undefined) {
    goal('results/CPU-s', median(own.perCpuS), '>=', 700_000);
    goal('results/s wall', median(own.perS), '>=', 950_000);
    if (variant === 'independent') goal('B/result', median(own.bytes), '<=', 9.0);
  }
  if (own !== undefined && vm !== undefined) {
    goal('VictoriaMetrics: results/CPU-s, ratio', ratio(own.perCpuS, vm.perCpuS), '>=', 2);
    goal('VictoriaMetrics: results/s wall, ratio', ratio(own.perS, vm.perS), '>=', 2);
    goal('VictoriaMetrics: its bytes ÷ ours', ratio(vm.bytes, own.bytes), '>=', 1.6);
  }
  if (own !== undefined && prom !== undefined) {
    goal('Prometheus: results/CPU-s, ratio', ratio(own.perCpuS, prom.perCpuS), '>=', 4);
    goal('Prometheus: results/s wall, ratio', ratio(own.perS, prom.perS), '>=', 3.7);
    goal('Prometheus: its bytes ÷ ours', ratio(prom.bytes, own.bytes), '>=', 5.6);
  }
  if (lossy !== undefined && variant === 'independent') goal('B/result, half-percent', median(lossy.bytes), '<=', 5.5);
  if (lossy !== undefined && vmLossy !== undefined) {
    goal('VictoriaMetrics, lossy: its bytes ÷ ours', ratio(vmLossy.bytes, lossy.bytes), '>=', 1.8);
  }
}

function goal(what: string, value: number, relation: '>=' | '<=', wanted: number): void {
  console.log(
    `  ${what}: ${value >= 1_000 ? Math.round(value) : value.toFixed(2)}; ${against(value, relation, wanted)}`,
  );
}

function ratio(numerators: readonly number[], denominators: readonly number[]): number {
  return median(numerators) / median(denominators);
}

function thousands(values: readonly number[]): number[] {
  return values.map((value) => value / 1_000);
}
