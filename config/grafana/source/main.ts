/** Writes `config/grafana/dashboards/*.json` from the sources beside this file: `npm run dashboards`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dashboardOf } from './dashboard.ts';
import { dashboards } from './dashboards.ts';

for (const dashboard of dashboards) {
  const path = join(import.meta.dirname, '../dashboards', `${dashboard.id}.json`);
  writeFileSync(path, `${JSON.stringify(dashboardOf(dashboard), null, 2)}\n`);
}
