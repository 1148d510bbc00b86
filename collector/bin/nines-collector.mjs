#!/usr/bin/env node
// Plain JavaScript that any Node of the last years can read, so that an old one gets a sentence and not a stack.
const NEEDED_MAJOR = 26;

if (Number(process.versions.node.split('.')[0]) < NEEDED_MAJOR) {
  process.stderr.write(
    `nines-collector needs Node ${NEEDED_MAJOR} or newer, this is ${process.version}; the checkout's own is node_modules/.bin/node\n`,
  );
  process.exitCode = 1;
} else {
  await import('../src/main.ts');
}
