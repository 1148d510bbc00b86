import { nearest } from '@nines/shared/config/nearest.ts';
import { describe, expect, it } from 'vitest';

describe('nearest', () => {
  it.each([
    ['expect_staus', 'expect_status'],
    ['urll', 'url'],
    ['utl', 'url'],
    ['ur', 'url'],
    ['ulr', 'url'],
    ['URL', 'url'],
  ])('%s means %s', (text, meant) => {
    expect(nearest(text, ['every', 'expect_status', 'url'])).toBe(meant);
  });

  it('nothing is suggested when more than a third of the letters differ', () => {
    // colour → count: keep c o u, 3 edits of 5 letters.
    expect(nearest('colour', ['count', 'host'])).toBeNull();
    expect(nearest('x', ['url'])).toBeNull();
    expect(nearest('anything', [])).toBeNull();
  });

  it('of two candidates the nearer one wins', () => {
    expect(nearest('max_sise', ['min_size', 'max_size'])).toBe('max_size');
  });
});
