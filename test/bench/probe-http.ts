/**
 * Probes a second on one core: `runCheck` of http checks against Debian's nginx, beside a bare undici client.
 * Run it pinned, the server on another core: `taskset -c 0 node test/bench/probe-http.ts [seconds a round] [one measure's name]`.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Check } from '@nines/shared/check.ts';
import { probeOptions } from '@nines/shared/probes/index.ts';
import { systemClock } from '@nines/shared/time/clock.ts';
import { Client } from 'undici';
import { allowNothing } from '../../agent/src/allowance.ts';
import { type RunCheckDeps, runCheck } from '../../agent/src/run-check.ts';
import { createTrust } from '../../agent/src/trust.ts';

interface Measured {
  readonly perSecond: number;
  readonly cpuMs: number;
}

const ONLY = process.argv[3];
const IN_FLIGHT = 32;
const ROUNDS = 9;
const ROUND_MS = Number(process.argv[2] ?? 1) * 1000;
const [HTTP_PORT, HTTPS_PORT] = [18_080, 18_443];

const folder = mkdtempSync(join(tmpdir(), 'nines-bench-'));
const nginx = startNginx(folder);
try {
  await listening(HTTPS_PORT);
  const trust = createTrust({ caFile: join(folder, 'cert.pem') });
  const deps: RunCheckDeps = { clock: systemClock, trust, allowed: allowNothing('the benchmark needs nothing') };
  const measures: Record<string, () => Promise<unknown>> = {
    'undici, reset each': bareUndici(),
    'runCheck http': nines(`http://127.0.0.1:${HTTP_PORT}/`, deps, true),
    'runCheck https verified': nines(`https://localhost:${HTTPS_PORT}/`, deps, true),
    'runCheck https unverified': nines(`https://127.0.0.1:${HTTPS_PORT}/`, deps, false),
  };
  const rates = new Map<string, Measured[]>(Object.keys(measures).map((name) => [name, []]));
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, measure] of Object.entries(measures)) {
      if (ONLY !== undefined && name !== ONLY) continue;
      const measured = await rate(measure);
      // The first round only warms up.
      if (round > 0) rates.get(name)?.push(measured);
    }
  }
  const floorMs = median((rates.get('undici, reset each') ?? []).map(({ cpuMs }) => cpuMs));
  for (const [name, all] of rates) {
    const cpuMs = median(all.map((measured) => measured.cpuMs));
    const perSecond = median(all.map((measured) => measured.perSecond));
    const share = (floorMs / cpuMs).toFixed(2);
    console.log(
      `${name.padEnd(26)} ${perSecond.toFixed(0)}/s  ${cpuMs.toFixed(3)} ms CPU each (${(1000 / cpuMs).toFixed(0)}/s a core, ${share} of undici)`,
    );
  }
} finally {
  nginx.kill();
  rmSync(folder, { recursive: true });
}

function nines(url: string, deps: RunCheckDeps, verify: boolean): () => Promise<unknown> {
  const probe = probeOptions.parse({ type: 'http', url, tls: { verify } });
  const checks = Array.from(
    { length: IN_FLIGHT },
    (_, index): Check => ({ id: `c${index}`, everyMs: 30_000, timeoutMs: 10_000, probe: { ...probe } }),
  );
  let turn = 0;
  return async () => {
    const { observation, detail } = await runCheck(checks[turn++ % IN_FLIGHT] as Check, deps);
    if (observation.outcome !== 'up') throw new Error(`${url}: ${observation.reason} ${detail}`);
  };
}

function bareUndici(): () => Promise<unknown> {
  const idle = Array.from({ length: IN_FLIGHT }, () => new Client(`http://127.0.0.1:${HTTP_PORT}`));
  return () =>
    new Promise<void>((done, fail) => {
      const client = idle.pop() as Client;
      client.dispatch(
        { path: '/', method: 'GET', reset: true },
        {
          onRequestStart() {},
          onResponseStart() {},
          onResponseData() {},
          onResponseEnd() {
            idle.push(client);
            done();
          },
          onResponseError: (_controller, error) => fail(error),
        },
      );
    });
}

async function rate(measure: () => Promise<unknown>): Promise<Measured> {
  const until = performance.now() + ROUND_MS;
  const startedMs = performance.now();
  const startedCpu = process.cpuUsage();
  let count = 0;
  const loop = async () => {
    while (performance.now() < until) {
      await measure();
      count++;
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, loop));
  const { user, system } = process.cpuUsage(startedCpu);
  return { perSecond: (count * 1000) / (performance.now() - startedMs), cpuMs: (user + system) / 1000 / count };
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

function startNginx(into: string) {
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30'],
      ...['-keyout', join(into, 'key.pem'), '-out', join(into, 'cert.pem'), '-subj', '/CN=localhost'],
      ...['-addext', 'subjectAltName=DNS:localhost'],
    ],
    { stdio: 'ignore' },
  );
  writeFileSync(
    join(into, 'nginx.conf'),
    `daemon off; worker_processes 1; pid ${into}/pid; error_log stderr emerg;
events { worker_connections 4096; }
http { access_log off; client_body_temp_path ${into}/b; proxy_temp_path ${into}/p; fastcgi_temp_path ${into}/f; uwsgi_temp_path ${into}/u; scgi_temp_path ${into}/s;
  server { listen 127.0.0.1:${HTTP_PORT} backlog=4096; listen 127.0.0.1:${HTTPS_PORT} ssl backlog=4096; listen [::1]:${HTTPS_PORT} ssl backlog=4096;
    ssl_certificate ${into}/cert.pem; ssl_certificate_key ${into}/key.pem; ssl_session_cache off;
    location / { return 200 "hello\\n"; } } }
`,
  );
  return spawn('taskset', ['-c', '1', 'nginx', '-c', join(into, 'nginx.conf')], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}

async function listening(port: number): Promise<void> {
  for (;;) {
    const isOpen = await new Promise<boolean>((done) => {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => done(false));
      socket.on('connect', () => {
        socket.destroy();
        done(true);
      });
    });
    if (isOpen) return;
    await systemClock.sleep(50);
  }
}
