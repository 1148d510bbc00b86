import { duration, percent, secret } from '@nines/shared/config/fields.ts';
import { probeOptions, probeTypes } from '@nines/shared/probes/index.ts';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { mistakesIn } from './broken.ts';

const probes = z.strictObject({ probe: probeOptions });
const TYPES = Object.keys(probeTypes).join(', ');
const inProbe = (probe: string) => mistakesIn(`probe: ${probe}\n`, probes);

describe('unknown keys', () => {
  it('a key near a known one asks "did you mean", at the key', () => {
    expect(inProbe('{ type: http, url: http://x/, expect: { staus: [200] } }')).toEqual([
      'nines.yaml:1:48 probe.expect.staus: unknown key, did you mean status?',
    ]);
  });

  it('a key near nothing lists what is known there', () => {
    expect(inProbe('{ type: ping, host: a, colour: red }')).toEqual([
      'nines.yaml:1:31 probe.colour: unknown key; known here: type, host, ip, count, spacing, expect',
    ]);
  });

  it('a misspelt required key is one mistake, not also a missing key', () => {
    expect(inProbe('{ type: ping, hsot: a }')).toEqual(['nines.yaml:1:22 probe.hsot: unknown key, did you mean host?']);
  });

  it('a misspelt key and another missing one are two mistakes', () => {
    expect(inProbe('{ type: tcp, hsot: a }')).toEqual([
      'nines.yaml:1:8 probe.port: required, but missing',
      'nines.yaml:1:21 probe.hsot: unknown key, did you mean host?',
    ]);
  });
});

describe('a type that is told apart by name', () => {
  it('a name near a known one asks "did you mean"', () => {
    expect(inProbe('{ type: htpp, url: http://x/ }')).toEqual([
      'nines.yaml:1:16 probe.type: unknown type, did you mean http?',
    ]);
  });

  it('a name near nothing lists the known ones', () => {
    expect(inProbe('{ type: carrier_pigeon }')).toEqual([
      `nines.yaml:1:16 probe.type: unknown type, expected one of ${TYPES}`,
    ]);
  });

  it('a missing name lists the known ones at the mapping', () => {
    expect(inProbe('{ url: http://x/ }')).toEqual([
      `nines.yaml:1:8 probe.type: required, but missing: one of ${TYPES}`,
    ]);
  });

  it('text in place of the mapping is not mistaken for a missing name', () => {
    expect(inProbe('http')).toEqual(['nines.yaml:1:8 probe: expected a mapping, not text']);
  });
});

describe('one of several forms', () => {
  const schema = z.strictObject({
    period: z.union([
      z.enum(['calendar_month', 'calendar_week']),
      z.strictObject({ rolling: duration }),
      z.strictObject({ weeks: z.int(), anchor: z.string() }),
    ]),
  });
  const inPeriod = (text: string) => mistakesIn(`period: ${text}\n`, schema);

  it.each([
    ['a misspelt word', 'calendar_monht', 'nines.yaml:1:9 period: did you mean calendar_month?'],
    ['an unknown word', 'yearly', 'nines.yaml:1:9 period: expected calendar_month or calendar_week or a mapping'],
    ['a number', '5', 'nines.yaml:1:9 period: expected calendar_month or calendar_week or a mapping'],
    ['nothing', '', 'nines.yaml:1:9 period: required, but empty'],
    [
      'a wrong value in a known form',
      '{ rolling: 5 m }',
      'nines.yaml:1:20 period.rolling: expected a duration such as 30s, 5m or 1h30m, not "5 m"',
    ],
    [
      'a misspelt key of one form',
      '{ roling: 5m }',
      'nines.yaml:1:11 period.roling: unknown key, did you mean rolling?',
    ],
    ['a key missing from one form', '{ weeks: 2 }', 'nines.yaml:1:9 period.anchor: required, but missing'],
  ])('%s is explained for the form that was meant', (_, text, expected) => {
    expect(inPeriod(text)).toEqual([expected]);
  });

  it('a step of a dialogue with keys of two forms is told what a step is', () => {
    expect(inProbe("{ type: tcp, host: a, port: 25, dialogue: [{ expect: '^220', send: x }] }")).toEqual([
      'nines.yaml:1:51 probe.dialogue[0]: expected a step: { expect: PATTERN }, { send: TEXT } or { starttls: true }',
    ]);
  });

  it('a class of statuses asks "did you mean"', () => {
    expect(inProbe('{ type: http, url: http://x/, expect: { status: [2xy, 700] } }')).toEqual([
      'nines.yaml:1:57 probe.expect.status[0]: did you mean 2xx?',
      'nines.yaml:1:62 probe.expect.status[1]: expected at most 599, not 700',
    ]);
  });
});

