import type { Outcome } from '@nines/shared/observation.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { combineChecks, combineQuorum } from '../../../collector/src/sla/combine.ts';
import type { Quorum } from '../../../collector/src/sla/profile.ts';
import { appendStretch, NO_OBSERVATION, type Stretch, type Timeline } from '../../../collector/src/sla/timeline.ts';

const LENGTH = 40;
const WHOLE = { fromMs: 0, toMs: LENGTH };
const LETTERS: Readonly<Record<string, Outcome>> = { u: 'up', d: 'down', '?': 'unknown' };

/** `'uud?.'` → a timeline, a letter a millisecond; `.` where the agent does not take part. */
function drawn(letters: string): Timeline {
  const timeline: Stretch[] = [];
  for (const [at, letter] of [...letters].entries()) {
    const state = LETTERS[letter];
    if (state === undefined) continue;
    appendStretch(timeline, { fromMs: at, toMs: at + 1, state, reason: state === 'up' ? null : `is-${state}` });
  }
  return timeline;
}

function letterAt(timeline: Timeline, at: number): string {
  const state = timeline.find((one) => one.fromMs <= at && at < one.toMs)?.state;
  return Object.entries(LETTERS).find(([, outcome]) => outcome === state)?.[0] ?? '.';
}

function write(timeline: Timeline, length = LENGTH): string {
  return Array.from({ length }, (_, at) => letterAt(timeline, at)).join('');
}

const asked = (need: Quorum, minReporting: number | null = null) => ({ need, minReporting });

/** An agent's line: takes part from some instant to another, in one piece. */
const line = fc
  .tuple(
    fc.array(fc.constantFrom('u', 'd', '?'), { minLength: LENGTH, maxLength: LENGTH }),
    fc.integer({ min: 0, max: LENGTH }),
    fc.integer({ min: 0, max: LENGTH }),
  )
  .map(([letters, from, to]) => letters.map((letter, at) => (at >= from && at < to ? letter : '.')).join(''));

/** The docstring of `Quorum`, literally: every answer the unknown agents might have given, one after the other. */
function byEveryCompletion(votes: readonly string[], quorum: Quorum): string {
  const taking = votes.filter((vote) => vote !== '.');
  if (taking.length === 0) return '?';
  const needed =
    typeof quorum === 'number'
      ? quorum
      : { any: 1, majority: Math.floor(taking.length / 2) + 1, all: taking.length }[quorum];
  const answers = completions(taking).map((all) => (all.filter((vote) => vote === 'd').length >= needed ? 'd' : 'u'));
  const first = answers[0] ?? '?';
  return answers.every((answer) => answer === first) ? first : '?';
}

function completions(votes: readonly string[]): string[][] {
  return votes.reduce<string[][]>(
    (all, vote) => all.flatMap((made) => (vote === '?' ? ['u', 'd'] : [vote]).map((answer) => [...made, answer])),
    [[]],
  );
}

describe('a service over its checks', () => {
  it('is down while any check is, up only while all are, otherwise unknown', () => {
    expect(write(combineChecks([drawn('uuudd??d'), drawn('uud?dd?u')], 'all', { fromMs: 0, toMs: 8 }), 8)).toBe(
      'uudddd?d',
    );
  });

  it('is unknown while one check has not been observed and the others are up', () => {
    const combined = combineChecks([drawn('uuuu'), drawn('..uu')], 'all', { fromMs: 0, toMs: 4 });
    expect(combined).toEqual([
      { fromMs: 0, toMs: 2, state: 'unknown', reason: NO_OBSERVATION },
      { fromMs: 2, toMs: 4, state: 'up', reason: null },
    ]);
  });

  it('is unknown when it has no check at all', () => {
    expect(write(combineChecks([], 'all', { fromMs: 0, toMs: 3 }), 3)).toBe('???');
  });

  it('is at every instant what three-valued "and" says', () => {
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 4 }), (lines) => {
        const combined = combineChecks(lines.map(drawn), 'all', WHOLE);
        for (let at = 0; at < LENGTH; at++) {
          const states = lines.map((one) => one[at]);
          const expected = states.includes('d') ? 'd' : states.every((state) => state === 'u') ? 'u' : '?';
          expect(letterAt(combined, at)).toBe(expected);
        }
      }),
    );
  });
});

