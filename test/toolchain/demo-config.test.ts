import { expect, it } from 'vitest';
import { demoConfigPath } from '../../.toolchain/demo-config.ts';
import { loadNines } from '../../collector/src/config/nines.ts';
import { temporaryFolder } from '../support/folders.ts';

it('without restic the demo is the same but for what restic alone could show, and keeps its data where it was', () => {
  const folder = temporaryFolder();
  const whole = loadNines(demoConfigPath({ hasRestic: true }));
  const reduced = loadNines(demoConfigPath({ hasRestic: false, folder }));
  const ids = (list: readonly { readonly id: string }[]) => list.map(({ id }) => id);
  expect(ids(reduced.checks)).toEqual(ids(whole.checks).filter((id) => !id.includes('restic')));
  expect(ids(reduced.contracts)).toEqual(ids(whole.contracts).filter((id) => !id.includes('restic')));
  expect(reduced.checks.length).toBeLessThan(whole.checks.length);
  expect(reduced.dataDirectory).toBe(folder);
});
