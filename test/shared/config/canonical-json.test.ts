import { type CanonicalValue, canonicalJson } from '@nines/shared/config/canonical-json.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

describe('canonical JSON (RFC 8785)', () => {
  it('writes strings and literals as the example of section 3.2.2 does', () => {
    const example = { string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/', literals: [null, true, false] };
    expect(canonicalJson(example)).toBe(String.raw`{"literals":[null,true,false],"string":"€$\u000f\nA'B\"\\\\\"/"}`);
  });

  it('sorts keys by their UTF-16 code units, as the example of section 3.2.3 does', () => {
    const example = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '1': 'One',
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    };
    // An emoji is a surrogate pair: as code units it comes before U+FB33, as a code point it would come after.
    expect(Object.values(JSON.parse(canonicalJson(example)))).toEqual([
      'One',
      'Carriage Return',
      'Control',
      'Latin Small Letter O With Diaeresis',
      'Euro Sign',
      'Emoji: Grinning Face',
      'Hebrew Letter Dalet With Dagesh',
    ]);
    expect(canonicalJson(example)).toMatch(/^\{"\\r":"Carriage Return","1":"One"/);
  });

  it('writes the integers of appendix B, and minus zero as zero', () => {
    expect([0, -0, 9_007_199_254_740_991, -9_007_199_254_740_991].map(canonicalJson)).toEqual([
      '0',
      '0',
      '9007199254740991',
      '-9007199254740991',
    ]);
  });

  it.each([0.5, 1e30, 9_007_199_254_740_992, Number.NaN, Number.POSITIVE_INFINITY])(
    'refuses %d: programs do not agree on how fractions and large numbers are written',
    (number) => {
      expect(() => canonicalJson(number)).toThrow(RangeError);
    },
  );

  it('refuses half a surrogate pair: it has no UTF-8 bytes to be hashed', () => {
    expect(() => canonicalJson({ a: '\udead' })).toThrow(RangeError);
  });

  it('says the same whatever the order of keys, and reads back as what it was', () => {
    const value: fc.Arbitrary<CanonicalValue> = fc.letrec<{ value: CanonicalValue }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.string({ unit: 'binary' }),
        fc.maxSafeInteger(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(fc.string(), tie('value'), { maxKeys: 5, noNullPrototype: true }),
      ),
    })).value;
    fc.assert(
      fc.property(value, (one) => {
        const text = canonicalJson(one);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
        expect(canonicalJson(reversed(one))).toBe(text);
      }),
    );
  });
});

function reversed(value: CanonicalValue): CanonicalValue {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(reversed);
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, member]) => [key, reversed(member)]),
  );
}
