import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { dashboardOf } from '../../config/grafana/source/dashboard.ts';
import { dashboards } from '../../config/grafana/source/dashboards.ts';

const DIRECTORY = fileURLToPath(new URL('../../config/grafana/dashboards/', import.meta.url));

describe('dashboards', () => {
  it.each(dashboards)('$id is written as its source says; npm run dashboards writes it anew', (dashboard) => {
    const written = JSON.parse(readFileSync(join(DIRECTORY, `${dashboard.id}.json`), 'utf8'));
    expect(written).toEqual(JSON.parse(JSON.stringify(dashboardOf(dashboard))));
  });
});
