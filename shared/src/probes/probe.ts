import type * as z from 'zod';

/**
 * The unit of a measured value. Every value is an integer in its unit, so nothing is rounded on the way:
 * `ppm` is parts per million, `unix-seconds` an instant, `code` a number that is only compared.
 */
export type ValueUnit = 'microseconds' | 'bytes' | 'count' | 'ppm' | 'unix-seconds' | 'code';

/** The Prometheus gauge that shows a value; several values may share a name and differ by labels (phases). */
export interface ValueMetric {
  readonly name: string;
  readonly help: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** One value that a probe type reports. */
export interface ValueDeclaration {
  readonly unit: ValueUnit;
  readonly help: string;
  /** `null` when no gauge shows it. */
  readonly metric: ValueMetric | null;
}

/** Everything a probe type declares: its options (with a literal `type`) and the values it reports, by name. */
export interface ProbeType<Options extends z.ZodType = z.ZodType> {
  readonly options: Options;
  /** Insertion order is the order of display; phases come in the order in which they happen. */
  readonly values: Readonly<Record<string, ValueDeclaration>>;
  /** The streams of events that its runs ship; a type without them brings no events. */
  readonly streams?: readonly string[];
  /** For a source of calls: whether it hears of callers whom a queue does not take. */
  hearsRefused?(options: z.output<Options>): boolean;
  /** What a run has for itself alone (a repository), by a name; a type without it may run any number at once. */
  repository?(options: z.output<Options>): string;
  /** Its runs may take hours: they have places of their own, so that no quick one has to wait for them. */
  readonly isSlow?: true;
}

/** The name under which every probe type reports its whole duration, in microseconds; latency objectives read it. */
export const TOTAL = 'total';

/** The value `total` of every probe type. */
export const totalValue: ValueDeclaration = {
  unit: 'microseconds',
  help: 'Whole duration of the run.',
  metric: { name: 'probe_duration_seconds', help: 'Duration of the last run in seconds.' },
};

/** A phase in microseconds that is shown as `NAME{phase="…"}` in seconds. */
export function phaseValue(metricName: string, phase: string, help: string): ValueDeclaration {
  return {
    unit: 'microseconds',
    help,
    metric: { name: metricName, help: 'Duration of the last run by phase, in seconds.', labels: { phase } },
  };
}

/** When the first certificate of the presented chain expires. */
export const certificateExpiryValue: ValueDeclaration = {
  unit: 'unix-seconds',
  help: 'When the first of the presented certificates expires.',
  metric: { name: 'probe_ssl_earliest_cert_expiry', help: 'Earliest expiry of the presented certificates, Unix time.' },
};

/** How a stored integer becomes the base unit of a metric: seconds, bytes, a ratio or the number itself. */
export function toBaseUnit(value: number, unit: ValueUnit): number {
  return unit === 'microseconds' || unit === 'ppm' ? value / 1e6 : value;
}
