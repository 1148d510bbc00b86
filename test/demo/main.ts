// The demo world as a program: `node test/demo/main.ts FOLDER`. Tells its parent when everything listens.
import { join } from 'node:path';
import { errorMessage } from '@nines/shared/errors.ts';
import { systemClock } from '@nines/shared/time/clock.ts';
import { writeBackups } from './backups.ts';
import { startWorld } from './world.ts';

const [folder = 'data/demo'] = process.argv.slice(2);

try {
  writeBackups(join(folder, 'backups'), systemClock.nowMs());
  const stop = await startWorld({ clock: systemClock, folder });
  process.send?.('ready');
  process.once('SIGTERM', () => void stop().then(() => process.exit(0)));
} catch (error) {
  console.error(errorMessage(error));
  process.exit(1);
}
