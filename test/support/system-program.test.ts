import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findProgram } from './system-program.ts';

const folder = mkdtempSync(join(tmpdir(), 'nines-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('finding a program of the system', () => {
  it('gives its path when it can be run', () => {
    writeFileSync(join(folder, 'nines-tool'), '#!/bin/sh\n', { mode: 0o755 });
    expect(findProgram('nines-tool', `/nowhere:${folder}`)).toBe(join(folder, 'nines-tool'));
  });

  it('is null for what is missing, cannot be run, or is a folder', () => {
    writeFileSync(join(folder, 'nines-notes'), '', { mode: 0o644 });
    mkdirSync(join(folder, 'nines-folder'));
    const found = ['nines-nothing', 'nines-notes', 'nines-folder'].map((name) => findProgram(name, folder));
    expect(found).toEqual([null, null, null]);
  });
});
