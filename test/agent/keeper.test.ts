import { describe, expect, it } from 'vitest';
import { Keeper } from '../../agent/src/keeper.ts';
import { options } from '../support/probe-targets/probe.ts';

const check = (id: string, port: number) => ({ id, probe: options({ type: 'tcp', host: 'localhost', port }) });

function counting() {
  const closed: number[] = [];
  let made = 0;
  const make = () => {
    const number = ++made;
    return { number, close: () => void closed.push(number) };
  };
  return { make, closed };
}

describe('what a check keeps between its runs', () => {
  it('is made once, and apart for each check', () => {
    const { make } = counting();
    const keeper = new Keeper();
    expect(keeper.keep(check('a', 1), make).number).toBe(1);
    expect(keeper.keep(check('b', 1), make).number).toBe(2);
    expect(keeper.keep(check('a', 1), make).number).toBe(1);
  });

  it('is closed and made anew when the check asks for something else', () => {
    const { make, closed } = counting();
    const keeper = new Keeper();
    keeper.keep(check('a', 1), make);
    expect(keeper.keep(check('a', 2), make).number).toBe(2);
    expect(closed).toEqual([1]);
  });

  it('is closed when the check is gone, and only then', async () => {
    const { make, closed } = counting();
    const keeper = new Keeper();
    for (const one of [check('a', 1), check('b', 1), check('c', 1)]) keeper.keep(one, make);
    await keeper.retain([check('a', 1), check('b', 2)]);
    expect(closed).toEqual([2, 3]);
  });
});
