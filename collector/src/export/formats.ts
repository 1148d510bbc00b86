import { csv } from './csv.ts';
import type { ExportFormat } from './format.ts';
import { ndjson } from './ndjson.ts';
import { openMetrics } from './open-metrics.ts';

/** THE table of formats that `nines-collector export` writes. */
export const exportFormats: Readonly<Record<string, ExportFormat>> = { csv, ndjson, openmetrics: openMetrics };
