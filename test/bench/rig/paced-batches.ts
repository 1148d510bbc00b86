import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { zstdCompressSync } from 'node:zlib';
import { AGENT_NAME, TOKEN } from './own-programs.ts';
import { checkId } from './workload.ts';

/** What a process of paced batches is told. */
export interface Pace {
  readonly url: string;
  readonly checks: number;
  readonly fromMs: number;
  readonly perSecond: number;
  readonly seconds: number;
}

/** What it tells in the end; latency counts from the instant at which a request should have begun. */
export interface Paced {
  readonly stored: number;
  readonly failed: number;
  readonly latenciesMs: readonly number[];
  /** From the first post until the last answer. */
  readonly tookMs: number;
}

const EVERY_MS = 30_000;
const RUNS = 20;
const CHECKS_A_BATCH = 50;
const CONNECTIONS = 16;
/** Columns that are drawn once, as text: what is sent is made in a tenth of a core. */
const VARIANTS = 500;

const MEDIANS = { resolve: 800, connect: 9_000, tls: 20_000, processing: 60_000 };

function normal(): number {
  return Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
}

/** The rest of a check's JSON behind its instants. */
function variant(): string {
  const total = new Array<number>(RUNS).fill(0);
  const values: Record<string, number[]> = {};
  for (const [name, median] of Object.entries(MEDIANS)) {
    values[name] = total.map(() => Math.round(median * Math.exp(0.3 * normal())));
    for (const [run, micros] of values[name].entries()) total[run] = (total[run] ?? 0) + micros;
  }
  const columns = { ...values, total: total.map((sum) => sum + 300), status: total.map(() => 200) };
  return `"up":${JSON.stringify(total.map(() => 1))},"reasons":{},"values":${JSON.stringify(columns)}}`;
}

/** Posts batches of 1,000 observations at fixed instants, each group of checks ten minutes further each time. */
async function post({ url, checks, fromMs, perSecond, seconds }: Pace): Promise<Paced> {
  const variants = Array.from({ length: VARIANTS }, variant);
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const groups = Math.ceil(checks / CHECKS_A_BATCH);
  const everyMs = (RUNS * CHECKS_A_BATCH * 1_000) / perSecond;
  const latenciesMs: number[] = [];
  let failed = 0;
  const waiting = new Set<Promise<void>>();
  const beganMs = performance.now();
  for (let sequence = 0; sequence * everyMs < seconds * 1_000; sequence++) {
    const dueMs = beganMs + sequence * everyMs;
    const earlyMs = dueMs - performance.now();
    if (earlyMs > 0) await sleep(earlyMs);
    const startMs = fromMs + Math.floor(sequence / groups) * RUNS * EVERY_MS;
    const text = Array.from({ length: CHECKS_A_BATCH }, (_, index) => {
      const check = (sequence % groups) * CHECKS_A_BATCH + index;
      const instants = Array.from(
        { length: RUNS },
        (_, run) => startMs + check * 17 + run * EVERY_MS + ((run * 7) % 5),
      );
      const rest = variants[Math.floor(Math.random() * VARIANTS)];
      return `{"check":"${checkId(check)}","every_ms":${EVERY_MS},"at_ms":[${instants}],${rest}`;
    }).join();
    const head = `"version":1,"agent":"${AGENT_NAME}","spool":"bench-sustained","sequence":${sequence}`;
    const sent = send({ url, agent }, zstdCompressSync(`{${head},"checks":[${text}]}`)).then((isStored) => {
      latenciesMs.push(performance.now() - dueMs);
      if (!isStored) failed++;
      waiting.delete(sent);
    });
    waiting.add(sent);
  }
  await Promise.all(waiting);
  agent.destroy();
  const tookMs = performance.now() - beganMs;
  return { stored: (latenciesMs.length - failed) * RUNS * CHECKS_A_BATCH, failed, latenciesMs, tookMs };
}

function send({ url, agent }: { url: string; agent: Agent }, body: Buffer): Promise<boolean> {
  return new Promise((resolve) => {
    const headers = {
      authorization: `Bearer ${TOKEN}`,
      'content-type': 'application/json',
      'content-encoding': 'zstd',
      'content-length': body.byteLength,
    };
    const sent = request(`${url}/api/v1/batches`, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode === 200));
    });
    sent.on('error', () => resolve(false));
    sent.end(body);
  });
}

const [, entry, pace] = process.argv;
if (pace !== undefined && entry !== undefined && pathToFileURL(entry).href === import.meta.url) {
  process.send?.(await post(JSON.parse(pace)));
  process.disconnect?.();
}
