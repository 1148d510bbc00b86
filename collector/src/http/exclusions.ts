import * as z from 'zod';
import { DECISIONS } from '../ledger/decisions.ts';
import {
  contractAt,
  decideExclusionRequest,
  exclusionApprover,
  requestExclusion,
} from '../ledger/exclusion-requests.ts';
import type { Known } from '../ledger/maintenance.ts';
import type { ExclusionRequest } from '../ledger/register.ts';
import { type DecisionOptions, instantField, instantText, readBody, readStretch } from './decision-request.ts';
import type { Server } from './server.ts';

const { reason, evidence } = DECISIONS['exclusion.requested'].shape;

const request = z.strictObject({
  contract: z.string(),
  objectives: z.array(z.string()).default([]),
  from: instantField,
  to: instantField,
  reason,
  evidence,
});

const decision = z.union([
  z.strictObject({ approve: z.string(), comment: reason.optional() }),
  z.strictObject({ reject: z.string(), comment: reason.optional() }),
]);

const postSchema = z.union([request, decision]);

/**
 * `GET /api/v1/exclusions` lists what was asked for after the fact. `POST` asks for one, or decides about one with
 * `{ "approve": ID }` or `{ "reject": ID }`, in the role that the contract asks for; answers what then stands.
 */
export function registerExclusions(server: Server, options: DecisionOptions): void {
  const { ledger, known, person, onDecided } = options;
  server.get('/api/v1/exclusions', async (_request, reply) => {
    await ledger.refresh();
    const all = [...ledger.register.exclusions.values()].toSorted((a, b) => b.from_ms - a.from_ms);
    return reply.header('cache-control', 'no-cache').send({ exclusions: all.map((one) => document(one, known())) });
  });
  server.post('/api/v1/exclusions', async ({ headers, body }, reply) => {
    const by = { person: person(headers.authorization), known: known() };
    const wanted = readBody(postSchema, body);
    await ledger.refresh();
    if ('contract' in wanted) {
      const { from: _from, to: _to, ...rest } = wanted;
      const requested = await requestExclusion(ledger, by, { ...rest, ...readStretch(wanted) });
      return reply.code(201).send(document(requested, known()));
    }
    const decided = await decideExclusionRequest(ledger, by, {
      id: 'approve' in wanted ? wanted.approve : wanted.reject,
      decision: 'approve' in wanted ? 'approved' : 'rejected',
      comment: wanted.comment ?? null,
    });
    if (decided.state === 'approved') onDecided(decided);
    return reply.send(document(decided, known()));
  });
}

function document(one: ExclusionRequest, known: Known) {
  const { id, contract, objectives, from_ms, to_ms, reason, evidence, requested, state, decided } = one;
  return {
    id,
    contract,
    objectives,
    from: instantText(from_ms),
    to: instantText(to_ms),
    from_ms,
    to_ms,
    reason,
    evidence,
    state,
    requested: { by: requested.by, at: instantText(requested.atMs) },
    decided: decided && {
      by: decided.by,
      role: decided.role,
      at: instantText(decided.atMs),
      comment: decided.comment,
    },
    needs: decided === null ? approverOf(one, known) : null,
  };
}

/** Whose approval it waits for; `null` when the contract is not configured any more. */
function approverOf({ contract, from_ms }: ExclusionRequest, known: Known) {
  const isThere = known.contracts.some(({ id }) => id === contract);
  return isThere ? exclusionApprover(contractAt(known, contract, from_ms)) : null;
}
