#!/usr/bin/env -S node --max-semi-space-size=1 --expose-gc
// Plain JavaScript that any Node of the last years can read, so that an old one gets a sentence and not a stack.
// A small young generation keeps the agent's memory down (4 MB); gc() gives back what loading took (run.ts).
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NEEDED_MAJOR = 26;
const WARM_UP = '--warm-up';

if (Number(process.versions.node.split('.')[0]) < NEEDED_MAJOR) {
  process.stderr.write(
    `nines-agent needs Node ${NEEDED_MAJOR} or newer, this is ${process.version}; the checkout's own is node_modules/.bin/node\n`,
  );
  process.exitCode = 1;
} else {
  const cache = enableCompileCache();
  if (process.argv[2] === WARM_UP) {
    await import('../src/cli/run.ts');
    await import('../src/cli/program.ts');
  } else {
    if (cache !== null && process.argv[2] === 'run') warmUp(cache);
    await import('../src/main.ts');
  }
}

/**
 * Without compiled code at hand Node loads its TypeScript compiler, which costs a long-running process 17 MB for good:
 * so another process compiles first. Never in a folder that others may write, as the system's for temporary files.
 */
function warmUp(cache) {
  const stamp = join(cache, `complete-${process.version}`);
  if (existsSync(stamp)) {
    // What was edited since then is compiled by this process, and kept for the next one.
    setTimeout(nodeModule.flushCompileCache, 10_000).unref();
    return;
  }
  const { status } = spawnSync(process.execPath, [...process.execArgv, fileURLToPath(import.meta.url), WARM_UP]);
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
