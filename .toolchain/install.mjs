// Plain JavaScript for Node 20, like run.mjs: brings node_modules in line with the lock file.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/** pnpm 11 and 12 do not start on Node 20. */
const PNPM = 'pnpm@10.34.8';
const LOCK = '.nines-installing';

/**
 * Installs when node_modules is not what the lock file says; without network and in milliseconds when it is. `report`
 * gets lines for a person. Resolves with `null`, or with one sentence that says what is missing.
 */
export async function ensureInstalled(root, report) {
  const modules = join(root, 'node_modules');
  const stamp = join(modules, '.nines-installed');
  const wanted = digest(root);
  const isCurrent = () => readOrNull(stamp) === wanted && existsSync(join(modules, 'node', 'bin', 'node'));
  if (isCurrent()) {
    linkNode(modules);
    return null;
  }
  const release = await lock(modules, report);
  try {
    // Another terminal may have installed while this one waited.
    if (isCurrent()) return null;
    return await install({ root, modules, stamp, wanted, report });
  } finally {
    release();
  }
}

async function install({ root, modules, stamp, wanted, report }) {
  const libc = missingLibc();
  if (libc !== null) return libc;
  rmSync(stamp, { force: true });
  // The script that brings Node 26 is itself run by the `node` found first, which must not be the one still missing.
  rmSync(join(modules, '.bin', 'node'), { force: true });
  report('Installing the dependencies that pnpm-lock.yaml names (about 20 s the first time) …');
  let result = await runPnpm(root);
  if (result.code !== 0 && explain(result).withOutput) {
    // What an interrupted install left behind can stop the next one; from nothing it works.
    for (const name of readdirSync(modules)) {
      if (!name.startsWith(LOCK)) rmSync(join(modules, name), { recursive: true, force: true });
    }
    result = await runPnpm(root);
  }
  if (result.code !== 0) {
    const { sentence, withOutput } = explain(result);
    if (withOutput) report(result.output.trimEnd());
    return sentence;
  }
  if (!existsSync(join(modules, 'node', 'bin', 'node'))) {
    report(result.output.trimEnd());
    return 'The install brought no Node 26 for this machine (npm package "node"); its output is above.';
  }
  linkNode(modules);
  // Written last: an interrupted install has no stamp and is done again.
  writeFileSync(`${stamp}.new`, wanted);
  renameSync(`${stamp}.new`, stamp);
  return null;
}

/** What node_modules has to agree with: lock file, workspace, every package.json, and the platform of the binaries. */
function digest(root) {
  const hash = createHash('sha256').update(`${PNPM} ${process.platform} ${process.arch}\n`);
  const packages = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules')
    .map((entry) => join(entry.name, 'package.json'))
    .sort();
  for (const name of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', ...packages]) {
    const text = readOrNull(join(root, name));
    if (text !== null) hash.update(`${name} ${text.length}\n${text}`);
  }
  return hash.digest('hex');
}

/**
 * pnpm makes `.bin/node` a shell script that stays in front of the program, so a signal to `nines-agent` would stop
 * the shell and leave the agent running. A link has nothing in front.
 */
function linkNode(modules) {
  const path = join(modules, '.bin', 'node');
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) return;
  const temporary = `${path}.${process.pid}`;
  symlinkSync(join('..', 'node', 'bin', 'node'), temporary);
  renameSync(temporary, path);
}

function runPnpm(root) {
  return new Promise((resolve) => {
    const child = spawn('npx', ['--yes', PNPM, 'install', '--frozen-lockfile', '--prefer-offline'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      // npm waits 10 s and 60 s between its attempts, which looks like a hang to somebody without network.
      env: { npm_config_fetch_retry_mintimeout: '1000', npm_config_fetch_retry_maxtimeout: '5000', ...process.env },
    });
    let output = '';
    const collect = (chunk) => {
      output += chunk;
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    const stop = (signal) => child.kill(signal);
    process.once('SIGTERM', stop).once('SIGINT', stop);
    child.on('error', (error) => resolve({ code: 127, output, error }));
    child.on('close', (code, signal) => {
      process.off('SIGTERM', stop).off('SIGINT', stop);
      resolve({ code: code ?? 1, output, signal });
    });
  });
}

const NO_NETWORK =
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT)\b/;

function explain({ code, output, error, signal }) {
  if (error?.code === 'ENOENT') {
    return {
      sentence: 'npx was not found: install npm, which comes with Node, and run this again.',
      withOutput: false,
    };
  }
  if (signal)
    return { sentence: `The install was interrupted (${signal}); the next call begins it again.`, withOutput: false };
  const network = NO_NETWORK.exec(output);
  if (network !== null) {
    return {
      sentence: `The dependencies cannot be downloaded: the npm registry cannot be reached (${network[1]}). Connect this machine to the network, or set its proxy with "npm config set proxy", and run this again.`,
      withOutput: false,
    };
  }
  if (/\bENOSPC\b/.test(output)) {
    return { sentence: 'The dependencies do not fit: no space is left on this disk.', withOutput: false };
  }
  return {
    sentence: `Installing the dependencies failed (pnpm ended with ${code}); its output is above.`,
    withOutput: true,
  };
}

function missingLibc() {
  if (process.platform !== 'linux') return null;
  const { header } = process.report.getReport();
  return header.glibcVersionRuntime === undefined
    ? 'Nines needs a Linux with glibc (Debian, Ubuntu, Fedora, …): Node 26 is not published for musl (Alpine).'
    : null;
}

/** One install at a time: two at once would take turns at undoing each other. Returns what lets go. */
async function lock(modules, report) {
  const path = join(modules, LOCK);
  mkdirSync(modules, { recursive: true });
  // Linked, not written: a lock that is there has its owner inside from the first moment.
  const own = `${path}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  for (let isToldOf = false; ; ) {
    try {
      linkSync(own, path);
      rmSync(own);
      return () => rmSync(path, { force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const owner = Number(readOrNull(path));
    if (!isAlive(owner)) {
      rmSync(path, { force: true });
      continue;
    }
    if (!isToldOf) report(`Waiting for the install that process ${owner} is doing …`);
    isToldOf = true;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

function isAlive(pid) {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function readOrNull(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
