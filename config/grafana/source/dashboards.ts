import { check } from './check.ts';
import { contract } from './contract.ts';
import type { Dashboard } from './dashboard.ts';
import { overview } from './overview.ts';
import { phoneAndBackups } from './phone-and-backups.ts';

/** THE list of dashboards; each is a file of `config/grafana/dashboards`, written by `npm run dashboards`. */
export const dashboards: readonly Dashboard[] = [overview, contract, check, phoneAndBackups];
