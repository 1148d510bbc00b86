import * as z from 'zod';
import { DECISIONS } from '../ledger/decisions.ts';
import { announceMaintenance, cancelMaintenance, type Known, noticesOf } from '../ledger/maintenance.ts';
import type { Maintenance } from '../ledger/register.ts';
import { type DecisionOptions, instantField, instantText, readBody, readStretch } from './decision-request.ts';
import type { Server } from './server.ts';

const { reason, evidence } = DECISIONS['maintenance.announced'].shape;
const names = z.array(z.string()).default([]);

const announcement = z.strictObject({
  from: instantField,
  to: instantField,
  reason,
  evidence: evidence.default([]),
  contracts: names,
  services: names,
  checks: names,
});

const cancellation = z.strictObject({ cancel: z.string(), reason });

const postSchema = z.union([announcement, cancellation]);

/**
 * `GET /api/v1/maintenance` lists what was announced, newest first, with what each contract makes of it.
 * `POST` announces (operator, provider), or cancels with `{ "cancel": ID, "reason": … }`; answers what then stands.
 */
export function registerMaintenance(server: Server, { ledger, known, person, onDecided }: DecisionOptions): void {
  server.get('/api/v1/maintenance', async (_request, reply) => {
    await ledger.refresh();
    const all = [...ledger.register.maintenance.values()].toSorted((a, b) => b.from_ms - a.from_ms);
    return reply.header('cache-control', 'no-cache').send({ maintenance: all.map((one) => document(one, known())) });
  });
  server.post('/api/v1/maintenance', async ({ headers, body }, reply) => {
    const by = person(headers.authorization);
    const wanted = readBody(postSchema, body);
    await ledger.refresh();
    if ('cancel' in wanted) {
      const cancelled = await cancelMaintenance(ledger, by, { id: wanted.cancel, reason: wanted.reason });
      onDecided(cancelled);
      return reply.send(document(cancelled, known()));
    }
    const { contracts, services, checks } = wanted;
    const announced = await announceMaintenance(
      ledger,
      { person: by, known: known() },
      {
        ...readStretch(wanted),
        reason: wanted.reason,
        evidence: wanted.evidence,
        scope: { contracts, services, checks },
      },
    );
    onDecided(announced);
    return reply.code(201).send(document(announced, known()));
  });
}

function document(maintenance: Maintenance, known: Known) {
  const { id, from_ms, to_ms, scope, announced, cancelled } = maintenance;
  return {
    id,
    from: instantText(from_ms),
    to: instantText(to_ms),
    from_ms,
    to_ms,
    reason: maintenance.reason,
    evidence: maintenance.evidence,
    ...scope,
    announced: { by: announced.by, at: instantText(announced.atMs), at_ms: announced.atMs },
    cancelled: cancelled && { by: cancelled.by, at: instantText(cancelled.atMs), reason: cancelled.reason },
    notice: noticesOf(maintenance, known).map(({ contract, version, standing, announceByMs }) => ({
      contract,
      version,
      standing,
      announce_by: announceByMs === null ? null : instantText(announceByMs),
    })),
  };
}
