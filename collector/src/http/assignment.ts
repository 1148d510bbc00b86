import { createHash } from 'node:crypto';
import type { Assignment } from '@nines/shared/check.ts';
import type { Nines } from '../config/nines.ts';
import type { Authenticator } from './authenticate.ts';
import type { Server } from './server.ts';

/** What `GET /api/v1/agents/self/checks` needs; `nines` is asked at each request, because it can be reloaded. */
export interface AssignmentOptions {
  readonly authenticator: Pick<Authenticator, 'agentOf'>;
  readonly nines: () => Nines;
}

/** Hands each agent its checks. The `ETag` is a digest of them, so an agent asks often and is answered 304. */
export function registerAssignment(server: Server, { authenticator, nines }: AssignmentOptions): void {
  server.get('/api/v1/agents/self/checks', (request, reply) => {
    const agent = authenticator.agentOf(request.headers.authorization);
    const body = JSON.stringify(assignmentFor(nines(), agent));
    const tag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
    reply.header('etag', tag).header('cache-control', 'no-cache');
    if (request.headers['if-none-match'] === tag) return reply.code(304).send();
    return reply.type('application/json; charset=utf-8').send(body);
  });
}

/** The checks of one agent, in the order of the configuration. */
export function assignmentFor(nines: Pick<Nines, 'checks'>, agent: string): Assignment {
  const own = nines.checks.filter((check) => check.agents.includes(agent));
  return {
    version: 1,
    agent,
    checks: own.map((check) => ({
      id: check.id,
      every_ms: check.everyMs,
      timeout_ms: check.timeoutMs,
      ...(check.schedule === null
        ? {}
        : { schedule: { cron: check.schedule.cron, time_zone: check.schedule.timeZone } }),
      probe: check.writtenProbe,
    })),
  };
}
