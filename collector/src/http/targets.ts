import type { ConfiguredAgent } from '../config/nines.ts';
import { targetGroups } from '../prometheus/targets.ts';
import type { Server } from './server.ts';

/** Registers `GET /api/v1/sd`: the agents to scrape, as `http_sd_configs` of Prometheus asks for them. */
export function registerTargets(server: Server, agents: () => readonly ConfiguredAgent[]): void {
  server.get('/api/v1/sd', async () => targetGroups(agents()));
}
