import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProgram } from '../../../collector/src/cli/program.ts';
import { openStore } from '../../../collector/src/store/open.ts';
import { aDelivery, collect } from '../../support/batches.ts';
import { temporaryFolder } from '../../support/folders.ts';

async function call(...args: string[]) {
  const said = { out: '', err: '' };
  const code = await runProgram(args, {
    env: {},
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
  });
  return { code, ...said };
}

/** A configuration, its data folder with one batch, and a name for a backup. */
async function aStore() {
  const folder = temporaryFolder();
  const config = join(folder, 'nines.yaml');
  writeFileSync(config, 'collector: { data: data }\n');
  const directory = join(folder, 'data');
  const store = await openStore({ directory });
  await store.append(aDelivery());
  await store.close();
  return { config, directory, file: join(folder, 'backup.db') };
}

async function batchesIn(directory: string): Promise<number> {
  const store = await openStore({ directory });
  const entries = await collect(store.tail(0));
  await store.close();
  return entries.length;
}

describe('nines-collector backup and restore', () => {
  it('a backup beside a collector says how large it is and how long it took, and shows no progress in a pipe', async () => {
    const { config, directory, file } = await aStore();
    const store = await openStore({ directory });
    const { code, out, err } = await call('backup', file, '--config', config, '--json');
    await store.close();
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(out)).toEqual({ file, bytes: statSync(file).size, duration_ms: expect.any(Number) });
    const inWords = await call('backup', file, '--config', config, '--force');
    expect(inWords).toMatchObject({ code: 0, err: '' });
    expect(inWords.out).toMatch(/^\S+backup\.db: [\d.]+ KiB, copied and checked in [\d.]+ s\n$/);
  });

  it('a name that is taken, or the store itself, is a mistake in the call; no store is a failure', async () => {
    const { config, directory, file } = await aStore();
    writeFileSync(file, 'yesterday');
    const mistakes = [
      await call('backup', file, '--config', config),
      await call('backup', join(directory, 'nines.db'), '--config', config, '--force'),
      await call('backup', directory, '--config', config),
      await call('backup', '--config', config),
    ];
    expect(mistakes.map(({ code, out }) => [code, out])).toEqual(mistakes.map(() => [2, '']));
    expect(mistakes.map(({ err }) => err).join('')).toMatch(/--force[\s\S]*the store itself[\s\S]*is a folder/);
    rmSync(join(directory, 'nines.db'));
    expect(await call('backup', file, '--config', config, '--force')).toMatchObject({ code: 1, out: '' });
  });

  it('a restore brings the backup back and says where the database before it is', async () => {
    const { config, directory, file } = await aStore();
    await call('backup', file, '--config', config);
    const store = await openStore({ directory });
    await store.append(aDelivery({ sequence: 2 }));
    const refused = await call('restore', file, '--config', config);
    expect(refused).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/^another collector is using/) });
    await store.close();
    const { code, out, err } = await call('restore', file, '--config', config);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(
      /restored from \S+backup\.db[^\n]*\nthe database before it is kept as \S+\.before-restore-\w+\n/,
    );
    expect(await batchesIn(directory)).toBe(1);
    rmSync(directory, { recursive: true });
    const anew = await call('restore', file, '--config', config, '--json');
    const restored = { file: join(directory, 'nines.db'), from: file, bytes: statSync(file).size, kept: null };
    expect(JSON.parse(anew.out)).toEqual({ ...restored, duration_ms: expect.any(Number) });
    expect(await batchesIn(directory)).toBe(1);
    expect(readdirSync(directory).sort()).toEqual(['nines.db', 'nines.lock']);
  });

  it.each(['backup', 'restore'])('%s explains itself with an example', async (command) => {
    const { code, out } = await call(command, '--help');
    expect(code).toBe(0);
    expect(out).toContain(`Example:\n  $ nines-collector ${command} `);
  });
});
