import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadNines } from '../../../collector/src/config/nines.ts';
import { temporaryFolder } from '../../support/folders.ts';

function load(heartbeats: string) {
  const path = join(temporaryFolder(), 'nines.yaml');
  writeFileSync(path, `heartbeats:\n${heartbeats}`);
  return loadNines(path, { KEY: 'a-key', OTHER: 'another' }).heartbeats;
}

describe('heartbeats:', () => {
  it('are due every so long, or by a cron expression in a zone, an hour of grace unless said', () => {
    const heartbeats = load(`
  - { id: hourly, key: { env: KEY }, schedule: { every: 1h }, grace: 5m }
  - { id: nightly, key: { env: OTHER }, schedule: { cron: "0 2 * * *", time_zone: Europe/Berlin } }
`);
    expect(heartbeats).toEqual([
      { id: 'hourly', key: 'a-key', schedule: { everyMs: 3_600_000 }, graceMs: 300_000 },
      { id: 'nightly', key: 'another', schedule: { cron: '0 2 * * *', timeZone: 'Europe/Berlin' }, graceMs: 3_600_000 },
    ]);
  });

  it.each([
    ['schedule: { cron: "0 25 * * *" }', /3:\d+ heartbeats\[0\]\.schedule\.cron: .*no cron expression/],
    ['schedule: { cron: "0 2 * * *", time_zone: Europe/Bonn }', /no such time zone: "Europe\/Bonn"/],
    ['schedule: { every: daily }', /expected a duration/],
    ['schedule: { evry: 1d }', /schedule/],
  ])('%s is a mistake with its place', (schedule, message) => {
    expect(() => load(`\n  - { id: nightly, key: { env: KEY }, ${schedule} }`)).toThrow(message);
  });

  it('two of one name are a mistake', () => {
    const one = '  - { id: nightly, key: { env: KEY }, schedule: { every: 1d } }\n';
    expect(() => load(one + one)).toThrow(/"nightly" is also the id of heartbeats\[0\]/);
  });
});
