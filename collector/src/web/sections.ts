import { backupsNow } from '../backups/report.ts';
import { phoneView } from './phone-view.ts';
import { renderBackups } from './render-backups.ts';
import { renderPhone } from './render-phone.ts';
import type { Section } from './section.ts';

/** THE table of pages about one part of the house, in the order of their links. */
export const SECTIONS: readonly Section[] = [
  { path: '/phone', name: 'Telephone', view: async (now) => renderPhone(await phoneView(now)) },
  {
    path: '/backups',
    name: 'Backups',
    view: async (now) => renderBackups({ nowMs: now.nowMs, reports: await backupsNow(now) }),
  },
];
