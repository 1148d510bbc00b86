import { execFile } from 'node:child_process';
import { hash } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DAY_MS, DONE_MS, nightsUntil } from './backups.ts';

/** Where Debian has it; `config/demo/nines.yaml` names it, too. */
export const RESTIC = '/usr/bin/restic';

/** Each takes restic about a second. */
const SNAPSHOTS = 8;
const PAGES = 12;

const run = promisify(execFile);

/**
 * Makes a repository `restic` below a folder, with the password in `restic-password`: a snapshot of the shop's pages for
 * each of the last nights, as if it had been made then, but for the night that is missed. Rejects in restic's words, and
 * when `signal` aborts.
 */
export async function fillRepository(folder: string, nowMs: number, signal: AbortSignal): Promise<void> {
  const repository = join(folder, 'restic');
  const pages = join(folder, 'shop');
  const password = hash('sha256', folder);
  await rm(repository, { recursive: true, force: true });
  await mkdir(pages, { recursive: true });
  await writeFile(join(folder, 'restic-password'), password, { mode: 0o600 });
  // Times of snapshots are local ones.
  const env = { PATH: process.env.PATH, TZ: 'UTC', RESTIC_REPOSITORY: repository, RESTIC_PASSWORD: password };
  const restic = (...args: string[]) => run(RESTIC, ['--no-cache', '--quiet', ...args], { env, signal, cwd: folder });
  await restic('init');
  for (const night of nightsUntil(nowMs).slice(-SNAPSHOTS)) {
    await writePages(pages, night);
    const done = new Date(night * DAY_MS + DONE_MS).toISOString().slice(0, 19).replace('T', ' ');
    await restic('backup', '--host=shop', `--time=${done}`, pages);
  }
}

/** Of the pages one is new each night, and the others stay. */
async function writePages(folder: string, night: number): Promise<void> {
  for (let page = 0; page < PAGES; page++) {
    const since = night - ((night + page) % PAGES);
    const text = Array.from({ length: 40 }, (_, line) => hash('sha256', `${page} ${since} ${line}`)).join('\n');
    await writeFile(join(folder, `page-${page}.html`), `<!doctype html>\n${text}\n`);
  }
}
