import { type StatementView, statementViewSchema } from '../../../collector/src/web/statement-view.ts';

const OCTOBER = { from_ms: Date.UTC(2026, 8, 30, 22), to_ms: Date.UTC(2026, 9, 31, 23) };
const OUTAGE_MS = Date.UTC(2026, 9, 11, 14, 3, 22);

const excluded = {
  from_ms: OUTAGE_MS - 7_200_000,
  to_ms: OUTAGE_MS - 3_600_000,
  kind: 'announced',
  reason: 'kernel update',
  evidence: 'announced by anna at 2026-10-08T09:00:00Z',
};

/** October of a contract, revised once, breached, with a credit, signed by the provider: a part of every kind. */
export const EXAMPLE_STATEMENT: StatementView = statementViewSchema.parse({
  state: 'approved',
  statement: {
    contract: { id: 'acme-hosting', version: 2, digest: '2'.repeat(64), customer: 'acme' },
    period: {
      name: '2026-10',
      time_zone: 'Europe/Berlin',
      from: '2026-10-01T00:00:00+02:00',
      to: '2026-11-01T00:00:00+01:00',
      ...OCTOBER,
    },
    revision: 2,
    frozen_at_ms: OCTOBER.to_ms + 90_000_000,
    program: 'nines-collector 0.0.0',
    claim_until_ms: OCTOBER.to_ms + 30 * 86_400_000,
    approvals: ['provider', 'customer'],
    why: ['observations of fra-web03 that came late'],
    changes: [
      { field: 'objectives[0].unknown', before: 32_400_000, after: 0 },
      { field: 'objectives[0].attainment', before: '99.8310012', after: '99.8313953' },
    ],
    figures: {
      objectives: [
        {
          objective: 'uptime',
          target: '99.9',
          period: { time_zone: 'Europe/Berlin' },
          verdict: 'breached',
          attainment: '99.8313953',
          low: '99.8310012',
          high: '99.8313953',
          coverage: '99.9930555',
          unit: 'ms',
          scale: 1,
          good: 2_677_478_000,
          bad: 4_522_000,
          unknown: 186_000,
          excluded: 3_600_000,
          error_budget: { total: 2_682_000, used: 4_522_000 },
          incidents: [
            {
              from_ms: OUTAGE_MS,
              to_ms: OUTAGE_MS + 4_522_000,
              checks: ['shop-home', 'shop-api'],
              reasons: ['connect-refused', 'http-status'],
            },
          ],
          exclusions: {
            applied: [excluded],
            not_applied: [{ ...excluded, explanation: 'the cap of 4 h a month is used up' }],
          },
        },
        {
          objective: 'speed',
          target: '95',
          period: { time_zone: 'Europe/Berlin' },
          verdict: 'met',
          attainment: '97.9061234',
          low: '97.9061234',
          high: '97.9061234',
          coverage: '100.0000000',
          unit: 'runs',
          scale: 1,
          good: 87_450,
          bad: 1_870,
          unknown: 0,
          excluded: 0,
          error_budget: { total: 4_466, used: 1_870 },
          incidents: [],
          exclusions: { applied: [], not_applied: [] },
        },
      ],
      settlements: [
        {
          currency: 'EUR',
          fee: '499.00',
          credit: { low: '49.90', high: '49.90' },
          reward: { low: '0.00', high: '0.00' },
          net: { low: '49.90', high: '49.90' },
          credits: [
            {
              objective: 'uptime',
              terms: '10 % below 99.9 %, 25 % below 99 %, at most 100 %',
              low: '49.90',
              high: '49.90',
              steps: {
                high: [
                  { rule: 'row of the table', figure: '99.8313953 % is below 99.9 %' },
                  { rule: 'price', figure: '10 % of EUR 499.00 = EUR 49.90' },
                ],
              },
            },
          ],
          rewards: [],
          steps: { high: [{ rule: 'total', figure: 'EUR 49.90' }] },
        },
      ],
    },
    digest: '3'.repeat(64),
    figures_digest: '4'.repeat(64),
    inputs_digest: '5'.repeat(64),
  },
  signatures: [{ by: 'anna', role: 'provider', decision: 'approved', comment: 'checked', at: '2026-11-02T09:00:00Z' }],
});
