import { describe, expect, it } from 'vitest';
import { repeat } from '../../collector/src/repeat.ts';
import { ManualClock } from '../support/manual-clock.ts';

function counted(answers: readonly (boolean | Error)[]) {
  const clock = new ManualClock();
  const seen = { calls: 0, errors: 0 };
  const work = async () => {
    const answer = answers[seen.calls++] ?? false;
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const cancel = repeat({ clock, everyMs: 1_000, work, onError: () => seen.errors++ });
  return { clock, seen, cancel };
}

describe('repeated work', () => {
  it('begins after the first wait and goes on at the next', async () => {
    const { clock, seen } = counted([]);
    await clock.advance(999);
    expect(seen.calls).toBe(0);
    await clock.advance(1_001);
    expect(seen.calls).toBe(2);
  });

  it('goes on at once while there is more to do', async () => {
    const { clock, seen } = counted([true, true, true]);
    await clock.advance(1_000);
    expect(seen.calls).toBe(4);
  });

  it('tells a failure and is tried again', async () => {
    const { clock, seen } = counted([new Error('full')]);
    await clock.advance(2_000);
    expect(seen).toEqual({ calls: 2, errors: 1 });
  });

  it('that was cancelled neither begins again nor tells of a failure under way', async () => {
    const { clock, seen, cancel } = counted([new Error('closed')]);
    const advanced = clock.advance(1_000);
    cancel();
    await advanced;
    await clock.advance(5_000);
    expect(seen.errors).toBe(0);
    expect(seen.calls).toBeLessThanOrEqual(1);
  });
});
