import { attain } from '../evaluate/attain.ts';
import { bringersOf } from '../evaluate/events-of.ts';
import { type SettleOptions, settleContract } from '../evaluate/settle-contract.ts';
import { attainmentDocument } from '../http/attainment-document.ts';
import { periodDocument } from '../http/period-document.ts';
import { settlementDocument } from '../http/settlement-document.ts';
import { EventsRead } from './events-read.ts';
import { type EventInputs, inputsDigest } from './inputs-digest.ts';
import { plain, type StatementContent } from './statement.ts';
import { claimUntilMs, type StatementPeriod } from './statement-periods.ts';

/**
 * Everything that a statement says of a period that is over. It depends on the observations, the events, the decisions and the
 * contract alone, not on when it is computed. Rejects with `StoreError`.
 */
export async function statementContent(period: StatementPeriod, options: SettleOptions): Promise<StatementContent> {
  const { evaluation } = options;
  const { contract, judged } = period;
  const { timeZone } = contract;
  const attained = [];
  const inputs: EventInputs[] = [];
  for (const one of judged) {
    const { id, indicator } = one.objective;
    const bringers = 'source' in indicator ? bringersOf(indicator.source, evaluation.plan) : null;
    const events = evaluation.events && new EventsRead(evaluation.events, bringers);
    const recorded = events === undefined ? evaluation : { ...evaluation, events };
    attained.push({ ...one, attainment: await attain(one.objective, recorded, one.period) });
    if (events !== undefined && 'source' in indicator)
      inputs.push({ objective: id, stream: indicator.source.stream, ...events.digest() });
  }
  const settlements = await settleContract(contract, attained, options);
  return {
    contract: { id: contract.id, version: contract.version, digest: contract.digest, customer: contract.customer },
    period: periodDocument(period, timeZone),
    claim_until_ms: claimUntilMs(period),
    approvals: contract.approvals.map(({ role }) => role),
    figures: plain({
      objectives: attained.map(({ objective, attainment }) => attainmentDocument(objective, attainment)),
      settlements: settlements.map((settlement) => settlementDocument(settlement, timeZone)),
    }),
    inputs_digest: inputsDigest(period, evaluation, inputs),
  };
}
