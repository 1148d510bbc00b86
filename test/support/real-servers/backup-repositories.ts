import { hash } from 'node:crypto';
import { chmodSync, globSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../folders.ts';
import { runTool } from './tool.ts';

/** A repository of a program with one backup of a folder of two files. */
export interface Repository {
  readonly path: string;
  readonly source: string;
  readonly env: Readonly<Record<string, string>>;
}

/** What `source` holds: 1,000 lines of 31 bytes, and 10 bytes. */
export const SOURCE_BYTES = 31_010;

/** Runs a program to its end in an environment; rejects when it fails. */
export async function runIn(
  env: Readonly<Record<string, string>>,
  program: string,
  args: readonly string[],
): Promise<void> {
  const { code, err } = await runTool('env', [
    ...Object.entries(env).map((entry) => entry.join('=')),
    program,
    ...args,
  ]);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')}: ${err}`);
}

/** A repository of restic, of whose backup `args` say more. */
export async function newResticRepository(program: string, args: readonly string[] = []): Promise<Repository> {
  const folder = temporaryFolder();
  const env = {
    RESTIC_REPOSITORY: join(folder, 'repository'),
    RESTIC_PASSWORD: 'secret',
    RESTIC_CACHE_DIR: join(folder, 'cache'),
  };
  const source = sourceIn(folder);
  await runIn(env, program, ['init']);
  await runIn(env, program, ['backup', '--host=web-01', '--tag=nightly', ...args, source]);
  return { path: env.RESTIC_REPOSITORY, source, env };
}

/** A repository of borg, made in another zone than UTC, of whose archive `args` say more. */
export async function newBorgRepository(program: string, args: readonly string[] = []): Promise<Repository> {
  const folder = temporaryFolder();
  const env = {
    BORG_REPO: join(folder, 'repository'),
    BORG_PASSPHRASE: 'secret',
    BORG_BASE_DIR: join(folder, 'base'),
    TZ: 'Asia/Kolkata',
  };
  const source = sourceIn(folder);
  await runIn(env, program, ['init', '--encryption=repokey']);
  await runIn(env, program, ['create', ...args, '::web-01-today', source]);
  return { path: env.BORG_REPO, source, env };
}

function sourceIn(folder: string): string {
  const source = join(folder, 'source');
  mkdirSync(source);
  writeFileSync(join(source, 'orders.sql'), 'INSERT INTO orders VALUES (1);\n'.repeat(1000));
  writeFileSync(join(source, 'readme'), 'two files\n');
  return source;
}

/** Changes bytes of every file of a folder. */
export function damage(folder: string): void {
  for (const name of readdirSync(folder)) damageFile(join(folder, name));
}

/** Changes some bytes of the largest file below a folder. */
export function damageLargest(folder: string): void {
  const files = globSync('**', { cwd: folder })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
  const largest = files.toSorted((a, b) => statSync(b).size - statSync(a).size)[0];
  if (largest === undefined) throw new Error(`no file in ${folder}`);
  damageFile(largest);
}

function damageFile(path: string): void {
  const bytes = readFileSync(path);
  bytes.fill(0xaa, 10, 60);
  chmodSync(path, 0o600);
  writeFileSync(path, bytes);
}

/** What a folder holds: the digest of every file in it, by its name. */
export function contentOf(folder: string): Readonly<Record<string, string>> {
  const names = globSync('**', { cwd: folder }).toSorted();
  return Object.fromEntries(
    names
      .filter((name) => statSync(join(folder, name)).isFile())
      .map((name) => [name, hash('sha256', readFileSync(join(folder, name)))]),
  );
}
