import { OUTCOMES } from '../../../collector/src/store/run-columns.ts';
import { CheckRuns, checkId, runsPerCheck, type Workload } from './workload.ts';

export interface Sample {
  readonly set: Workload;
  readonly index: number;
  /** As a share of the value. */
  readonly maxError: number;
}

/** A line of `GET /api/v1/checks/:id/observations?resolution=raw`. */
interface RawLine {
  readonly at_ms?: number;
  readonly outcome?: string;
  readonly values?: Readonly<Record<string, number>>;
}

/**
 * Reads every run of a check back from our collector and compares it with the one that was sent: instant and outcome
 * exactly, values within the error. Throws at the first that differs or is missing.
 */
export async function verifyRunsOf(origin: string, { set, index, maxError }: Sample): Promise<void> {
  const id = checkId(index);
  const bounds = `from=${set.fromMs}&to=${set.toMs}`;
  const response = await fetch(`${origin}/api/v1/checks/${id}/observations?${bounds}&resolution=raw`);
  const text = await response.text();
  if (!response.ok) throw new Error(`the runs of ${id}: ${response.status} ${text.slice(0, 200)}`);
  const lines: RawLine[] = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const got = lines.filter(({ values }) => values !== undefined);
  const sent = new CheckRuns(set, index).next(runsPerCheck(set));
  if (got.length !== sent.length) throw new Error(`${got.length} runs of ${id}, ${sent.length} were sent`);
  for (const [row, line] of got.entries()) {
    if (line.at_ms !== sent.atMs[row] || line.outcome !== OUTCOMES[sent.outcomes[row] ?? 0]) {
      throw new Error(`run ${row} of ${id} is ${line.outcome} at ${line.at_ms}, not as sent`);
    }
    for (const { name, numbers } of sent.values) {
      const [value, expected] = [line.values?.[name] ?? Number.NaN, numbers[row] ?? Number.NaN];
      // Half a unit: a value is an integer whatever its error.
      const room = maxError === 0 ? 0 : expected * maxError + 0.5;
      if (!(Math.abs(value - expected) <= room))
        throw new Error(`${name} of run ${row} of ${id}: ${value}, sent ${expected}`);
    }
  }
}