describe('wrong units and types', () => {
  it.each([
    ['30', 'expected a duration such as 30s or 1h30m, not the number 30'],
    ['30 s', 'expected a duration such as 30s, 5m or 1h30m, not "30 s"'],
    ['0s', 'expected a duration such as 30s, 5m or 1h30m, not "0s"'],
    ['1.5h', 'expected a duration such as 30s, 5m or 1h30m, not "1.5h"'],
    ['-5s', 'expected a duration such as 30s, 5m or 1h30m, not "-5s"'],
    ['99999999999999999w', 'expected a duration such as 30s, 5m or 1h30m, not "99999999999999999w"'],
  ])('the duration %s is refused', (text, message) => {
    expect(mistakesIn(`a: ${text}`, z.strictObject({ a: duration }))).toEqual([`nines.yaml:1:4 a: ${message}`]);
  });

  it('a percentage as a number is refused, because it would pass through a float', () => {
    expect(mistakesIn('a: 99.9', z.strictObject({ a: percent }))).toEqual([
      'nines.yaml:1:4 a: expected a percentage as text in quotes, such as "99.95": a number would pass through a float',
    ]);
  });

  it('yes is text in YAML 1.2, and a switch says what it wants', () => {
    expect(inProbe('{ type: http, url: http://x/, follow_redirects: yes }')).toEqual([
      'nines.yaml:1:56 probe.follow_redirects: expected true or false, not text',
    ]);
  });

  it('a number outside its range names the limit and the number', () => {
    expect(inProbe('{ type: tcp, host: a, port: 70000 }')).toEqual([
      'nines.yaml:1:36 probe.port: expected at most 65535, not 70000',
    ]);
  });
});

describe('secrets', () => {
  const schema = z.strictObject({ token: secret });

  it.each([
    ['as plain text', 'hunter2'],
    ['as a list', '[hunter2]'],
    ['under a misspelt key', '{ fil: hunter2 }'],
    ['under an unknown key', '{ value: hunter2 }'],
    ['beside a right one', '{ env: NAME, password: hunter2 }'],
    ['with both sources', '{ env: hunter2, file: hunter2 }'],
    ['as a nested mapping', '{ env: { value: hunter2 } }'],
  ])('a secret written %s is refused and never echoed', (_, text) => {
    const lines = mistakesIn(`token: ${text}\n`, schema).join('\n');
    expect(lines).toMatch(/^nines\.yaml:1:\d+ token/);
    expect(lines).not.toContain('hunter2');
  });

  it('an address with a password in it is refused and not echoed', () => {
    const lines = inProbe('{ type: http, url: "https://shop:hunter2@shop.example/" }');
    expect(lines).toEqual([
      'nines.yaml:1:27 probe.url: credentials do not belong into an address; use a header with a secret',
    ]);
  });

  it('a header secret of the wrong shape is told where, without its text', () => {
    const lines = inProbe('{ type: http, url: http://x/, headers: { authorization: { env: NAME, extra: hunter2 } } }');
    expect(lines).toEqual(['nines.yaml:1:77 probe.headers.authorization.extra: unknown key; known here: env']);
  });
});
