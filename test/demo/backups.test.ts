import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/folders.ts';
import { DAY_MS, nightsUntil, writeBackups } from './backups.ts';

describe('the demo’s backups', () => {
  it('lack one night in three weeks, the same one at whatever time the demo starts', () => {
    for (let day = 20_000; day < 20_042; day++) {
      const nights = nightsUntil(day * DAY_MS + DAY_MS / 2);
      expect(nights).toHaveLength(20);
      expect(Math.max(...nights)).toBeLessThanOrEqual(day);
      expect(nightsUntil(day * DAY_MS + DAY_MS - 1)).toEqual(nights);
    }
  });

  it('are there once each, from the nights that they tell of', () => {
    const folder = join(temporaryFolder(), 'backups');
    const nowMs = Date.UTC(2026, 10, 24, 12);
    writeBackups(folder, nowMs);
    writeBackups(folder, nowMs);
    const names = readdirSync(folder);
    expect(names).toHaveLength(20);
    for (const name of names) {
      expect(name).toBe(`shop-${statSync(join(folder, name)).mtime.toISOString().slice(0, 10)}.sql.gz`);
    }
  });
});
