import { randomBytes } from 'node:crypto';
import { latestNoticeMs } from '../calendar/notice.ts';
import type { Nines } from '../config/nines.ts';
import { DecisionError } from './decision-error.ts';
import type { BodyOf } from './decisions.ts';
import type { Ledger } from './ledger.ts';
import { type Person, requireRole } from './person.ts';
import type { Maintenance } from './register.ts';
import { concerns } from './scope.ts';

/** What announcements may name. */
export type Known = Pick<Nines, 'contracts' | 'checks' | 'services'>;

/** Whether a contract lets an announced window out of its count, as far as notice goes. */
export interface Notice {
  readonly contract: string;
  readonly version: number;
  /** `not-in-contract`: it excludes no announced maintenance at all. */
  readonly standing: 'in-time' | 'late' | 'not-in-contract';
  /** The latest instant that would have been in time; `null` when there is none. */
  readonly announceByMs: number | null;
}

/**
 * Announces maintenance; the instant is the collector's own, so nobody can announce into the past. Rejects with
 * `DecisionError`: `forbidden`, `invalid` for a window that is over, empty or about nothing, `not-found` for names.
 */
export async function announceMaintenance(
  ledger: Ledger,
  { person, known }: { readonly person: Person; readonly known: Known },
  body: BodyOf<'maintenance.announced'>,
): Promise<Maintenance> {
  requireRole(person, ['operator', 'provider']);
  if (body.from_ms >= body.to_ms) throw new DecisionError('invalid', 'from has to be before to');
  if (body.to_ms <= ledger.nowMs()) {
    throw new DecisionError('invalid', 'this is over: what was not announced needs an exclusion that is approved');
  }
  requireKnown(body.scope, known);
  const id = newId('m');
  await ledger.decide(person.name, { action: 'maintenance.announced', subject: `maintenance/${id}`, body });
  return requireMaintenance(ledger, id);
}

/** Cancels maintenance from now on. Rejects with `DecisionError`: `forbidden`, `not-found`, `conflict` when it is over. */
export async function cancelMaintenance(
  ledger: Ledger,
  person: Person,
  { id, reason }: { readonly id: string; readonly reason: string },
): Promise<Maintenance> {
  requireRole(person, ['operator', 'provider']);
  const maintenance = requireMaintenance(ledger, id);
  if (maintenance.cancelled !== null) throw new DecisionError('conflict', `maintenance ${id} is cancelled already`);
  if (maintenance.to_ms <= ledger.nowMs()) {
    throw new DecisionError('conflict', `maintenance ${id} is over: there is nothing left to cancel`);
  }
  await ledger.decide(person.name, {
    action: 'maintenance.cancelled',
    subject: `maintenance/${id}`,
    body: { reason },
  });
  return requireMaintenance(ledger, id);
}

/** What each contract that the window concerns makes of its announcement, by the version that binds when it begins. */
export function noticesOf(maintenance: Maintenance, { contracts }: Pick<Nines, 'contracts'>): Notice[] {
  const { from_ms: fromMs, announced } = maintenance;
  return contracts
    .filter(({ effective }) => (effective.fromMs ?? 0) <= fromMs && fromMs < (effective.toMs ?? Number.MAX_VALUE))
    .filter(({ objectives }) => objectives.some((objective) => concerns(maintenance, objective)))
    .map(({ id, version, maintenance: { notice } }) => {
      const announceByMs = notice === null ? null : latestNoticeMs(notice, fromMs);
      const isInTime = announceByMs !== null && announced.atMs <= announceByMs;
      const standing = notice === null ? 'not-in-contract' : isInTime ? 'in-time' : 'late';
      return { contract: id, version, standing, announceByMs };
    });
}

/** Short enough to be typed, and never the same twice. */
export function newId(prefix: string): string {
  return `${prefix}-${randomBytes(5).toString('hex')}`;
}

function requireMaintenance({ register }: Ledger, id: string): Maintenance {
  const maintenance = register.maintenance.get(id);
  if (maintenance === undefined) throw new DecisionError('not-found', `no maintenance ${id} was announced`);
  return maintenance;
}

function requireKnown({ contracts, services, checks }: Maintenance['scope'], known: Known): void {
  if (contracts.length + services.length + checks.length === 0) {
    throw new DecisionError('invalid', 'name the contracts, services or checks that the maintenance is about');
  }
  const there: readonly (readonly [string, readonly string[], readonly { readonly id: string }[]])[] = [
    ['contract', contracts, known.contracts],
    ['service', services, known.services],
    ['check', checks, known.checks],
  ];
  for (const [what, names, list] of there) {
    const missing = names.find((name) => !list.some(({ id }) => id === name));
    if (missing !== undefined) throw new DecisionError('not-found', `no ${what} "${missing}" is configured`);
  }
}
