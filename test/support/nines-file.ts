import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '@nines/shared/errors.ts';
import { loadNines, type Nines } from '../../collector/src/config/nines.ts';

/** Writes a `nines.yaml` into a folder of its own and loads it. */
export function loadYaml(
  yaml: string,
  env: Record<string, string> = {},
  files: Readonly<Record<string, string>> = {},
): Nines {
  const folder = mkdtempSync(join(tmpdir(), 'nines-config-'));
  const path = join(folder, 'nines.yaml');
  writeFileSync(path, yaml);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return loadNines(path, env);
}

/** `files` lie beside it. Every mistake as `line:column path: message`, the folder cut off; empty when there is none. */
export function mistakesOf(yaml: string, files: Readonly<Record<string, string>> = {}): string[] {
  try {
    loadYaml(yaml, {}, files);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.mistakes.map(({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`);
  }
  return [];
}
