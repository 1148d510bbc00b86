import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectChecked, readArchives, readFileOf, withStatistics } from '../../../agent/src/probes/borg-output.ts';
import { capture } from '../../support/capture.ts';
import { reasonOf } from '../../support/reason-of.ts';

describe('what borg 1.4 prints', () => {
  it('are eleven archives, in UTC', () => {
    const points = readArchives(capture('borg/1.4.0/list-json-format'));
    expect(points).toHaveLength(11);
    expect(points[0]).toMatchObject({
      startedAtMs: Date.UTC(2025, 10, 30, 23, 59, 59),
      endedAtMs: Date.UTC(2025, 10, 30, 23, 59, 59),
    });
  });

  it('without {end} ends where it begins', () => {
    const [first] = readArchives(capture('borg/1.4.0/list-json'));
    expect(first?.endedAtMs).toBe(first?.startedAtMs);
  });

  it('of the newest archive is how large it is', () => {
    const points = readArchives(capture('borg/1.4.0/list-json-format'));
    const known = withStatistics(points, capture('borg/1.4.0/info-last1-json'));
    const told = known.filter(({ bytes }) => bytes !== null);
    // "id": "19a22b99…", "original_size": …, "nfiles": … of web-02-unreadable, the newest one.
    expect(told.map(({ id }) => id)).toEqual(['19a22b994f3dba5b393b8c41bd77eb08fa065baaa11fc8bc7542a7f72ab2c8b3']);
    const { archives } = JSON.parse(capture('borg/1.4.0/info-last1-json').stdout);
    expect(told[0]).toMatchObject({ bytes: archives[0].stats.original_size, files: archives[0].stats.nfiles });
  });

  it.each([
    ['list-json-empty', 'up'],
    ['locked-log-json', 'unknown repository-locked'],
    ['wrong-passphrase-log-json', 'unknown repository-refused'],
    ['missing-repo-list-log-json', 'down repository-missing'],
    ['missing-segment-info-last1-json', 'unknown agent-error'],
    ['no-repository', 'unknown agent-error'],
  ])('%s: %s', (name, expected) => {
    expect(reasonOf(() => readArchives(capture(`borg/1.4.0/${name}`)))).toBe(expected);
  });

  it('is never made up: any cut of the list is a fault of ours, not fewer backups', () => {
    const whole = capture('borg/1.4.0/list-json-format');
    const length = whole.stdout.trimEnd().length;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: length - 1 }), (cut) => {
        const stdout = whole.stdout.slice(0, cut);
        expect(reasonOf(() => readArchives({ ...whole, stdout }))).toBe('unknown agent-error');
      }),
    );
  });
});

it.each([
  ['check-log-json-ok', 'up', 0],
  // Checksum, count of the index, both counts, six objects that are gone, and the summary.
  ['corrupt-segment-check-log-json', 'down repository-damaged', 11],
  ['locked-log-json', 'unknown repository-locked', 0],
])('checks: %s: %s', (name, expected, mismatches) => {
  const values: Record<string, number> = {};
  expect(reasonOf(() => expectChecked(capture(`borg/1.4.0/${name}`), values))).toBe(expected);
  expect(values.mismatches).toBe(mismatches);
});

it('a line of an archive’s list is a regular file, or nothing; what is cut is a fault of ours', () => {
  const line = '{"type": "-", "path": "etc/motd", "healthy": true, "size": 4, "sha256": "80a3"}';
  expect(readFileOf(line)).toEqual({ path: 'etc/motd', bytes: 4, sha256: '80a3', isWhole: true });
  expect(readFileOf('{"type": "-", "path": "a", "healthy": false, "size": 0}')).toMatchObject({ isWhole: false });
  for (const other of ['{"type": "d", "path": "etc"}', 'null', '[]', '7']) expect(readFileOf(other)).toBeNull();
  for (let cut = 0; cut < line.length; cut++) expect(() => readFileOf(line.slice(0, cut))).toThrow();
});
