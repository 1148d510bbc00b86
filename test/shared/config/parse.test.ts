import { duration } from '@nines/shared/config/fields.ts';
import { formatPath, parseConfig, readDocument } from '@nines/shared/config/parse.ts';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { mistakesIn } from './broken.ts';

const schema = z.strictObject({
  checks: z.array(z.strictObject({ id: z.string(), every: duration })).default([]),
  named: z.record(z.string(), z.strictObject({ size: z.int() })).default({}),
});

const mistakes = (text: string) => mistakesIn(text, schema);

describe('what a file may look like', () => {
  it.each([
    ['empty', ''],
    ['only a comment', '# nothing yet\n'],
    ['only white space', ' \n\n'],
    ['null', 'null\n'],
    ['an empty document', '---\n'],
  ])('%s: every key has its default', (_, text) => {
    expect(parseConfig(text, schema, 'nines.yaml')).toEqual({ checks: [], named: {} });
  });

  it('a byte order mark and Windows line ends change neither values nor places', () => {
    const good = '\uFEFFchecks:\r\n  - id: a\r\n    every: 30s\r\n';
    expect(parseConfig(good, schema, 'nines.yaml').checks).toEqual([{ id: 'a', every: 30_000 }]);
    expect(mistakes('\uFEFFchecks:\r\n  - id: a\r\n    every: 30x\r\n')).toEqual([
      'nines.yaml:3:12 checks[0].every: expected a duration such as 30s, 5m or 1h30m, not "30x"',
    ]);
  });

  it('a column counts characters from 1, also behind letters of two UTF-16 units', () => {
    // `{ id: "äö", evry: 1s }` begins at column 10: { is 10, i 12, " 16, ä 17, ö 18, " 19, `,` 20, e 22.
    expect(mistakes('checks: [{ id: "äö", evry: 1s }]')).toEqual([
      'nines.yaml:1:22 checks[0].evry: unknown key, did you mean every?',
    ]);
  });
});

describe('YAML mistakes', () => {
  it('a tab as indentation is named with its place', () => {
    expect(mistakes('checks:\n\t- id: a\n')).toEqual(['nines.yaml:2:1: Tabs are not allowed as indentation']);
  });

  it('a key that stands twice in one mapping is refused, also deep inside and in quotes', () => {
    expect(mistakes('checks: []\nnamed:\n  x: { size: 1, "size": 2 }\nchecks: []\n')).toEqual([
      'nines.yaml:3:17: the key "size" stands here a second time',
      'nines.yaml:4:1: the key checks stands here a second time',
    ]);
  });

  it('several syntax errors are listed in the order of the file', () => {
    const places = mistakes('checks: [\n  - a: b: c\n').map((line) => line.split(' ')[0]);
    expect(places).toEqual(['nines.yaml:2:3:', 'nines.yaml:2:8:', 'nines.yaml:3:1:']);
  });

  it('a second document is refused, not ignored', () => {
    expect(mistakes('checks: []\n---\nnamed: {}\n')).toEqual([
      'nines.yaml:2:1: a second document begins here; a file holds one',
    ]);
  });

  it('a tag that makes something else of a value is refused', () => {
    expect(mistakes('named: !!js/function x\n')).toEqual([
      'nines.yaml:1:8: Unresolved tag: tag:yaml.org,2002:js/function',
    ]);
  });

  it.each([
    ['null', 'named: { null: { size: 1 } }', 10],
    ['a mapping', 'named: { ? { a: 1 } : { size: 1 } }', 12],
    ['__proto__, which would vanish', 'named: { __proto__: { size: 1 } }', 10],
  ])('a key cannot be %s', (_, text, column) => {
    expect(mistakes(text)).toEqual([`nines.yaml:1:${column}: a key has to be a name`]);
  });
});

