// The demo world as a program: `node test/demo/main.ts FOLDER`. Tells its parent when everything listens.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { errorMessage } from '@nines/shared/errors.ts';
import { systemClock } from '@nines/shared/time/clock.ts';
import { writeBackups } from './backups.ts';
import { fillRepository, RESTIC } from './restic.ts';
import { startWorld } from './world.ts';

const [folder = 'data/demo'] = process.argv.slice(2);

try {
  writeBackups(join(folder, 'backups'), systemClock.nowMs());
  const stop = await startWorld({ clock: systemClock, folder });
  process.send?.('ready');
  const ending = new AbortController();
  process.once('SIGTERM', () => {
    ending.abort();
    void stop().then(() => process.exit(0));
  });
  if (existsSync(RESTIC)) await fillRepository(folder, systemClock.nowMs(), ending.signal);
} catch (error) {
  console.error(errorMessage(error));
  process.exit(1);
}
