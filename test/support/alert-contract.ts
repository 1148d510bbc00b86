import { expect, it } from 'vitest';
import { type Alert, alertKey } from '../../collector/src/alerts/alert.ts';
import type { Store } from '../../collector/src/store/store.ts';

/** A firing alert about a check, unless the fields say otherwise. */
export function anAlert(check: string, fields: Partial<Alert> = {}): Alert {
  const labels = { alertname: 'NinesCheckDown', check, severity: 'page' };
  return {
    key: alertKey(labels),
    labels,
    annotations: { summary: `${check} is down`, cause: 'down (timeout); fra: down (timeout)' },
    url: null,
    state: 'firing',
    sinceMs: 1_000,
    firedAtMs: 61_000,
    clearSinceMs: null,
    resolvedAtMs: null,
    quiet: null,
    quietUntilMs: null,
    told: { ops: 'firing' },
    ...fields,
  };
}

/** The promises of `AlertStore`, each a test. */
export function describeAlerts(
  current: () => {
    readonly store: Store;
    readonly reopen: (() => Promise<Store>) | null;
    readonly replace: (next: Store) => void;
  },
): void {
  it('alerts are kept whole by their keys, the last word of each, until they are removed', async () => {
    const { store } = current();
    expect(await store.alerts()).toEqual([]);
    await store.changeAlerts({ put: [anAlert('shop'), anAlert('mail')], remove: [] });
    expect(await store.alerts()).toEqual([anAlert('mail'), anAlert('shop')]);
    const resolved = anAlert('shop', { state: 'resolved', resolvedAtMs: 90_000 });
    await store.changeAlerts({ put: [resolved], remove: [anAlert('mail').key, 'never there'] });
    expect(await store.alerts()).toEqual([resolved]);
  });

  it('a store that keeps files has its alerts after it was opened again', async ({ skip }) => {
    const { store, reopen, replace } = current();
    if (reopen === null) skip('keeps nothing');
    await store.changeAlerts({ put: [anAlert('shop')], remove: [] });
    await store.close();
    const reopened = (await reopen?.()) ?? store;
    replace(reopened);
    expect(await reopened.alerts()).toEqual([anAlert('shop')]);
  });
}
