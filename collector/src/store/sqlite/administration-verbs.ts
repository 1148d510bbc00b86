import type { AlertStore } from '../alerts.ts';
import type { AdministrationStore } from '../store.ts';
import type { StoreThreads } from './store-threads.ts';

/** The verbs of what the collector remembers of its own running: tokens, assignments, alerts. */
export function administrationVerbs(threads: StoreThreads): AdministrationStore & AlertStore {
  return {
    addToken: async (token) => threads.writing().ask('addToken', token),
    revokeTokens: async (agent, configuredHashes, atMs) =>
      threads.writing().ask('revokeTokens', { agent, configuredHashes, atMs }),
    tokens: async () => threads.reading().ask('tokens', null),
    recordAssignments: async (pairs, atMs) => threads.writing().ask('recordAssignments', { pairs, atMs }),
    assignments: async () => threads.reading().ask('assignments', null),
    changeAlerts: async (changes) => threads.write((writer) => writer.ask('changeAlerts', changes)),
    changeNotices: async (changes) => threads.write((writer) => writer.ask('changeNotices', changes)),
    notices: async () => threads.reading().ask('notices', null),
    alerts: async () => threads.reading().ask('alerts', null),
  };
}
