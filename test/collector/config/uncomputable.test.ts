/** Nothing starts on a contract that cannot be computed: what could never be down, known or seen is refused at its place. */
import { describe, expect, it } from 'vitest';
import { objectiveSentence } from '../../../collector/src/wording/objective-sentence.ts';
import { loadYaml, mistakesOf } from '../../support/nines-file.ts';

function contract(indicator: string, effective = '{ from: 2026-01-01 }'): string {
  return `
agents: [{ name: web, location: fra }, { name: mail, location: fra }, { name: far, location: nyc }]
checks:
  - { id: shop, probe: { type: tcp, host: shop.example, port: 443 } }
  - { id: inner, from: [fra], probe: { type: tcp, host: inner.example, port: 443 } }
  - { id: backup, from: [web], probe: { type: borg, repository: /srv/borg } }
customers: [{ id: acme }]
contracts:
  - id: hosting
    customer: acme
    effective: ${effective}
    objectives:
      - id: promise
        indicator: ${indicator}
        target: "99.9"
        period: calendar_month
`;
}

describe('more agents than run a check', () => {
  it.each([
    [
      '{ kind: availability, checks: [shop], quorum: 4 }',
      '14:66 contracts[0].objectives[0].indicator.quorum: 3 agents run shop, so it could never be down: expected at most 3, or more agents in its "from"',
    ],
    [
      '{ kind: availability, checks: [shop, inner], min_reporting: 3 }',
      '14:80 contracts[0].objectives[0].indicator.min_reporting: 2 agents run inner, so nothing of it would ever be known: expected at most 2, or more agents in its "from"',
    ],
  ])('are refused: %s', (indicator, mistake) => {
    expect(mistakesOf(contract(indicator))).toEqual([mistake]);
  });

  it('as many as run it are not', () => {
    expect(mistakesOf(contract('{ kind: availability, checks: [shop], quorum: 3, min_reporting: 3 }'))).toEqual([]);
  });

  it('are no mistake of a version that is over: its time was judged by the agents of then', () => {
    const over = contract('{ kind: availability, checks: [shop], quorum: 4 }', '{ from: 2020-01-01, to: 2020-12-31 }');
    expect(loadYaml(over).contracts).toHaveLength(1);
  });
});

describe('events', () => {
  it('of a check that brings none are refused: it would vouch for what it never sees', () => {
    const indicator = '{ kind: freshness, stream: backups, checks: [shop], good: { outcome: good }, at_most: 26h }';
    expect(mistakesOf(contract(indicator))).toEqual([
      '14:65 contracts[0].objectives[0].indicator.checks[0]: shop is of the type tcp, which brings no events; leave it out when something else sends "backups"',
    ]);
  });

  it('of a check that brings others are refused', () => {
    const indicator = '{ kind: phone_abandonment, checks: [backup] }';
    expect(mistakesOf(contract(indicator))).toEqual([
      expect.stringContaining(
        'backup is of the type borg, which brings events of the stream backups; leave it out when something else sends "calls"',
      ),
    ]);
  });

  it('of the check that brings them are read', () => {
    const indicator = '{ kind: freshness, stream: backups, checks: [backup], good: { outcome: good }, at_most: 26h }';
    expect(mistakesOf(contract(indicator))).toEqual([]);
  });

  it.each([
    ['until: first_reply', 'until: expected the name of a value'],
    ['paused: on_hold', 'paused: expected the name of a value that ends with its unit, _ms or _s'],
  ])('are not timed by a value whose unit its name does not say: %s', (field, mistake) => {
    const indicator = `{ kind: duration_target, stream: tickets, ${field}, limits: [{ within: 1h }] }`;
    expect(mistakesOf(contract(indicator))).toEqual([expect.stringContaining(mistake)]);
  });
});

describe('several checks of which so many have to be up', () => {
  // EC2's region-level promise: a region is unavailable while two or more of its zones are.
  const region = (combine: string, more = '') =>
    contract(`{ kind: availability, checks: [shop, inner], combine: ${combine}${more} }`);

  it('are read, and said in words', () => {
    const { contracts, objectives } = loadYaml(region('{ at_least: 2 }'));
    const [objective] = objectives;
    const [version] = contracts;
    if (objective === undefined || version === undefined) throw new Error('no objective');
    expect(objective.profile.combination).toEqual({ kind: 'at_least', up: 2 });
    const sentence = objectiveSentence(objective, version, () => []);
    expect(sentence).toContain('at least 2 of shop and inner must be up');
  });

  it.each([
    ['{ at_least: 3 }', '', 'combine: at_least 3 of 2 checks: it could never be up'],
    ['{ at_least: 2 }', ', method: occurrences', 'combine: only all, mean or weights with method: occurrences'],
    ['any', ', method: ratio_of_slices, slice: 5m', 'combine: only all, mean or weights with method: ratio_of_slices'],
  ])('are refused: %s%s', (combine, more, mistake) => {
    expect(mistakesOf(region(combine, more))).toEqual([expect.stringContaining(mistake)]);
  });
});
