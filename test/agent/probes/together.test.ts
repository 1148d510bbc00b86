import { describe, expect, it } from 'vitest';
import { allowNothing } from '../../../agent/src/allowance.ts';
import { judgeFailure, ProbeFailure } from '../../../agent/src/failure-reason.ts';
import { noEvents, type Phase, type ProbeContext } from '../../../agent/src/probes/probe-run.ts';
import { runTogether } from '../../../agent/src/probes/together.ts';
import { createTrust } from '../../../agent/src/trust.ts';
import { ManualClock } from '../../support/manual-clock.ts';

class Recorder implements ProbeContext {
  readonly signal = new AbortController().signal;
  onDeadline(): void {}
  readonly clock = new ManualClock();
  readonly values: Record<string, number> = {};
  readonly allowed = allowNothing('not allowed by this test');
  readonly trust = createTrust({ caFile: null });
  readonly check = 'shop';
  readonly events = noEvents;
  keep<Thing>(make: () => Thing): Thing {
    return make();
  }
  phase: Phase = 'resolve';
  remainingMs(): number {
    return 10_000;
  }

  enter(phase: Phase): void {
    this.phase = phase;
  }
}

describe('parts that run together', () => {
  it('are up together, with the values of the slower one only', async () => {
    const context = new Recorder();
    const running = runTogether(
      [
        async ({ clock, values }) => {
          await clock.sleep(50);
          Object.assign(values, { connect: 50 });
        },
        async ({ values }) => void Object.assign(values, { connect: 1, tls: 2 }),
      ],
      context,
    );
    await context.clock.advance(50);
    await running;
    expect(context.values).toEqual({ connect: 50 });
  });

  it('fail when one does, with the values of the one that failed', async () => {
    const context = new Recorder();
    const running = runTogether(
      [
        async ({ clock, values }) => {
          await clock.sleep(50);
          values.connect = 50;
        },
        async ({ values }) => {
          values.connect = 1;
          throw new ProbeFailure('status-unexpected', 'status 500');
        },
      ],
      context,
    );
    running.catch(() => {});
    await context.clock.advance(50);
    await expect(running).rejects.toThrow(AggregateError);
    expect(context.values).toEqual({ connect: 1 });
  });

  it('are down when one surely is, whatever the other could not tell', async () => {
    const cannotTell = Object.assign(new Error('no route'), { code: 'ENETUNREACH' });
    const running = runTogether(
      [() => Promise.reject(cannotTell), () => Promise.reject(new ProbeFailure('body-mismatch', ''))],
      new Recorder(),
    );
    expect(judgeFailure(await running.catch((error: unknown) => error)).reason).toBe('body-mismatch');
  });

  it('show the phase and values of the part that is furthest behind while they run', async () => {
    const context = new Recorder();
    const never = new Promise<void>(() => {});
    void runTogether(
      [
        async ({ enter, values }) => {
          values.resolve = 1;
          enter('connect');
          await never;
        },
        async ({ enter, values }) => {
          values.connect = 2;
          enter('exchange');
          await never;
        },
      ],
      context,
    );
    expect(context.phase).toBe('connect');
    expect(context.values).toEqual({ resolve: 1 });
  });

  it('that are over do not hide the phase of the one that still runs', async () => {
    const context = new Recorder();
    void runTogether(
      [
        async ({ enter }) => enter('exchange'),
        async ({ clock, enter }) => {
          enter('tls');
          await clock.sleep(1_000);
        },
      ],
      context,
    );
    await context.clock.advance(10);
    expect(context.phase).toBe('tls');
  });
});
