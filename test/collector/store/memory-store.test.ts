import { MemoryStore } from '../../support/memory-store.ts';
import { describeStore } from '../../support/store-contract.ts';

describeStore('the memory store', async () => {
  const store = new MemoryStore();
  return { store, reopen: async () => store.reopened(), dispose: async () => {} };
});
