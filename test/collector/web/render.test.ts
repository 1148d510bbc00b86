import { describe, expect, it } from 'vitest';
import { objectiveView } from '../../../collector/src/web/page-model.ts';
import { renderFragment, renderNotFound, renderPage } from '../../../collector/src/web/render.ts';
import {
  exampleAgent,
  exampleAttainment,
  exampleCheck,
  exampleModel,
  exampleObjective,
  NOW_MS,
} from './example-model.ts';

const assets = { path: '/assets/0' };

describe('the page', () => {
  it('lets no name, reason or title become markup', () => {
    const hostile = `"'><img src=x onerror=alert(1)>`;
    const markup = renderPage(
      exampleModel({
        title: hostile,
        objectives: [
          objectiveView(
            exampleObjective({
              customer: hostile,
              contract: hostile,
              id: hostile,
              indicator: { kind: 'availability', checks: [hostile] },
            }),
            exampleAttainment({
              periodName: hostile,
              incidents: [
                {
                  fromMs: NOW_MS - 1_000,
                  toMs: null,
                  countedMs: 1_000,
                  checks: [hostile],
                  locations: [hostile],
                  reasons: [hostile],
                },
              ],
            }),
          ),
        ],
        checks: [
          exampleCheck({
            id: hostile,
            probe: hostile,
            state: 'down',
            reason: hostile,
            agents: [
              { agent: hostile, location: hostile, outcome: 'down', reason: hostile, atMs: NOW_MS, totalMicros: null },
            ],
          }),
        ],
        agents: [exampleAgent({ name: hostile, location: hostile })],
      }),
      assets,
    );
    expect(markup).not.toContain('<img');
    expect(markup).not.toContain(`"'>`);
    expect(markup.split('&lt;img').length).toBeGreaterThan(15);
    expect(renderNotFound(`/${hostile}`, assets)).not.toContain('<img');
  });

  it('has no script or style of its own: the policy forbids them', () => {
    const markup = renderPage(exampleModel(), assets);
    expect(markup).not.toMatch(/<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)/);
  });

  it('gives every id once, because the refresh matches by them', () => {
    const ids = [...renderPage(exampleModel(), assets).matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
    expect(ids.length).toBeGreaterThan(20);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('puts the worst check first and leaves the others in their order', () => {
    const markup = renderFragment(exampleModel(), assets);
    const ids = [...markup.matchAll(/<article class="check" id="check-([^"]*)"/g)].map(([, id]) => id);
    expect(ids).toEqual(['shop-api', 'zone', 'shop-home', 'mail-in']);
  });

  it('says what to do when there is nothing yet', () => {
    const markup = renderFragment(exampleModel({ objectives: [], checks: [], agents: [] }), assets);
    for (const text of ['No objectives yet', 'No checks yet', 'No agents yet']) expect(markup).toContain(text);
  });

  it('says in its title what is wrong, so that a tab in the background tells', () => {
    expect(renderPage(exampleModel(), assets)).toContain(
      '<title>1 breached · 1 down · sla.example.net · Nines</title>',
    );
    const calm = exampleModel({ objectives: [], checks: [exampleCheck()] });
    expect(renderPage(calm, assets)).toContain('<title>sla.example.net · Nines</title>');
  });

  it('lists the newest twenty incidents and counts the rest', () => {
    const incidents = Array.from({ length: 23 }, (_, index) => ({
      fromMs: NOW_MS - (23 - index) * 60_000,
      toMs: NOW_MS - (23 - index) * 60_000 + 1_000,
      countedMs: 1_000,
      checks: [`check-${index}`],
      locations: [],
      reasons: [],
    }));
    const model = exampleModel({ objectives: [objectiveView(exampleObjective(), exampleAttainment({ incidents }))] });
    const markup = renderFragment(model, assets);
    expect(markup).toContain('23 incidents');
    expect(markup).toContain('and 3 earlier');
    expect(markup).toContain('check-22');
    expect(markup).not.toContain('check-2<');
  });

  it('shows what is possible in the place of a share of the little that was measured', () => {
    const hardly = exampleAttainment({ attainmentPpb: 546_740_000, lowPpb: 30_000, highPpb: 999_970_000 });
    const shown = (coveragePpb: number) => {
      const objectives = [objectiveView(exampleObjective(), { ...hardly, coveragePpb })];
      const markup = renderFragment(exampleModel({ objectives, checks: [] }), assets);
      return markup.match(/Attainment<\/dt><dd class="figure[^>]*>([^<]*)/)?.[1];
    };
    expect([shown(499_999_999), shown(500_000_000)]).toEqual(['0.003–99.997 %', '54.674 %']);
  });
});

describe('every page', () => {
  it('has the same way to all others, and says which one it is', () => {
    const links = (markup: string) => [...markup.matchAll(/<a href="([^"]*)"( aria-current="page")?>/g)];
    const header = (markup: string) => /<nav.*<\/nav>/s.exec(markup)?.[0] ?? '';
    const pages = [renderPage(exampleModel(), assets), renderNotFound('/x', assets)].map((one) => links(header(one)));
    expect(pages.map((all) => all.map(([, path]) => path))).toEqual(
      pages.map(() => ['/', '/alerts', '/phone', '/backups']),
    );
    expect(pages.map((all) => all.flatMap(([, path, current]) => (current === undefined ? [] : [path])))).toEqual([
      ['/'],
      [],
    ]);
  });
});