describe('anchors and aliases', () => {
  it('thousands of entries may share one anchor', () => {
    const lines = Array.from({ length: 5_000 }, (_, index) => `  - { id: c${index}, every: *often }`);
    const text = `checks:\n  - { id: first, every: &often 30s }\n${lines.join('\n')}\n`;
    const { checks } = parseConfig(text, schema, 'nines.yaml');
    expect(checks.length).toBe(5_001);
    expect(checks.every((check) => check.every === 30_000)).toBe(true);
  });

  it('aliases that multiply each other are refused before they fill the memory', () => {
    const levels = 'bcdefghij'.split('').map((name, index) => {
      const below = String.fromCharCode('a'.charCodeAt(0) + index);
      return `${name}: &${name} [${Array(10).fill(`*${below}`).join(',')}]`;
    });
    expect(mistakes(`a: &a [x]\n${levels.join('\n')}\n`)).toEqual([
      'nines.yaml:1:1: its aliases (*name) expand to too much',
    ]);
  });

  it('an alias of nothing is named with its place', () => {
    expect(mistakes('named:\n  x: *nowhere\n')).toEqual([
      'nines.yaml:2:6: the anchor &nowhere is not set before this alias',
    ]);
  });

  it('a mistake inside an anchor is told for every place that uses it', () => {
    expect(mistakes('named:\n  x: &x { size: big }\n  y: *x\n')).toEqual([
      'nines.yaml:2:17 named.x.size: expected a number, not text',
      'nines.yaml:3:6 named.y.size: expected a number, not text',
    ]);
  });
});

describe('depth', () => {
  it.each([
    ['lists', `checks: ${'['.repeat(20_000)}${']'.repeat(20_000)}`],
    ['mappings', Array.from({ length: 3_000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
  ])('%s nested thousands deep are a mistake, not a crash', (_, text) => {
    expect(mistakes(text)[0]).toMatch(/^nines\.yaml:\d+:\d+: nested too deeply$/);
  });
});

describe('places', () => {
  it('all mistakes come at once, in the order of the file', () => {
    const text = `checks:
  - every: 5
    id: 7
  - id: b
    evry: 30s
named:
  x: { size: 1.5, colour: red }
nmaed: {}
`;
    expect(mistakes(text)).toEqual([
      'nines.yaml:2:12 checks[0].every: expected a duration such as 30s or 1h30m, not the number 5',
      'nines.yaml:3:9 checks[0].id: expected text, not 7',
      'nines.yaml:5:5 checks[1].evry: unknown key, did you mean every?',
      'nines.yaml:7:14 named.x.size: expected a whole number, not 1.5',
      'nines.yaml:7:19 named.x.colour: unknown key; known here: size',
      'nines.yaml:8:1 nmaed: unknown key, did you mean named?',
    ]);
  });

  it('a missing key is told at the mapping that lacks it', () => {
    expect(mistakes('checks:\n  - id: a\n  - {}\n')).toEqual([
      'nines.yaml:2:5 checks[0].every: required, but missing',
      'nines.yaml:3:5 checks[1].id: required, but missing',
      'nines.yaml:3:5 checks[1].every: required, but missing',
    ]);
  });

  it('a key without a value is told as empty, at the key', () => {
    expect(mistakes('checks:\n  - id: a\n    every:\n')).toEqual([
      'nines.yaml:3:11 checks[0].every: required, but empty',
    ]);
  });

  it('a whole file of the wrong kind is told at its beginning', () => {
    expect(mistakes('just words\n')).toEqual(['nines.yaml:1:1: expected a mapping, not text']);
    expect(mistakes('- a\n')).toEqual(['nines.yaml:1:1: expected a mapping, not a list']);
  });

  it('later rules find the place of a value and of a key', () => {
    const document = readDocument('checks:\n  - id: a\n    every: 30s\n', 'nines.yaml');
    expect(document.place(['checks', 0, 'every'])).toEqual({ line: 3, column: 12 });
    expect(document.place(['checks', 0, 'every'], true)).toEqual({ line: 3, column: 5 });
    expect(document.place(['checks', 7, 'nothing'])).toEqual({ line: 2, column: 3 });
  });
});

describe('formatPath', () => {
  it('writes list positions in brackets and odd keys in quotes', () => {
    expect(formatPath([])).toBe('');
    expect(formatPath(['checks', 0, 'probe', 'expect'])).toBe('checks[0].probe.expect');
    expect(formatPath(['headers', 'x.y z', 'env'])).toBe('headers["x.y z"].env');
  });
});
