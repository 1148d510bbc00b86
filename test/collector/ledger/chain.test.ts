import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChainCheck, GENESIS, hashEntry, linkEntry } from '../../../collector/src/ledger/chain.ts';
import type { LedgerEntry } from '../../../collector/src/store/ledger.ts';
import { aDraft } from '../../support/ledger-contract.ts';

function chainOf(count: number): LedgerEntry[] {
  const entries: LedgerEntry[] = [];
  for (let index = 0; index < count; index++) {
    entries.push(linkEntry(aDraft({ body: { index } }), entries.at(-1) ?? GENESIS));
  }
  return entries;
}

/** The sequence at which the chain first does not hold, and what is said of it; `null` when it holds. */
function firstBroken(entries: readonly LedgerEntry[]) {
  const check = new ChainCheck();
  for (const entry of entries) {
    const broken = check.follow(entry);
    if (broken !== null) return broken;
  }
  return null;
}

describe('the chain of the audit log', () => {
  it('a hash is SHA-256 over the hash before and the entry as canonical JSON, written out by hand', () => {
    const draft = { atMs: 5, actor: 'anna', action: 'a.b', subject: 's', body: { b: [1, 'é'], a: null } };
    const text = `${'0'.repeat(64)}{"action":"a.b","actor":"anna","at_ms":5,"body":{"a":null,"b":[1,"é"]},"sequence":1,"subject":"s"}`;
    const expected = createHash('sha256').update(Buffer.from(text, 'utf8')).digest('hex');
    expect(hashEntry({ ...draft, sequence: 1 }, '0'.repeat(64))).toBe(expected);
    expect(linkEntry(draft, GENESIS)).toMatchObject({ sequence: 1, prevHash: '0'.repeat(64), hash: expected });
  });

  it('a chain that nobody touched holds', () => {
    expect(firstBroken(chainOf(20))).toBeNull();
    expect(firstBroken([])).toBeNull();
  });

  it('whatever is changed in whatever entry, the first broken link is that entry', () => {
    const entries = chainOf(12);
    const changes = [
      { atMs: 1 },
      { actor: 'mallory' },
      { action: 'maintenance.cancelled' },
      { subject: 'maintenance/m-9' },
      { body: { index: 99 } },
      { body: 0.5 },
      { prevHash: 'f'.repeat(64) },
      { hash: 'f'.repeat(64) },
    ] as const;
    fc.assert(
      fc.property(fc.nat(entries.length - 1), fc.constantFrom(...changes), (index, change) => {
        const changed = entries.map((entry, at) => (at === index ? { ...entry, ...change } : entry));
        expect(firstBroken(changed)?.sequence).toBe(index + 1);
      }),
      { numRuns: 200 },
    );
  });

  it('an entry that was changed together with its own hash breaks the link behind it', () => {
    const entries = chainOf(5);
    const forged = linkEntry(aDraft({ body: 'forged' }), entries[1] ?? GENESIS);
    expect(firstBroken(entries.with(2, forged))).toEqual({
      sequence: 4,
      what: 'entry 4 does not follow entry 3 as that stands now',
    });
  });

  it('an entry that was taken out is named as missing', () => {
    expect(firstBroken(chainOf(5).toSpliced(2, 1))).toEqual({ sequence: 3, what: 'entry 3 is missing' });
  });
});
