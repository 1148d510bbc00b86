// `npm start`: the demo; `npm start -- --config my.yaml`: that configuration, with its local agents. Runs under Node 26.
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigError, errorMessage } from '@nines/shared/errors.ts';
import { loadNines, type Nines } from '../collector/src/config/nines.ts';
import { RESTIC } from '../test/demo/restic.ts';
import { demoConfigPath } from './demo-config.ts';
import { closingLine, configuredGreeting, demoGreeting } from './greeting.ts';
import { addressOf, prepareLocalAgents } from './local-agents.ts';
import { isPortTaken } from './port.ts';
import { ROOT } from './steps.ts';
import { type Death, Supervisor } from './supervise.ts';

const USAGE = `usage: npm start                          a collector, two agents and a scripted world to measure
       npm start -- --config nines.yaml    that configuration, and its agents with "local: true"

Everything is kept below ./data (or the folder that the configuration names). Ctrl-C stops it.`;

const BIN = join(ROOT, 'node_modules', '.bin');
const READY_WITHIN_MS = 30_000;
const POLL_MS = 100;

/** Together less than the 10 s within which everything has to be gone. */
const STOP_WITHIN_MS = { agent: 4_000, collector: 4_500, world: 500 } as const;

// Exits even when something is still being started: by then nothing of it runs any more.
process.exit(await main(process.argv.slice(2)));

/** Resolves with the exit code: 0 stopped by a signal, 1 something ended by itself, 2 a mistake of the operator. */
async function main(args: readonly string[]): Promise<number> {
  const call = readCall(args);
  if (typeof call === 'string') {
    console.log(call);
    return call === USAGE ? 0 : 2;
  }
  const nines = readNines(call.configPath);
  if (typeof nines === 'string') {
    console.error(nines);
    return 2;
  }
  const { host, port } = nines.listen;
  if (port !== 0 && (await isPortTaken(host, port))) {
    console.error(`Port ${port} of ${host} is in use: stop what listens there (perhaps another "npm start") first.`);
    return 1;
  }
  const stopped = Promise.race(['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => once(process, signal)));
  // A second Ctrl-C while stopping changes nothing: everything is gone within 10 s anyway.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
  const supervisor = new Supervisor({ logFolder: logFolderOf(nines), cwd: ROOT });
  const up = call.isDemo ? startDemo(nines, supervisor) : startConfigured(nines, supervisor);
  const end = await Promise.race([stopped.then(() => null), supervisor.died, up.then(() => supervisor.died, toDeath)]);
  if (end === null) console.log('\nStopping …');
  await supervisor.stop();
  if (end === null) return 0;
  reportDeath(end);
  return 1;
}

function readCall(args: readonly string[]): { readonly configPath: string; readonly isDemo: boolean } | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { config: { type: 'string' }, help: { type: 'boolean' } },
    });
    if (values.help === true) return USAGE;
    if (values.config === undefined) return { configPath: demoConfigPath(), isDemo: true };
    // npm runs scripts in the checkout's folder and keeps the caller's in INIT_CWD.
    return { configPath: resolve(process.env.INIT_CWD ?? '', values.config), isDemo: false };
  } catch (error) {
    return `${errorMessage(error)}\n\n${USAGE}`;
  }
}

function readNines(configPath: string): Nines | string {
  try {
    return loadNines(configPath, process.env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}

async function startDemo(nines: Nines, supervisor: Supervisor): Promise<void> {
  const folder = nines.dataDirectory;
  const world = supervisor.start({
    name: 'world',
    command: process.execPath,
    args: [join(ROOT, 'test/demo/main.ts'), folder],
    stopWithinMs: STOP_WITHIN_MS.world,
  });
  await once(world, 'message');
  const beganMs = Date.now();
  await startPrograms(nines, supervisor, {
    caFile: join(folder, 'ca.pem'),
    batchInterval: '1s',
    allow: {
      files: ['queue_log', 'backups', 'restic', 'restic-password'].map((name) => join(folder, name)),
      commands: [RESTIC],
    },
  });
  console.log(demoGreeting(addressOf(nines), beganMs));
  console.log(closingLine(logFolderOf(nines)));
}

async function startConfigured(nines: Nines, supervisor: Supervisor): Promise<void> {
  const agents = await startPrograms(nines, supervisor, {});
  const address = addressOf(nines);
  console.log(configuredGreeting({ address, configPath: nines.path, checks: nines.checks.length, agents }));
  console.log(closingLine(logFolderOf(nines)));
}

/** The collector, and once it answers the local agents. Resolves with their names. */
async function startPrograms(
  nines: Nines,
  supervisor: Supervisor,
  settings: Parameters<typeof prepareLocalAgents>[1],
): Promise<string[]> {
  const agents = await prepareLocalAgents(nines, settings);
  supervisor.start({
    name: 'collector',
    command: join(BIN, 'nines-collector'),
    args: ['serve', '--config', nines.path],
    stopWithinMs: STOP_WITHIN_MS.collector,
  });
  await waitUntilReady(`${addressOf(nines)}/readyz`);
  for (const { name, configPath } of agents) {
    supervisor.start({
      name: `agent-${name}`,
      command: join(BIN, 'nines-agent'),
      args: ['run', '--config', configPath],
      stopWithinMs: STOP_WITHIN_MS.agent,
    });
  }
  return agents.map(({ name }) => name);
}

async function waitUntilReady(url: string): Promise<void> {
  for (const untilMs = Date.now() + READY_WITHIN_MS; Date.now() < untilMs; ) {
    const isReady = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (isReady) return;
    await new Promise((done) => setTimeout(done, POLL_MS));
  }
  throw new Error(`the collector did not answer ${url} within ${READY_WITHIN_MS / 1_000} s`);
}

function logFolderOf(nines: Nines): string {
  return join(nines.dataDirectory, 'logs');
}

/** A start that failed in this program, in the shape of a program that ended. */
function toDeath(error: unknown): Death {
  return { name: 'start', how: errorMessage(error), logPath: '', lastWords: '' };
}

function reportDeath({ name, how, logPath, lastWords }: Death): void {
  console.error(`\nEverything was stopped, because ${name} ended by itself (${how}).`);
  if (lastWords !== '') console.error(`The end of ${logPath}:\n\n${lastWords}`);
}
