// Plain JavaScript for Node 20: it runs before anything is installed. `node .toolchain/run.mjs <verb> [argument …]`
// installs what the lock file names when that is not there yet, then runs the verb under the project's own Node.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureInstalled } from './install.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** Verb → the program that does it, run by Node 26. */
const VERBS = {
  start: '.toolchain/start.ts',
  test: '.toolchain/test.ts',
  check: '.toolchain/check.ts',
  format: '.toolchain/format.ts',
  bench: 'test/bench/main.ts',
  dashboards: 'config/grafana/source/main.ts',
};

const [verb = '', ...args] = process.argv.slice(2);
const program = VERBS[verb];
if (program === undefined) stop(2, `usage: node .toolchain/run.mjs ${Object.keys(VERBS).join('|')} [argument …]`);
const unfit = unfitness();
if (unfit !== null) stop(1, unfit);
const failure = await ensureInstalled(ROOT, (line) => process.stderr.write(`${line}\n`));
if (failure !== null) stop(1, failure);
if (!existsSync(join(ROOT, program))) stop(1, `${verb}: ${program} is not part of this checkout.`);
run(program, args);

/** Why this machine cannot run Nines, as one sentence; `null` when it can. */
function unfitness() {
  const [major] = process.versions.node.split('.');
  if (Number(major) < 20) {
    return `Node ${process.versions.node} is too old: Nines needs Node 20 or newer to begin with (https://nodejs.org/).`;
  }
  if (process.platform !== 'linux' && process.platform !== 'darwin') {
    return `Nines runs on Linux and macOS, not on ${process.platform}; on Windows, run it inside WSL.`;
  }
  if (process.arch !== 'x64' && process.arch !== 'arm64') {
    return `Nines runs on x64 and arm64 processors, not on ${process.arch}.`;
  }
  return null;
}

/** Becomes the program as nearly as Node 20 can: same terminal, its signals passed on, its exit status taken over. */
function run(script, scriptArgs) {
  const bin = join(ROOT, 'node_modules', '.bin');
  const child = spawn(join(bin, 'node'), [join(ROOT, script), ...scriptArgs], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` },
  });
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT']) {
    process.on(signal, () => {
      // A terminal has already sent its Ctrl-C to the child too; a second one would mean "at once".
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on('error', (error) => stop(1, `${verb}: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}

function stop(code, sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(code);
}
