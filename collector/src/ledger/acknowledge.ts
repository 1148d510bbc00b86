import { DecisionError } from './decision-error.ts';
import type { Ledger } from './ledger.ts';
import { type Person, requireRole } from './person.ts';
import type { Acknowledgement } from './register.ts';

/** What of an alert goes into the audit log. */
export interface AcknowledgedAlert {
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly sinceMs: number;
}

/**
 * Says that somebody is on an alert: nobody is reminded of it any more, and it goes no further up. Rejects with
 * `DecisionError`: `forbidden`, or `conflict` when somebody is already.
 */
export async function acknowledgeAlert(
  ledger: Ledger,
  person: Person,
  { alert, comment }: { readonly alert: AcknowledgedAlert; readonly comment: string | null },
): Promise<Acknowledgement> {
  requireRole(person, ['operator', 'provider']);
  const { id, labels, sinceMs } = alert;
  const known = ledger.register.acknowledgements.get(id);
  if (known !== undefined) throw new DecisionError('conflict', `${known.by} is on it already`);
  const body = { labels, since_ms: sinceMs, comment };
  await ledger.decide(person.name, { action: 'alert.acknowledged', subject: `alert/${id}`, body });
  const made = ledger.register.acknowledgements.get(id);
  if (made === undefined) throw new Error(`alert ${id} was acknowledged, and is not in the register`);
  return made;
}
