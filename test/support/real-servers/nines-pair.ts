import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, runCommand } from '../programs.ts';
import { answersHttp, type Daemon, startDaemon } from './daemon.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

export interface NinesPairOptions {
  readonly folder: string;
  /** What the agent trusts beside the system's roots. */
  readonly caFile: string;
  /** Sections of `nines.yaml` beside `collector` and `agents`. */
  readonly sections: Readonly<Record<string, unknown>>;
}

/** A collector and one agent as an operator starts them, for a whole test file. */
export interface NinesPair {
  /** `127.0.0.1:PORT` of the collector, and of the agent. */
  readonly collector: string;
  readonly agent: string;
  readonly dataDirectory: string;
  startCollector(): Promise<Daemon>;
  startAgent(): Promise<Daemon>;
}

export const AGENT = 'web03';
export const LOCATION = 'fra';

/** Writes both configurations and issues the agent's token; starts nothing yet. */
export async function createNinesPair({ folder, caFile, sections }: NinesPairOptions): Promise<NinesPair> {
  const directory = join(folder, 'nines');
  mkdirSync(directory);
  const [collector, agent] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
  const dataDirectory = join(directory, 'data');
  const [ninesPath, agentPath] = [join(directory, 'nines.yaml'), join(directory, 'agent.yaml')];
  // JSON is YAML.
  write(ninesPath, {
    collector: { listen: collector, data: dataDirectory },
    agents: [{ name: AGENT, location: LOCATION }],
    ...sections,
  });
  write(agentPath, {
    collector: { url: `http://${collector}`, token: { file: 'token' } },
    name: AGENT,
    listen: agent,
    spool: { directory: join(directory, 'spool') },
    trust: { ca_file: caFile },
    // Delivered at once, so that the collector's gauges follow the runs closely.
    batch_interval: '200ms',
  });
  const issued = await runCommand('collector', ['agent', 'add', AGENT, '--config', ninesPath], { cwd: directory });
  if (issued.code !== 0) throw new Error(issued.err);
  writeFileSync(join(directory, 'token'), issued.out, { mode: 0o600 });
  const start = (program: string, args: readonly string[], address: string, ready: string) =>
    startDaemon({
      program: join(ROOT, program),
      args: [...args, '--log-level', 'warn'],
      cwd: directory,
      env: { PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ''}` },
      isReady: () => answersHttp(`http://${address}${ready}`),
    });
  return {
    collector,
    agent,
    dataDirectory,
    startCollector: () =>
      start('collector/bin/nines-collector.mjs', ['serve', '--config', ninesPath], collector, '/readyz'),
    startAgent: () => start('agent/bin/nines-agent.mjs', ['run', '--config', agentPath], agent, '/healthz'),
  };
}

function write(path: string, value: unknown): void {
  writeFileSync(path, JSON.stringify(value, null, 1));
}
