/**
 * How many observations a second the collector takes in, end to end: HTTP, token, validation, one fsync before the
 * answer. wrk, 64 connections in a closed loop, on the same cores as the server; medians of three runs.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const TOKEN = 'bench-token-of-32-characters-....';
const RUNS = 3;
const SECONDS = Number(process.env.NINES_BENCH_SECONDS ?? 6);
const SIZES = [
  { observations: 20, goal: 240_000, goalP99Ms: 15 },
  { observations: 100, goal: 450_000, goalP99Ms: 35 },
  { observations: 1_000, goal: 900_000, goalP99Ms: 120 },
] as const;
const OBSERVATIONS_A_CHECK = 20;
const VALUES = ['resolve', 'connect', 'tls', 'processing', 'transfer', 'total'];

interface Run {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly failed: number;
  readonly cpuMicroseconds: number;
  readonly bytesEach: number;
  readonly rssMebibytes: number;
}

if (spawnSync('wrk', ['--version']).error !== undefined) {
  console.log('bench ingest: skipped, wrk is missing (Debian: apt-get install wrk)');
} else {
  console.log(`observations/s over POST /api/v1/batches; ${RUNS} runs of ${SECONDS} s, medians; 64 connections`);
  console.log(
    'per batch | observations/s (goal) ratio | p50 ms | p99 ms (goal) | CPU us/obs | B/obs | RSS MiB | not 2xx',
  );
  for (const size of SIZES.filter(isWanted)) {
    const runs: Run[] = [];
    for (let run = 0; run < RUNS; run++) runs.push(await measure(size.observations));
    const of = (pick: (run: Run) => number) => median(runs.map(pick));
    const rate = of((run) => run.perSecond);
    console.log(
      [
        size.observations,
        `${Math.round(rate)} (${size.goal}) ${(rate / size.goal).toFixed(2)} [${runs.map((run) => Math.round(run.perSecond)).join(' ')}]`,
        of((run) => run.p50Ms).toFixed(1),
        `${of((run) => run.p99Ms).toFixed(1)} (${size.goalP99Ms})`,
        of((run) => run.cpuMicroseconds).toFixed(2),
        of((run) => run.bytesEach).toFixed(1),
        of((run) => run.rssMebibytes).toFixed(0),
        of((run) => run.failed),
      ].join(' | '),
    );
  }
}

/** `node ingest.ts 20 100` measures only these sizes. */
function isWanted({ observations }: (typeof SIZES)[number]): boolean {
  const wanted = process.argv.slice(2).map(Number);
  return wanted.length === 0 || wanted.includes(observations);
}

/** One server on an empty folder, one wrk; what the server says it stored is what counts. */
async function measure(observations: number): Promise<Run> {
  const directory = mkdtempSync(join(tmpdir(), 'nines-bench-'));
  const profile = process.env.NINES_BENCH_PROFILE;
  const server = spawn(
    process.execPath,
    [
      ...(profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`]),
      join(import.meta.dirname, 'ingest-server.ts'),
      join(directory, 'store'),
      TOKEN,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  try {
    const lines = linesOf(server);
    const address = (await lines.next()).value;
    const script = join(directory, 'batches.lua');
    writeFileSync(script, luaScript(observations));
    const output = await runWrk(`${address}/api/v1/batches`, script);
    server.kill('SIGTERM');
    const report = JSON.parse((await lines.next()).value ?? '{}');
    if (server.exitCode === null) await once(server, 'exit');
    return {
      perSecond: report.stored / output.seconds,
      p50Ms: output.p50Ms,
      p99Ms: output.p99Ms,
      failed: output.failed,
      cpuMicroseconds: (report.cpuSeconds * 1e6) / report.stored,
      bytesEach: report.bytes / report.stored,
      rssMebibytes: report.rssBytes / 2 ** 20,
    };
  } finally {
    server.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  }
}

function linesOf(server: ChildProcess): AsyncIterator<string> {
  if (server.stdout === null) throw new Error('the server has no output');
  return createInterface({ input: server.stdout })[Symbol.asyncIterator]();
}

/** Eight bodies with different figures, made beforehand so that wrk's own work stays small; the sequence never repeats. */
function luaScript(observations: number): string {
  const bodies = Array.from({ length: 8 }, () => batchText(observations).split('"SEQUENCE"'));
  const parts = (index: number) => bodies.map((body) => `[==[${body[index]}]==]`).join(',\n');
  return `
local heads = {${parts(0)}}
local tails = {${parts(1)}}
local sequence = 0
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer ${TOKEN}"
function request()
  sequence = sequence + 1
  local body = sequence % 8 + 1
  wrk.headers["nines-sent-at"] = "1790000000000"
  return wrk.format(nil, nil, nil, heads[body] .. sequence .. tails[body])
end
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format('RESULT {"seconds":%f,"p50Ms":%f,"p99Ms":%f,"failed":%d}\\n', summary.duration / 1e6,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
`;
}

function batchText(observations: number): string {
  const checks = Array.from({ length: Math.ceil(observations / OBSERVATIONS_A_CHECK) }, (_, index) => {
    const count = Math.min(OBSERVATIONS_A_CHECK, observations - index * OBSERVATIONS_A_CHECK);
    const column = () => Array.from({ length: count }, () => Math.floor(500 + Math.random() ** 3 * 80_000));
    return {
      check: `check-${index}`,
      every_ms: 30_000,
      at_ms: Array.from({ length: count }, (_, i) => 1_790_000_000_000 + i * 30_000 + Math.floor(Math.random() * 20)),
      up: Array.from({ length: count }, () => 1),
      reasons: {},
      values: Object.fromEntries(VALUES.map((name) => [name, column()])),
    };
  });
  return JSON.stringify({ version: 1, agent: 'bench', spool: 'bench-spool-1', sequence: 'SEQUENCE', checks });
}

async function runWrk(
  url: string,
  script: string,
): Promise<{ seconds: number; p50Ms: number; p99Ms: number; failed: number }> {
  const wrk = spawn('wrk', ['-t1', '-c64', `-d${SECONDS}s`, '--latency', '-s', script, url], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  wrk.stdout.on('data', (chunk) => {
    text += String(chunk);
  });
  await once(wrk, 'close');
  const result = /^RESULT (.*)$/m.exec(text)?.[1];
  if (result === undefined) throw new Error(`wrk said: ${text}`);
  return JSON.parse(result);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
