import { describe, expect, it } from 'vitest';
import { loadAssets } from '../../../collector/src/web/assets.ts';
import { renderStatement } from '../../../collector/src/web/render-statement.ts';
import { renderStatements } from '../../../collector/src/web/render-statement-list.ts';
import type { StatementView } from '../../../collector/src/web/statement-view.ts';
import { EXAMPLE_STATEMENT } from './example-statement.ts';

/** The text of a page, its tags gone. */
const textOf = (page: string) => page.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');

function changed(fields: Partial<StatementView['statement']>): StatementView {
  return { ...EXAMPLE_STATEMENT, statement: { ...EXAMPLE_STATEMENT.statement, ...fields } };
}

const page = (view: StatementView) =>
  textOf(renderStatement({ ...view, customerName: 'ACME GmbH & Söhne' }, loadAssets()));

describe('the page of a statement', () => {
  it('names the customer, not only its id', () => {
    const text = page(EXAMPLE_STATEMENT);
    expect(text).toContain('ACME GmbH &amp; Söhne (acme)');
  });

  it('tells of missed work in its own words, and leaves out of the changes what follows from others', () => {
    const { figures } = EXAMPLE_STATEMENT.statement;
    const [first] = figures.objectives;
    if (first === undefined) throw new Error('no objective');
    const tickets = [{ from_ms: 1_790_000_000_000, to_ms: null, checks: ['tickets/T-2'], reasons: [] }];
    const text = page(
      changed({
        figures: { ...figures, objectives: [{ ...first, unit: 'events', incidents: tickets }] },
        changes: [
          { field: 'objectives[0].bad', before: 1, after: 2 },
          { field: 'objectives[0].digest', before: 'a', after: 'b' },
          { field: 'settlements[0].steps.high[0].figure', before: 'a', after: 'b' },
        ],
      }),
    );
    expect(text).toContain('From Length What Outcome');
    expect(text).toContain('not over tickets/T-2 not over');
    expect(text).not.toContain('objectives[0].digest');
    expect(text).toContain('and 2 that follow from these');
  });
});

it('a period in which a version took over is listed by its parts', () => {
  const { contract, period } = EXAMPLE_STATEMENT.statement;
  const change = period.from_ms + 14 * 86_400_000;
  const later = { ...period, name: `${period.name}-v2`, from_ms: change };
  const newest = [
    changed({ period: later, contract: { ...contract, version: 2 } }),
    changed({ period: { ...period, to_ms: change }, contract: { ...contract, version: 1 } }),
  ];
  const text = textOf(String(renderStatements('acme-hosting', { newest, older: 0 })));
  expect(text).toContain('2026-10-v2 part 2 of 2: version 2, 2026-10-15 00:00 to 2026-11-01 00:00');
  expect(text).toContain('2026-10 part 1 of 2: version 1, 2026-10-01 00:00 to 2026-10-15 00:00');
  const whole = textOf(String(renderStatements('acme-hosting', { newest: [EXAMPLE_STATEMENT], older: 0 })));
  expect(whole).not.toContain('part 1');
});
