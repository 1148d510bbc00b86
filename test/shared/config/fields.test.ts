import {
  date,
  duration,
  hostPort,
  httpUrl,
  identifier,
  parseHostPort,
  parsePercent,
  pattern,
  percent,
  size,
  timeZone,
} from '@nines/shared/config/fields.ts';
import { formatDuration, parseDuration } from '@nines/shared/time/duration.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

describe('percent', () => {
  it.each([
    ['99.95', 999_500_000],
    ['100', 1_000_000_000],
    ['100.0000000', 1_000_000_000],
    ['0', 0],
    ['0.0000001', 1],
    ['99.9999999', 999_999_999],
  ])('"%s" is %i parts per billion', (text, ppb) => {
    expect(percent.parse(text)).toBe(ppb);
  });

  it.each(['100.0000001', '101', '-1', '99,9', '99.9%', '.5', '5.', '1e2', '', ' 99', '99.99999999'])(
    '"%s" is refused',
    (text) => {
      expect(parsePercent(text)).toBeNull();
    },
  );

  it('every share of 7 decimals comes back digit by digit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000_000 }), (ppb) => {
        const digits = String(ppb).padStart(8, '0');
        const text = `${digits.slice(0, -7)}.${digits.slice(-7)}`;
        expect(parsePercent(text)).toBe(ppb);
      }),
    );
  });
});

describe('duration', () => {
  it('reads what formatDuration writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 ** 12 }), (ms) => {
        expect(parseDuration(formatDuration(ms))).toBe(ms);
      }),
    );
  });

  it('sums its parts', () => {
    expect(duration.parse('1h30m')).toBe(5_400_000);
    expect(duration.parse('1w2d3h4m5s6ms')).toBe(788_645_006); // 604,800,000 + 172,800,000 + 10,800,000 + 240,000 + 5,000 + 6
  });
});

describe('size', () => {
  it.each([
    ['1B', 1],
    ['64KiB', 65_536],
    ['10MB', 10_000_000],
    ['1GiB', 1_073_741_824],
  ])('%s is %i bytes', (text, bytes) => {
    expect(size.parse(text)).toBe(bytes);
  });

  it.each(['0B', '64', '64 KiB', '64kb', '1.5GiB', '-1B', '99999999999GiB'])('"%s" is refused', (text) => {
    expect(size.safeParse(text).success).toBe(false);
  });
});

describe('host and port', () => {
  it.each([
    ['127.0.0.1:9640', { host: '127.0.0.1', port: 9640 }],
    ['[::1]:53', { host: '::1', port: 53 }],
    ['ns.example.net:0', { host: 'ns.example.net', port: 0 }],
  ])('%s', (text, parts) => {
    expect(hostPort.parse(text)).toEqual(parts);
  });

  it.each(['127.0.0.1', ':9640', '::1:53', 'host:65536', 'host:', 'http://x:80', 'a b:1', ''])(
    '"%s" is refused',
    (text) => {
      expect(parseHostPort(text)).toBeNull();
    },
  );
});

describe('names, dates, zones, addresses, patterns', () => {
  it.each(['a', 'fra-web03', 'a.b_c-1', 'a'.repeat(64)])('"%s" is an identifier', (text) => {
    expect(identifier.safeParse(text).success).toBe(true);
  });

  it.each(['', 'A', '-a', 'a-', 'a b', 'a/b', '../a', 'ä', 'a'.repeat(65), 'a\n'])('"%s" is no identifier', (text) => {
    expect(identifier.safeParse(text).success).toBe(false);
  });

  it('a date has to exist', () => {
    expect(date.safeParse('2028-02-29').success).toBe(true);
    for (const text of ['2026-02-29', '2026-13-01', '2026-1-1', '2026-01-01T00:00', 'today']) {
      expect(date.safeParse(text).success).toBe(false);
    }
  });

  it('a zone has rules, so an offset is none', () => {
    expect(timeZone.safeParse('Europe/Berlin').success).toBe(true);
    expect(timeZone.safeParse('UTC').success).toBe(true);
    for (const text of ['+01:00', 'Europe/Berlim', '', 'CEST summer']) {
      expect(timeZone.safeParse(text).success).toBe(false);
    }
  });

  it('an address is http or https', () => {
    expect(httpUrl.safeParse('https://shop.example/').success).toBe(true);
    for (const text of ['ftp://x/', 'shop.example', 'javascript:alert(1)', 'https://']) {
      expect(httpUrl.safeParse(text).success).toBe(false);
    }
  });

  it('a pattern has to compile', () => {
    expect(pattern.safeParse('^220 .*ESMTP').success).toBe(true);
    expect(pattern.safeParse('(').success).toBe(false);
  });
});
