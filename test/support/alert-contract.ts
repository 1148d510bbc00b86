import { expect, it } from 'vitest';
import { type Alert, alertKey } from '../../collector/src/alerts/alert.ts';
import { type Notice, noticeAlert, posted } from '../../collector/src/alerts/notices/notice.ts';
import type { CurrentStore } from './event-contract.ts';

/** A firing alert about a check, unless the fields say otherwise. */
export function anAlert(check: string, fields: Partial<Alert> = {}): Alert {
  const labels = { alertname: 'NinesCheckDown', check, severity: 'page' };
  return {
    key: alertKey(labels),
    labels,
    annotations: { summary: `${check} is down`, cause: 'down (timeout); fra: down (timeout)' },
    evidence: [{ kind: 'value', what: 'attainment', value: '99 %', limit: null }],
    url: null,
    state: 'firing',
    sinceMs: 1_000,
    firedAtMs: 61_000,
    clearSinceMs: null,
    resolvedAtMs: null,
    quiet: null,
    quietUntilMs: null,
    told: { ops: { state: 'firing', atMs: 61_000 } },
    ...fields,
  };
}

/** A notice about a check that is down, unless the fields say otherwise. */
export function aNotice(id: string, fields: Partial<Notice> = {}): Notice {
  return {
    id,
    receiver: 'ops',
    atMs: 61_000,
    why: 'change',
    group: { alertname: 'NinesCheckDown' },
    status: 'firing',
    firing: 1,
    alerts: [noticeAlert(anAlert('shop'))],
    leftOff: 0,
    ...fields,
  };
}

/** The promises of `AlertStore`, each a test. */
export function describeAlerts(current: CurrentStore): void {
  it('alerts are kept whole by their keys, the last word of each, until they are removed', async () => {
    const { store } = current();
    expect(await store.alerts()).toEqual([]);
    await store.changeAlerts({ put: [anAlert('shop'), anAlert('mail')], remove: [], notices: [] });
    expect(await store.alerts()).toEqual([anAlert('mail'), anAlert('shop')]);
    const resolved = anAlert('shop', { state: 'resolved', resolvedAtMs: 90_000 });
    await store.changeAlerts({ put: [resolved], remove: [anAlert('mail').key, 'never there'], notices: [] });
    expect(await store.alerts()).toEqual([resolved]);
  });

  it('notices stay in the order in which they were put, each once, as they were said to be last, until they are removed', async () => {
    const { store } = current();
    await store.changeAlerts({ put: [], remove: [], notices: [aNotice('n2'), aNotice('n1')] });
    const tried = { ...posted(aNotice('n2')), attempts: 3, lastError: 'answered 503' };
    await store.changeNotices({ put: [tried, posted(aNotice('never put'))], remove: [] });
    await store.changeAlerts({ put: [], remove: [], notices: [aNotice('n2')] });
    expect(await store.notices()).toEqual([tried, posted(aNotice('n1'))]);
    await store.changeNotices({ put: [], remove: ['n2', 'never put'] });
    expect(await store.notices()).toEqual([posted(aNotice('n1'))]);
  });

  it('alerts and notices are there after it was opened again', async () => {
    const { store, reopen, replace } = current();
    await store.changeAlerts({ put: [anAlert('shop')], remove: [], notices: [aNotice('n1')] });
    await store.close();
    const reopened = await reopen();
    replace(reopened);
    expect(await reopened.alerts()).toEqual([anAlert('shop')]);
    expect(await reopened.notices()).toEqual([posted(aNotice('n1'))]);
  });
}
