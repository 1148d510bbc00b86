import { writtenForm } from '@nines/shared/config/written-form.ts';
import { ConfigError, type Mistake } from '@nines/shared/errors.ts';
import * as z from 'zod';
import type { Contract } from '../sla/contract.ts';
import type { ContractStore, ContractVersion, RecordedContract } from '../store/contracts.ts';
import type { LedgerStore } from '../store/ledger.ts';
import { findBackdatedContracts } from './backdated-contracts.ts';
import { contractSchema } from './contracts.ts';
import type { Nines } from './nines.ts';

/** What a canonical form has in it that people have written. */
const CANONICAL = z.object({ form: z.unknown(), contract: contractSchema, calendars: z.unknown() });

/**
 * Remembers what every contract version of the configuration says. Rejects with `ConfigError` when a version says
 * something else than when it was first used, or would judge anew what is stated already: nothing is remembered then.
 */
export async function rememberContracts(
  nines: Nines,
  store: ContractStore & Pick<LedgerStore, 'ledger'>,
  atMs: number,
): Promise<void> {
  const recorded = await store.contracts();
  const backdated = await findBackdatedContracts(nines, recorded, store);
  const mistakes = [...findChangedContracts(nines, recorded), ...backdated];
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  await store.recordContracts(nines.contracts.filter(({ isDraft }) => !isDraft).map(toRecord), atMs);
}

function toRecord({ id, version, digest, canonical }: Contract): ContractVersion {
  return { contract: id, version, digest, canonical };
}

/** Each version that does not say what it said when it was recorded, with its place and both wordings. */
export function findChangedContracts(
  { contracts, contractPlaces, path }: Pick<Nines, 'contracts' | 'contractPlaces' | 'path'>,
  recorded: readonly RecordedContract[],
): Mistake[] {
  return contracts.flatMap((contract, index): Mistake[] => {
    const { id, version, digest, isDraft } = contract;
    const known = recorded.find((one) => one.contract === id && one.version === version);
    if (isDraft || known === undefined || known.digest === digest) return [];
    const { line, column } = contractPlaces[index] ?? { line: 0, column: 0 };
    const since = new Date(known.recordedAtMs).toISOString().slice(0, 10);
    const message = [
      `version ${version} of "${id}" is not what it was when it came into use on ${since}:`,
      ...differences(known.canonical, contract.canonical).map((difference) => `    ${difference}`),
      `  put it back, and write the change as version ${version + 1} beside it, with its own effective.from (what is still being negotiated says draft: true)`,
    ].join('\n');
    return [{ source: path, line, column, path: `contracts[${index}]`, message }];
  });
}

/** Two canonical forms as lines, `-` what was and `+` what is, by path. */
export function differences(before: string, after: string): string[] {
  const [was, is] = [flatten(JSON.parse(before)), flatten(JSON.parse(after))];
  const paths = [...new Set([...was.keys(), ...is.keys()])];
  return paths.flatMap((path) => {
    const [old, now] = [was.get(path), is.get(path)];
    if (old === now) return [];
    return [...(old === undefined ? [] : [`- ${path}: ${old}`]), ...(now === undefined ? [] : [`+ ${path}: ${now}`])];
  });
}

/**
 * Every leaf by its path, as people write it; an entry of a list is named by its id when it has one, so that its neighbours
 * stay the same.
 */
function flatten(document: unknown): Map<string, string> {
  const leaves = new Map<string, string>();
  const visit = (value: unknown, keys: readonly string[], name: string): void => {
    const members = typeof value === 'object' && value !== null ? Object.entries(value) : [];
    if (members.length === 0) leaves.set(name, writtenForm(value, { schema: CANONICAL, document, path: keys }));
    for (const [key, member] of members) {
      const step = Array.isArray(value) ? `[${idOf(member) ?? key}]` : `${name === '' ? '' : '.'}${key}`;
      visit(member, [...keys, key], name + step);
    }
  };
  visit(document, [], '');
  return leaves;
}

function idOf(member: unknown): string | null {
  const isNamed = typeof member === 'object' && member !== null && 'id' in member && typeof member.id === 'string';
  return isNamed ? String(member.id) : null;
}
