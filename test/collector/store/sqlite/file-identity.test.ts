import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openStore } from '../../../../collector/src/store/open.ts';
import { aDelivery } from '../../../support/batches.ts';
import { temporaryFolder } from '../../../support/folders.ts';

it.each([
  ['the database is deleted', (file: string) => rmSync(file)],
  ['its WAL is deleted', (file: string) => rmSync(`${file}-wal`)],
  ['the database is moved away', (file: string) => renameSync(file, `${file}.old`)],
])('nothing is acknowledged once %s under the running store', async (_, harm) => {
  const directory = temporaryFolder();
  const store = await openStore({ directory });
  await store.append(aDelivery({ sequence: 1 }));
  await store.append(aDelivery({ sequence: 2 }));
  harm(join(directory, 'nines.db'));
  for (const sequence of [3, 4]) {
    await expect(store.append(aDelivery({ sequence }))).rejects.toMatchObject({
      code: 'io',
      message: expect.stringContaining('was removed or replaced while in use'),
    });
  }
  await store.close();
});
