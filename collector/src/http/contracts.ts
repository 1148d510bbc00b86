import type { RunnersOf } from '../config/runners.ts';
import type { Evaluation } from '../evaluate/evidence.ts';
import { settleNamed } from '../evaluate/settle-contract.ts';
import type { ContractSettlements } from '../evaluate/settlements.ts';
import type { Contract } from '../sla/contract.ts';
import type { Settlement } from '../sla/credit/settle.ts';
import { contractDocument, settledContractDocument } from './contract-document.ts';
import { RequestError } from './errors.ts';
import { bad, refuseUnknown } from './query.ts';
import type { Server } from './server.ts';

/** What `GET /api/v1/contracts` needs. */
export interface ContractsOptions {
  readonly contracts: () => readonly Contract[];
  /** What is owed so far. */
  readonly settlements: () => Promise<readonly ContractSettlements[]>;
  readonly evaluation: () => Evaluation;
  /** For the sentences: how many look. */
  readonly runnersOf: RunnersOf;
}

interface Query {
  readonly period?: string;
}

const NO_KEYS: ReadonlySet<string> = new Set();
const KEYS: ReadonlySet<string> = new Set(['period']);
const JSON_TYPE = 'application/json; charset=utf-8';

/**
 * `GET /api/v1/contracts`: every version of every contract. `GET /api/v1/contracts/:id`: the versions of one, each with
 * what it owes and has earned in the periods that run, or in the `period` of that name.
 */
export function registerContracts(server: Server, options: ContractsOptions): void {
  server.get<{ Querystring: Query }>('/api/v1/contracts', async ({ query }, reply) => {
    refuseUnknown(query, NO_KEYS);
    return reply
      .header('cache-control', 'no-cache')
      .type(JSON_TYPE)
      .send(
        JSON.stringify({
          contracts: options.contracts().map((contract) => contractDocument(contract, options.runnersOf)),
        }),
      );
  });
  server.get<{ Params: { id: string }; Querystring: Query }>('/api/v1/contracts/:id', async (request, reply) => {
    const { params, query } = request;
    refuseUnknown(query, KEYS);
    const versions = options.contracts().filter(({ id }) => id === params.id);
    if (versions.length === 0) throw new RequestError('not-found', `there is no contract "${params.id}"`);
    const settled = await settlementsOf(versions, query.period, options);
    const documents = versions.map((contract) =>
      settledContractDocument(contract, settled.get(contract) ?? [], options.runnersOf),
    );
    return reply
      .header('cache-control', 'no-cache')
      .type(JSON_TYPE)
      .send(JSON.stringify({ at_ms: options.evaluation().nowMs, versions: documents }));
  });
}

async function settlementsOf(
  versions: readonly Contract[],
  period: string | undefined,
  { settlements, evaluation }: ContractsOptions,
): Promise<Map<Contract, readonly Settlement[]>> {
  if (period === undefined) {
    return new Map((await settlements()).map(({ contract, settlements: own }) => [contract, own]));
  }
  const found = new Map<Contract, readonly Settlement[]>();
  for (const contract of versions)
    found.set(contract, await settleNamed(contract, period, { evaluation: evaluation(), versions }));
  const hasMoney = versions.some(({ money }) => money !== null);
  if (hasMoney && [...found.values()].every((own) => own.length === 0))
    throw bad(`nothing about money was judged in a period "${period}"`);
  return found;
}
