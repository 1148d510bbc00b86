/**
 * A year of a thousand checks, a billion observations, sealed: what it takes on the disk, and how long `verify` looks at
 * all of it. `--checks 100` for a tenth of it, `--quick` for a hundredth; both grow with the observations.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { benchArguments } from './rig/arguments.ts';
import { bytesOf } from './rig/disk.ts';
import { against } from './rig/figures.ts';
import { inFolder } from './rig/folder.ts';
import { hasAll } from './rig/needs.ts';
import { COLLECTOR, startCollector } from './rig/own-programs.ts';
import { SealedHistory } from './rig/sealed-history.ts';
import { Truth } from './rig/truth.ts';
import { checkId, describeWorkload, observationsOf, workload } from './rig/workload.ts';

/** Checks that are made by chance; the others have their runs again. */
const DISTINCT = 25;
const GOAL_BYTES = 9;

const chosen = benchArguments({ checks: 1_000, days: 365, runs: 1 }, { checks: 10, days: 365, runs: 1 });

if (hasAll('year', ['setpriv'])) await inFolder(look);

async function look(folder: string): Promise<void> {
  const set = workload({ ...chosen, distinct: Math.min(DISTINCT, chosen.checks), variant: 'independent' });
  console.log(describeWorkload(set));
  const beganMs = performance.now();
  await new SealedHistory(folder, set).growTo(set.toMs, new Truth(set, set.toMs));
  console.log(`  written in ${seconds(beganMs)} s (not judged)`);
  const checks = Array.from({ length: set.checks }, (_, index) => ({
    id: checkId(index),
    every: `${set.everyMs / 1_000}s`,
    timeout: '10s',
    probe: { type: 'http', url: 'http://127.0.0.1:9/' },
  }));
  // Once, so that there is a configuration and a store of today's schema.
  await (await startCollector(folder, checks)).running.stop();
  const { apparent } = bytesOf(join(folder, 'data'));
  const perRun = apparent / observationsOf(set);
  console.log(
    `  ${(apparent / 2 ** 30).toFixed(2)} GiB, ${perRun.toFixed(2)} B/result; ${against(perRun, '<=', GOAL_BYTES)}`,
  );
  const verifyingMs = performance.now();
  const program = spawn(process.execPath, [COLLECTOR, 'verify', '--config', join(folder, 'nines.yaml')], {
    stdio: 'inherit',
  });
  const [code] = await once(program, 'exit');
  if (code !== 0) throw new Error('verify found something');
  const tookS = seconds(verifyingMs);
  console.log(`  verify: ${tookS} s, ${(observationsOf(set) / tookS / 1e6).toFixed(2)} M observations/s`);
}

function seconds(beganMs: number): number {
  return Math.round((performance.now() - beganMs) / 100) / 10;
}
