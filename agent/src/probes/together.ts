import { partOf } from './part-context.ts';
import type { Phase, ProbeContext } from './probe-run.ts';

const PHASES: readonly Phase[] = ['resolve', 'connect', 'tls', 'exchange', 'local'];

interface Part {
  readonly values: Record<string, number>;
  phase: Phase;
  /** Milliseconds of the monotonic clock; infinite while the part runs. */
  endedMs: number;
  error: unknown;
}

/**
 * Runs parts of one measurement at the same time; all have to pass. The values are those of the slowest part, of the
 * slowest failed one when one failed. Rejects with an `AggregateError` of everything that failed.
 */
export async function runTogether(
  runs: readonly ((context: ProbeContext) => Promise<void>)[],
  context: ProbeContext,
): Promise<void> {
  const parts: Part[] = [];
  const start = async (run: (context: ProbeContext) => Promise<void>): Promise<void> => {
    const part: Part = { values: {}, phase: 'resolve', endedMs: Number.POSITIVE_INFINITY, error: null };
    parts.push(part);
    try {
      await run(
        partOf(context, part.values, (phase) => {
          part.phase = phase;
          show(parts, context);
        }),
      );
    } catch (error) {
      part.error = error ?? new Error('a part failed without saying why');
    }
    part.endedMs = context.clock.elapsedMs();
    show(parts, context);
  };
  await Promise.all(runs.map(start));
  const errors = parts.flatMap((part) => (part.error === null ? [] : [part.error]));
  if (errors.length > 0) throw new AggregateError(errors, 'not every part passed');
}

/** Lets the caller see the one part that decides: still running and furthest behind, else failed, else slowest. */
function show(parts: readonly Part[], context: ProbeContext): void {
  const [shown] = parts.toSorted(
    (a, b) =>
      Number(a.endedMs !== Number.POSITIVE_INFINITY) - Number(b.endedMs !== Number.POSITIVE_INFINITY) ||
      Number(a.error === null) - Number(b.error === null) ||
      (a.endedMs === b.endedMs ? PHASES.indexOf(a.phase) - PHASES.indexOf(b.phase) : b.endedMs - a.endedMs),
  );
  if (shown === undefined) return;
  context.enter(shown.phase);
  for (const name of Object.keys(context.values)) delete context.values[name];
  Object.assign(context.values, shown.values);
}
