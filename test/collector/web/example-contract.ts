import type { ContractDocument } from '../../../collector/src/http/contract-document.ts';
import type { ContractPage } from '../../../collector/src/web/render-contract.ts';
import { EXAMPLE_STATEMENT } from './example-statement.ts';

const VERSION: ContractDocument = {
  id: 'acme-hosting',
  customer: 'acme',
  version: 1,
  draft: false,
  digest: '1'.repeat(64),
  effective: { from: '2026-01-01T00:00:00+01:00', to: '2026-07-01T00:00:00+02:00' },
  time_zone: 'Europe/Berlin',
  objectives: [
    { id: 'uptime', service: 'managed-hosting', target: '99.9', sentence: 'Uptime: shop-home must be up.' },
    { id: 'speed', service: null, target: '95', sentence: 'Speed: shop-home must answer within 800 ms.' },
  ],
  terms: [
    { term: 'In force', text: 'from 2026-01-01 to 2026-06-30' },
    { term: 'Not counted', text: 'maintenance announced 48 h ahead' },
  ],
  fee: null,
  credits: [],
  rewards: [],
};

/** A contract with two versions, the newer one in force. */
export const EXAMPLE_CONTRACT: ContractPage = {
  id: 'acme-hosting',
  customerName: 'ACME GmbH',
  inForce: 2,
  versions: [
    { ...VERSION, version: 2, digest: '2'.repeat(64), effective: { from: '2026-07-01T00:00:00+02:00', to: null } },
    VERSION,
  ],
  objectives: [],
  money: [],
  statements: { newest: [EXAMPLE_STATEMENT], older: 3 },
};
