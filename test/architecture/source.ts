import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const PACKAGES = ['shared', 'agent', 'collector'] as const;

/** One file of the project; `path` is relative to the checkout, with `/`. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** One import (or re-export) of a file. `target` is a path of this project, a package's name, or `node:…`. */
export interface Import {
  readonly specifier: string;
  readonly target: string;
  /** Vanishes when types are stripped. */
  readonly isType: boolean;
  readonly isExport: boolean;
}

/** Every TypeScript file below the folders, sorted. */
export function readSources(folders: readonly string[]): SourceFile[] {
  return folders
    .flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) => posix.join(folder, name)),
    )
    .filter((path) => path.endsWith('.ts'))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
}

const STATIC = /^(import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm;
const DYNAMIC = /\bimport\(\s*'([^']+)'/g;

/** The imports of a file, formatted as Biome does (single quotes, statements at the beginning of a line). */
export function importsOf({ path, text }: SourceFile): Import[] {
  const found: Import[] = [];
  for (const [, keyword, type, specifier = ''] of text.matchAll(STATIC)) {
    const isExport = keyword === 'export';
    found.push({ specifier, target: targetOf(specifier, path), isType: type !== undefined, isExport });
  }
  for (const [, specifier = ''] of text.matchAll(DYNAMIC)) {
    found.push({ specifier, target: targetOf(specifier, path), isType: false, isExport: false });
  }
  return found;
}

function targetOf(specifier: string, from: string): string {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(from), specifier);
  const own = /^@nines\/(\w+)\/(?:src\/)?(.+)$/.exec(specifier);
  if (own !== null) return `${own[1]}/src/${own[2]}`;
  if (specifier.startsWith('node:')) return specifier;
  const parts = specifier.split('/');
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}

/** The text without comments and without what stands in quotes, for rules about words of code. */
export function codeOf(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|\s)\/\/.*$/gm, '$1')
    .replace(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g, "''");
}
