import { MemoryStore } from '../../support/memory-store.ts';
import { describeStore } from '../../support/store-contract.ts';

describeStore('the memory store', async () => ({
  store: new MemoryStore(),
  reopen: null,
  dispose: async () => {},
}));
