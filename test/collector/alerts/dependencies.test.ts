import { describe, expect, it } from 'vitest';
import { blockedChecks } from '../../../collector/src/alerts/dependencies.ts';
import { anObjective, areUp } from '../../support/objectives.ts';
import { aCheck } from './snapshots.ts';

/** Two sites behind a host, that one behind an uplink. */
const DEPENDS_ON = new Map([
  ['shop', ['host']],
  ['blog', ['host']],
  ['host', ['uplink']],
]);

type Outcome = 'up' | 'down' | 'unknown';

function blocked(outcomes: Readonly<Record<string, Outcome>>) {
  const checks = Object.entries(outcomes).map(([check, outcome]) => ({ ...aCheck(outcome), check }));
  return blockedChecks(checks, DEPENDS_ON);
}

describe('what depends on something that is down', () => {
  it('calls nobody, and says what it depends on; what is down itself does', () => {
    const { check } = blocked({ shop: 'down', blog: 'down', host: 'down', uplink: 'up' });
    expect(check('shop')).toBe('depends on host, which is down');
    expect(check('host')).toBeNull();
  });

  it('is heard when that is up, or nobody knows', () => {
    expect(blocked({ shop: 'down', host: 'up', uplink: 'down' }).check('shop')).toBeNull();
    expect(blocked({ shop: 'down', host: 'unknown', uplink: 'up' }).check('shop')).toBeNull();
  });

  it('calls nobody either when the way between is unknown because of it', () => {
    expect(blocked({ shop: 'down', host: 'unknown', uplink: 'down' }).check('shop')).toContain('depends on host');
  });

  it('an objective is quiet when all its trouble is that of what its checks depend on', () => {
    const promise = anObjective(areUp('shop', 'blog'));
    const away = { host: 'down', uplink: 'up' } as const;
    expect(blocked({ shop: 'down', blog: 'up', ...away }).objective(promise)).toContain('depends on host');
    expect(blocked({ shop: 'up', blog: 'up', ...away }).objective(promise)).toBeNull();
    expect(blocked({ shop: 'down', blog: 'down', host: 'up', uplink: 'up' }).objective(promise)).toBeNull();
  });
});
