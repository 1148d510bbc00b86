#!/usr/bin/env node
// Plain JavaScript that any Node of the last years can read, so that an old one gets a sentence and not a stack.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NEEDED_MAJOR = 26;
const SELF = fileURLToPath(import.meta.url);
const WARM_UP = '--warm-up';

// Measured with 1,000 http checks each 30 s: these take 10 MB off an agent and cost no time. A young generation that grows
// only with the load (bounded at 2 MB it costs a busy agent a twentieth), collected by one thread: there is too little for
// several, and one helps; undici's parser compiled once, not twice; one optimising compiler instead of two; gc() for what
// loading left behind.
const FRUGAL_FLAGS = [
  '--max-semi-space-size=16',
  '--v8-pool-size=1',
  '--no-parallel-scavenge',
  '--no-wasm-tier-up',
  '--no-maglev',
  '--expose-gc',
];
// glibc keeps what V8's compiler threads freed, one arena for each of them, unless told otherwise.
const FRUGAL_ENV = { MALLOC_ARENA_MAX: '1', MALLOC_TRIM_THRESHOLD_: '65536' };

if (Number(process.versions.node.split('.')[0]) < NEEDED_MAJOR) {
  process.stderr.write(
    `nines-agent needs Node ${NEEDED_MAJOR} or newer, this is ${process.version}; the checkout's own is node_modules/.bin/node\n`,
  );
  process.exitCode = 1;
} else {
  await start(process.argv[2]);
}

async function start(command) {
  leaveOutLocales();
  const isFrugal = process.execArgv.includes('--expose-gc');
  if (command === 'run' && !isFrugal && process.platform === 'linux') becomeFrugal();
  const cache = enableCompileCache();
  if (command === WARM_UP) {
    await import('../src/cli/run.ts');
    await import('../src/cli/program.ts');
    await (await import('../src/probes/index.ts')).loadProbes();
    return;
  }
  if (command === 'run' && cache !== null) warmUp(cache);
  await import('../src/main.ts');
}

/** Puts the same program in this process's place: its id, its files and its signals stay. Does not return. */
function becomeFrugal() {
  const args = [process.execPath, ...process.execArgv, ...FRUGAL_FLAGS, SELF, ...process.argv.slice(2)];
  process.execve(process.execPath, args, { ...FRUGAL_ENV, ...process.env });
}

/** The messages of zod in fifty languages, which its index loads whether or not they are used, would take 4 MB. */
function leaveOutLocales() {
  nodeModule.registerHooks({
    resolve(specifier, context, next) {
      const isLocales = specifier === '../locales/index.js' && context.parentURL?.includes('/zod/');
      return next(isLocales ? '../locales/en.js' : specifier, context);
    },
  });
}

/**
 * Without compiled code at hand Node loads its TypeScript compiler, which costs a long-running process 17 MB for good:
 * so another process compiles first. Never in a folder that others may write, as the system's for temporary files.
 */
function warmUp(cache) {
  // Compiled with other flags it is compiled anew.
  const stamp = join(cache, ['complete', process.version, ...process.execArgv].join(' ').replace(/[^\w.=-]/g, '_'));
  if (existsSync(stamp)) {
    // What was edited since then is compiled by this process, and kept for the next one.
    setTimeout(nodeModule.flushCompileCache, 10_000).unref();
    return;
  }
  const { status } = spawnSync(process.execPath, [...process.execArgv, SELF, WARM_UP]);
  if (status === 0) writeFileSync(stamp, '');
}

function enableCompileCache() {
  const directory = firstWritable([
    fileURLToPath(new URL('../node_modules/.cache/nines-agent', import.meta.url)),
    process.env.CACHE_DIRECTORY,
    join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'nines-agent'),
  ]);
  return directory === null ? null : (nodeModule.enableCompileCache(directory).directory ?? null);
}

function firstWritable(candidates) {
  for (const directory of candidates) {
    if (!directory) continue;
    try {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      accessSync(directory, constants.W_OK);
      return directory;
    } catch {
      // The next one may do; without any, the agent only takes more memory.
    }
  }
  return null;
}