describe('a service of which so many checks have to be up', () => {
  it('is at every instant what every answer of the unknown ones gives', () => {
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 4 }), fc.integer({ min: 1, max: 4 }), (lines, wanted) => {
        const need = Math.min(wanted, lines.length);
        const combined = combineChecks(lines.map(drawn), need, WHOLE);
        for (let at = 0; at < LENGTH; at++) {
          const states = lines.map((one) => one[at]);
          const [up, down] = ['u', 'd'].map((state) => states.filter((one) => one === state).length);
          // All of the unknown down, and all of them up.
          const [worst, best] = [up ?? 0, lines.length - (down ?? 0)].map((count) => count >= need);
          expect(letterAt(combined, at)).toBe(worst === best ? (best ? 'u' : 'd') : '?');
        }
      }),
    );
  });
});

describe('a check over its agents', () => {
  // Source: domain reference B1, three locations and a quorum of two; (F,U,U) stays open by the rule of completions.
  it.each([
    ['dd?', 'majority', 'd'],
    ['d??', 'majority', '?'],
    ['du?', 'majority', '?'],
    ['duu', 'majority', 'u'],
    ['dd.', 'majority', 'd'],
    ['...', 'majority', '?'],
    ['d??', 'any', 'd'],
    ['uu?', 'any', '?'],
    ['uuu', 'any', 'u'],
    ['ddu', 'all', 'u'],
    ['dd?', 'all', '?'],
    ['ddd', 'all', 'd'],
    ['d.', 'majority', 'd'],
    ['du', 'majority', 'u'],
  ] as const)('votes %s with quorum %s give %s', (votes, quorum, expected) => {
    const combined = combineQuorum([...votes].map(drawn), asked(quorum), { fromMs: 0, toMs: 1 });
    expect(write(combined, 1)).toBe(expected);
  });

  // Source: domain reference B1: at least two of those that report fail, and at least two report.
  it.each([
    ['ddu', 'd'],
    ['duu', 'u'],
    ['d??', '?'],
    ['dd?', 'd'],
    ['???', '?'],
    ['du?', 'u'],
    ['uu?', 'u'],
    ['u??', '?'],
  ] as const)('of which two must report votes %s and is %s', (votes, expected) => {
    const combined = combineQuorum([...votes].map(drawn), asked(2, 2), { fromMs: 0, toMs: 1 });
    expect(write(combined, 1)).toBe(expected);
  });

  it('is known only when every way the unknown agents might have answered agrees', () => {
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 5 }),
        fc.constantFrom<Quorum>('any', 'majority', 'all', 1, 2, 3),
        (lines, quorum) => {
          const combined = combineQuorum(lines.map(drawn), asked(quorum), WHOLE);
          for (let at = 0; at < LENGTH; at++) {
            const votes = lines.map((one) => one[at] ?? '.');
            expect(letterAt(combined, at)).toBe(byEveryCompletion(votes, quorum));
          }
        },
      ),
    );
  });

  it('covers the whole interval without overlap, whoever takes part', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 4 }), (lines) => {
        const combined = combineQuorum(lines.map(drawn), asked('majority'), { fromMs: 5, toMs: 30 });
        expect(combined[0]?.fromMs).toBe(5);
        expect(combined.at(-1)?.toMs).toBe(30);
        for (const [index, one] of combined.slice(1).entries()) expect(one.fromMs).toBe(combined[index]?.toMs);
      }),
    );
  });

  it('gives the reason that most of those agents had', () => {
    const failing = (reason: string): Timeline => [{ fromMs: 0, toMs: 9, state: 'down', reason }];
    const combined = combineQuorum([failing('http-status'), failing('timeout'), failing('timeout')], asked('any'), {
      fromMs: 0,
      toMs: 9,
    });
    expect(combined).toEqual([{ fromMs: 0, toMs: 9, state: 'down', reason: 'timeout' }]);
  });
});
