import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { localTokenPath, type Nines } from '../collector/src/config/nines.ts';
import { freePortFrom } from './port.ts';

/** An agent that `npm start` runs on this machine, and its own file. */
export interface LocalAgent {
  readonly name: string;
  readonly configPath: string;
}

export interface LocalAgentSettings {
  /** PEM file with an authority to trust beside the system's. */
  readonly caFile?: string;
  readonly batchInterval?: string;
  /** What checks may read and run on this machine. */
  readonly allow?: { readonly files: readonly string[]; readonly commands: readonly string[] };
}

const FIRST_AGENT_PORT = 9641;

/**
 * A token and an agent.yaml for every agent with `local: true`, below the collector's data folder, where the collector
 * looks for the token too. A token that is there stays, so that a spool of an earlier start can still be delivered.
 */
export async function prepareLocalAgents(nines: Nines, settings: LocalAgentSettings): Promise<LocalAgent[]> {
  const agents: LocalAgent[] = [];
  let port = FIRST_AGENT_PORT;
  for (const { name, local } of nines.agents) {
    if (!local) continue;
    port = await freePortFrom(port);
    const tokenPath = localTokenPath(nines.dataDirectory, name);
    const folder = dirname(tokenPath);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (!existsSync(tokenPath)) writeFileSync(tokenPath, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600 });
    const configPath = join(folder, 'agent.yaml');
    const { caFile, batchInterval, allow } = settings;
    const config = {
      collector: { url: addressOf(nines), token: { file: 'token' } },
      name,
      listen: `127.0.0.1:${port}`,
      spool: { directory: 'spool' },
      ...(caFile === undefined ? {} : { trust: { ca_file: caFile } }),
      ...(batchInterval === undefined ? {} : { batch_interval: batchInterval }),
      ...(allow === undefined ? {} : { allow }),
    };
    writeFileSync(configPath, `# Written by "npm start" each time; changes are lost.\n${stringify(config)}`);
    agents.push({ name, configPath });
    port++;
  }
  return agents;
}

/** Where a program on this machine reaches the collector. */
export function addressOf({ listen: { host, port } }: Pick<Nines, 'listen'>): string {
  const near = new Map([
    ['0.0.0.0', '127.0.0.1'],
    ['::', '::1'],
  ]);
  const reached = near.get(host) ?? host;
  return `http://${reached.includes(':') ? `[${reached}]` : reached}:${port}`;
}
