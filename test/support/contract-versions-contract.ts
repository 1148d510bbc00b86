import { expect, it } from 'vitest';
import type { Store } from '../../collector/src/store/store.ts';

function aVersion(contract: string, version: number, canonical = `{"of":"${contract}"}`) {
  return { contract, version, canonical, digest: `${version}`.repeat(64) };
}

/** The promises of `ContractStore`, each a test. */
export function describeContractVersions(current: () => { readonly store: Store }): void {
  it('contract versions are remembered with when they were first used, by contract and version', async () => {
    const { store } = current();
    expect(await store.contracts()).toEqual([]);
    await store.recordContracts([aVersion('shop', 2), aVersion('mail', 1)], 100);
    await store.recordContracts([aVersion('shop', 1), aVersion('mail', 1)], 200);
    expect(await store.contracts()).toEqual([
      { ...aVersion('mail', 1), recordedAtMs: 100 },
      { ...aVersion('shop', 1), recordedAtMs: 200 },
      { ...aVersion('shop', 2), recordedAtMs: 100 },
    ]);
  });

  it('a contract version stays as it was first recorded, and when it is no longer listed', async () => {
    const { store } = current();
    await store.recordContracts([aVersion('shop', 1)], 100);
    await store.recordContracts([aVersion('shop', 1, '{"of":"something else"}')], 200);
    await store.recordContracts([], 300);
    expect(await store.contracts()).toEqual([{ ...aVersion('shop', 1), recordedAtMs: 100 }]);
  });
}
