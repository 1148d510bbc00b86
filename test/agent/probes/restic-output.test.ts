import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  expectChecked,
  literalPattern,
  readFileOf,
  readRestored,
  readSnapshots,
} from '../../../agent/src/probes/restic-output.ts';
import { capture } from '../../support/capture.ts';
import { reasonOf } from '../../support/reason-of.ts';

describe.each(['restic/0.14.0', 'restic/0.18.0'])('what %s prints', (version) => {
  it('is eleven snapshots, of which one was given another time', () => {
    const points = readSnapshots(capture(`${version}/snapshots-json`));
    expect(points).toHaveLength(11);
    // TZ=Asia/Kolkata restic backup --time "2025-11-30 23:59:59": 18:29:59 UTC.
    expect(points[0]?.startedAtMs).toBe(Date.UTC(2025, 10, 30, 18, 29, 59));
    // TZ=Europe/Berlin, in winter: an hour before what stands there.
    expect(points[3]?.startedAtMs).toBeGreaterThan(Date.UTC(2026, 10, 23, 8, 0));
    expect(points[3]?.startedAtMs).toBeLessThan(Date.UTC(2026, 10, 23, 9, 0));
  });

  it.each([
    ['snapshots-json-no-lock', 'up'],
    ['locked-by-backup-snapshots-json', 'up'],
    ['corrupt-pack-snapshots-json', 'up'],
    ['snapshots-empty-json', 'up'],
    ['snapshots-json-host-nomatch', 'up'],
    ['locked-exclusive-snapshots-json', 'unknown repository-locked'],
    ['wrong-password-snapshots-json', 'unknown repository-refused'],
    ['wrong-password-snapshots', 'unknown repository-refused'],
    ['no-password', 'unknown repository-refused'],
    ['missing-repo-snapshots-json', 'down repository-missing'],
    ['missing-repo-snapshots', 'down repository-missing'],
    ['unreachable-rest', 'unknown agent-error'],
  ])('%s: %s', (name, expected) => {
    expect(reasonOf(() => readSnapshots(capture(`${version}/${name}`)))).toBe(expected);
  });

  it.each([
    ['check-ok', 'up', 0],
    ['check-read-data-ok', 'up', 0],
    ['corrupt-pack-check-read-data', 'down repository-damaged', 1],
    ['missing-pack-check', 'down repository-damaged', 1],
    ['corrupt-index-check', 'down repository-damaged', 1],
    ['locked-exclusive-check', 'unknown repository-locked', undefined],
    ['wrong-password-check', 'unknown repository-refused', undefined],
    ['missing-repo-check', 'down repository-missing', undefined],
  ])('checks: %s: %s', (name, expected, mismatches) => {
    const values: Record<string, number> = {};
    expect(reasonOf(() => expectChecked(capture(`${version}/${name}`), values))).toBe(expected);
    expect(values.mismatches).toBe(mismatches);
  });

  it('is nothing when no snapshot matches', () => {
    expect(readSnapshots(capture(`${version}/snapshots-empty-json`))).toEqual([]);
  });
});

describe('a snapshot', () => {
  it('ended when its summary says, which restic writes since 0.17', () => {
    const third = readSnapshots(capture('restic/0.18.0/snapshots-json'))[2];
    // "backup_start":"2026-11-23T08:21:05.836957498Z","backup_end":"2026-11-23T08:21:06.520815114Z"
    expect(third).toMatchObject({
      startedAtMs: Date.UTC(2026, 10, 23, 8, 21, 5, 836),
      endedAtMs: Date.UTC(2026, 10, 23, 8, 21, 6, 520),
    });
  });

  it('that was given another time is as old as that, not as the hour in which it was made', () => {
    const [first] = readSnapshots(capture('restic/0.18.0/snapshots-json'));
    // Made from 13:51:12.011 to 13:51:12.732 in 2026, with --time 2025-11-30T23:59:59+05:30.
    expect(first).toMatchObject({
      startedAtMs: Date.UTC(2025, 10, 30, 18, 29, 59),
      endedAtMs: Date.UTC(2025, 10, 30, 18, 29, 59, 721),
      bytes: 450_009,
      files: 4,
    });
  });

  it('of an older version tells neither its end nor its size', () => {
    const [first] = readSnapshots(capture('restic/0.14.0/snapshots-json'));
    expect(first?.endedAtMs).toBe(first?.startedAtMs);
    expect(first).toMatchObject({ bytes: null, files: null });
  });

  it('that cannot be read is damage, although restic leaves it out and ends with 0', () => {
    const damaged = capture('restic/0.14.0/corrupt-snapshot-snapshots-json');
    expect(damaged.code).toBe(0);
    expect(reasonOf(() => readSnapshots(damaged))).toBe('down repository-damaged');
  });

  it('is never made up: any cut of the list is a fault of ours, not fewer backups', () => {
    const whole = capture('restic/0.18.0/snapshots-json');
    const length = whole.stdout.trimEnd().length;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: length - 1 }), (cut) => {
        const stdout = whole.stdout.slice(0, cut);
        expect(reasonOf(() => readSnapshots({ ...whole, stdout }))).toBe('unknown agent-error');
      }),
    );
  });
});

describe('a line of a snapshot’s list', () => {
  it('is a regular file, or nothing; an empty file has no size', () => {
    expect(readFileOf('{"name":"f","type":"file","path":"/a/f","size":300,"struct_type":"node"}')).toEqual({
      path: '/a/f',
      bytes: 300,
    });
    expect(readFileOf('{"name":"e","type":"file","path":"/a/e","struct_type":"node"}')).toEqual({
      path: '/a/e',
      bytes: 0,
    });
    for (const line of [
      '{"type":"dir","path":"/a"}',
      '{"struct_type":"snapshot","id":"1"}',
      'null',
      '',
      '[]',
      'text',
    ]) {
      expect(readFileOf(line)).toBeNull();
    }
  });

  it('that is cut or says something else of a file is a fault of ours', () => {
    const whole = '{"type":"file","path":"/a/f","size":300}';
    for (let cut = 1; cut < whole.length; cut++) expect(() => readFileOf(whole.slice(0, cut))).toThrow();
    expect(() => readFileOf('{"type":"file","size":300}')).toThrow(/without path or size/);
  });
});

it('a path as a pattern has every sign escaped that would fit something else', () => {
  expect(literalPattern('/a*b/[1]?\\c "d"')).toBe('/a\\*b/\\[1]\\?\\\\c "d"');
});

describe('what a restore says', () => {
  const files = ['/a', '/a b'].map((path) => ({ path, bytes: 1 }));
  const restored = (stderr: string, code = 1) => readRestored({ code, stdout: '', stderr }, files);

  it('against a file is known by its path', () => {
    const stderr = 'ignoring error for /a b: ciphertext verification failed\nFatal: There were 1 errors\n';
    expect([...restored(stderr)]).toEqual([['/a b', 'ciphertext verification failed']]);
    expect(restored('', 0).size).toBe(0);
  });

  it.each([
    ['ignoring error for /a: write /s/a: no space left on device\nFatal: There were 1 errors', 'unknown agent-error'],
    ['ignoring error for /a: dial tcp 192.0.2.1:443: i/o timeout\nFatal: There were 1 errors', 'unknown agent-error'],
    ['ignoring error for /other: what\nFatal: There were 1 errors', 'unknown agent-error'],
    ['Fatal: wrong password or no key found', 'unknown repository-refused'],
    ['', 'unknown agent-error'],
  ])('%j is no finding about files: %s', (stderr, expected) => {
    expect(reasonOf(() => restored(stderr))).toBe(expected);
  });
});
