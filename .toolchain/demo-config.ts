import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isSeq, parseDocument } from 'yaml';
import { RESTIC } from '../test/demo/restic.ts';
import { ROOT } from './steps.ts';

/** What the demo has only where restic is installed. */
const OF_RESTIC = { checks: ['shop-restic', 'shop-restic-verify', 'shop-restic-restore'], contracts: ['acme-restic'] };

/** The demo's configuration: as it stands, or in `folder`, its data's, without what needs restic when there is none. */
export function demoConfigPath({ hasRestic = existsSync(RESTIC), folder = join(ROOT, 'data/demo') } = {}): string {
  const whole = join(ROOT, 'config/demo/nines.yaml');
  if (hasRestic) return whole;
  const document = parseDocument(readFileSync(whole, 'utf8'));
  for (const [list, ids] of Object.entries(OF_RESTIC)) {
    const entries = document.get(list);
    if (!isSeq(entries)) throw new Error(`config/demo/nines.yaml has no list of ${list}`);
    entries.items = entries.items.filter((_, index) => !ids.includes(String(document.getIn([list, index, 'id']))));
  }
  document.setIn(['collector', 'data'], folder);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'nines.yaml');
  writeFileSync(path, document.toString());
  return path;
}
