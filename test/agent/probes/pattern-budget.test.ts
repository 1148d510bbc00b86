import { createServer } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CannotTell } from '../../../agent/src/failure-reason.ts';
import { PatternBudget } from '../../../agent/src/probes/pattern-budget.ts';
import { httpTarget } from '../../support/probe-targets/http-targets.ts';
import { listen } from '../../support/probe-targets/listening.ts';
import { probe, verdict } from '../../support/probe-targets/probe.ts';

/** For this text the pattern tries 2^40 ways: without a bound no test here would ever end. */
const PATTERN = '^(\\w+\\s?)+$';
const HOSTILE = `${'a'.repeat(40)}!`;

function budget(remainingMs = 10_000): PatternBudget {
  return new PatternBudget({ remainingMs: () => remainingMs });
}

/** CPU time that a match finds to have passed while it ran: it is read three times in each. */
function cpu(msAMatch: number): () => number {
  let reads = 0;
  return () => msAMatch * Math.ceil(reads++ / 3);
}

describe('the budget of patterns', () => {
  it('finds what the pattern itself finds, whether the pattern can backtrack or not', () => {
    const patterns = [/b/, /^ab/, /(a)(b)?/, /[ab]+$/m, /a|b/, /^$/, /(?<x>a)\k<x>/];
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '\n') });
    fc.assert(
      fc.property(fc.constantFrom(...patterns), text, (pattern, heard) => {
        expect(budget().match(pattern, heard)).toEqual(pattern.exec(heard));
      }),
    );
  });

  it('cuts off a pattern that would never end, also when no time is left', () => {
    expect(() => budget().match(new RegExp(PATTERN), HOSTILE)).toThrow(CannotTell);
    expect(() => budget(-5).match(new RegExp(PATTERN), HOSTILE)).toThrow(CannotTell);
  });

  it('is one for all matches of a run: what they took is gone', () => {
    // Each match takes 60 ms of this thread, of which 1 ms is free: 59 and 118 of 100 ms are spent.
    const patterns = new PatternBudget({ remainingMs: () => 10_000 }, cpu(60));
    for (let match = 0; match < 2; match++) expect(patterns.match(/a+/, 'a')).not.toBeNull();
    expect(() => patterns.match(/a+/, 'a')).toThrow(CannotTell);
    expect(patterns.match(/a/, 'a')).not.toBeNull();
  });

  it('is time of this thread: while something else has the processor, nothing of it is gone', () => {
    // The first look is cut off after a millisecond in which the thread, as it seems, did not run; the pattern takes more.
    const left = [1];
    const patterns = new PatternBudget({ remainingMs: () => left.pop() ?? 10_000 }, () => 0);
    expect(patterns.match(new RegExp(PATTERN), `${'a'.repeat(20)}!`)).toBeNull();
    expect(left).toEqual([]);
  });

  it('is not used up by many small pieces', () => {
    const patterns = new PatternBudget({ remainingMs: () => 10_000 }, cpu(0.5));
    for (let match = 0; match < 300; match++) expect(patterns.match(/a+/, 'b')).toBeNull();
  });

  it('a text that leads the pattern deeper than the stack is no answer either', () => {
    expect(() => budget().match(/^(?:(a)|(b)|(c))*$/, 'ab'.repeat(8_000_000))).toThrow(CannotTell);
  });
});

describe('a pattern that the target makes slow', () => {
  it.each([
    ['the body', { body_matches: PATTERN }],
    ['a header', { headers: { 'x-text': PATTERN } }],
    ['a value of the JSON', { json: [{ path: 'text', matches: PATTERN }] }],
  ])('%s: unknown, with the pattern', async (_name, expectation) => {
    const target = await httpTarget((request, response) => {
      response.setHeader('x-text', HOSTILE);
      response.end(request.url === '/json' ? JSON.stringify({ text: HOSTILE }) : HOSTILE);
    });
    onTestFinished(() => target.close());
    const url = `${target.url}/${'json' in expectation ? 'json' : ''}`;
    const run = await probe({ type: 'http', url, expect: expectation });
    expect(verdict(run)).toBe('unknown pattern-too-slow');
    expect(run.detail).toContain(PATTERN);
    expect(run.error).toBeNull();
  });

  it('a dialogue: unknown, with the pattern', async () => {
    const target = await listen(createServer((socket) => socket.write(HOSTILE)));
    onTestFinished(() => target.close());
    const run = await probe({ type: 'tcp', host: '127.0.0.1', port: target.port, dialogue: [{ expect: PATTERN }] });
    expect(verdict(run)).toBe('unknown pattern-too-slow');
    expect(run.detail).toContain(PATTERN);
    await target.drained();
  });
});
