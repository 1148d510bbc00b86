#!/usr/bin/env node
// Plain JavaScript that any Node of the last years can read, so that an old one gets a sentence and not a stack.
import { fileURLToPath } from 'node:url';

const NEEDED_MAJOR = 26;

if (Number(process.versions.node.split('.')[0]) < NEEDED_MAJOR) {
  process.stderr.write(
    `nines-collector needs Node ${NEEDED_MAJOR} or newer, this is ${process.version}; the checkout's own is node_modules/.bin/node\n`,
  );
  process.exitCode = 1;
} else {
  if (process.argv[2] === 'serve' && process.platform === 'linux') becomeCached();
  await import('../src/main.ts');
}

/**
 * Without compiled code at hand Node loads its TypeScript compiler, once a thread: 45 MB for good. Threads heed only the
 * variable, and only from the start, so the same program takes this process's place with it; its id and its files stay.
 */
function becomeCached() {
  if (process.env.NODE_COMPILE_CACHE !== undefined) return;
  const directory = fileURLToPath(new URL('../node_modules/.cache/nines-collector', import.meta.url));
  // With V8's own measure, 16, garbage of the start would stay for good: 40 MB. Ingest takes 1 % more of the processor.
  const args = [process.execPath, '--max-semi-space-size=4', ...process.execArgv, ...process.argv.slice(1)];
  process.execve(process.execPath, args, { ...process.env, NODE_COMPILE_CACHE: directory });
}
