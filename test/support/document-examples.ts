import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { temporaryFolder } from './folders.ts';

/** A document of the repository, by its path there. */
export function readDocument(path: string): string {
  return readFileSync(join(import.meta.dirname, '../..', path), 'utf8');
}

/** The fenced blocks of a language, in order. */
export function fencedBlocks(document: string, language: string): string[] {
  return [...document.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map((match) => match[1] ?? '');
}

/** Runs an example as a reader would: in a folder with the files that it needs and its variables set. */
export async function runExample(
  script: string,
  { files, env }: { readonly files: Readonly<Record<string, string>>; readonly env: Readonly<Record<string, string>> },
): Promise<string> {
  const cwd = temporaryFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
  return (await promisify(execFile)('sh', ['-c', script], { cwd, env: { ...process.env, ...env } })).stdout;
}
