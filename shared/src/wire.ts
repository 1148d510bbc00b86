import * as z from 'zod';
import { IDENTIFIER } from './config/fields.ts';
import { HOLD_INTERVALS, type Observation, type Outcome, outcomeOf } from './observation.ts';
import { WIRE_VERSION } from './wire-version.ts';

/** Header with the sender's wall clock in integer milliseconds at the moment of sending; the collector measures skew by it. */
export const SENT_AT_HEADER = 'nines-sent-at';

/** A batch beyond these is refused for ever (413): observations, bytes of JSON, and bytes as sent (packed or not). */
export const MAX_BATCH_OBSERVATIONS = 100_000;
export const MAX_BATCH_BYTES = 32 * 2 ** 20;
export const MAX_SENT_BYTES = 8 * 2 ** 20;

/** The observations of one check, in columns of equal length. */
export interface CheckColumns {
  readonly check: string;
  readonly every_ms: number;
  readonly at_ms: readonly number[];
  /** 1 up, 0 down, null unknown. */
  readonly up: readonly (0 | 1 | null)[];
  /** Index → reason, for observations that are not up. */
  readonly reasons: Readonly<Record<string, string>>;
  /** Value name → integers in the declared unit; null where nothing was measured. */
  readonly values: Readonly<Record<string, readonly (number | null)[]>>;
}

/** What the agent says of itself; the collector shows the newest by `at_ms`. Counters start at 0 with the process. */
export const agentStatusSchema = z.strictObject({
  at_ms: z.int().min(0),
  version: z.string().max(64),
  started_at_ms: z.int().min(0),
  checks: z.int().min(0),
  runs: z.int().min(0),
  late_runs: z.int().min(0),
  isolated: z.boolean(),
  isolated_runs: z.int().min(0),
  agent_errors: z.int().min(0),
  spool_bytes: z.int().min(0),
  spool_batches: z.int().min(0),
  spool_oldest_at_ms: z.int().min(0).nullable(),
  dropped_observations: z.int().min(0),
  refused_batches: z.int().min(0),
});

export type AgentStatus = z.output<typeof agentStatusSchema>;

/** One delivery. `(agent, spool, sequence)` identifies it for ever: delivered twice, it is stored once. */
export interface Batch {
  readonly version: typeof WIRE_VERSION;
  readonly agent: string;
  readonly spool: string;
  readonly sequence: number;
  readonly checks: readonly CheckColumns[];
  readonly status?: AgentStatus | undefined;
}

/** A batch that can never be stored; `code` is stable and goes into the answer. */
export class WireError extends Error {
  readonly code: 'malformed-json' | 'unsupported-version' | 'invalid-batch' | 'too-many-observations';

  constructor(code: WireError['code'], message: string) {
    super(message);
    this.name = 'WireError';
    this.code = code;
  }
}

/** Text of a batch → the batch, every rule checked. Throws `WireError`. */
export function parseBatch(text: string): Batch {
  const value = asRecord(parseJson(text), 'batch');
  validateEnvelope(value);
  let observations = 0;
  for (const [index, check] of asArray(value.checks, 'checks').entries()) observations += validateColumns(check, index);
  if (observations > MAX_BATCH_OBSERVATIONS) {
    throw new WireError(
      'too-many-observations',
      `${observations} observations in a batch, at most ${MAX_BATCH_OBSERVATIONS}`,
    );
  }
  return asBatch(value);
}

/** Safe: called once validateEnvelope and validateColumns, which throw for anything else, have seen every part. */
function asBatch(value: unknown): Batch {
  return value as Batch;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new WireError('malformed-json', error instanceof Error ? error.message : 'not JSON');
  }
}

const ENVELOPE_KEYS = new Set(['version', 'agent', 'spool', 'sequence', 'checks', 'status']);
const SPOOL = /^[A-Za-z0-9_-]{8,64}$/;

/** Everything but the columns. The version comes first: another one may have other rules. */
function validateEnvelope(batch: Readonly<Record<string, unknown>>): void {
  const { version, agent, spool, sequence, checks, status } = batch;
  if (typeof version === 'number' && version !== WIRE_VERSION) {
    throw new WireError('unsupported-version', `version ${version} is not understood, only ${WIRE_VERSION}`);
  }
  if (version !== WIRE_VERSION) throw invalid(`version: expected ${WIRE_VERSION}`);
  for (const key in batch) if (!ENVELOPE_KEYS.has(key)) throw invalid(`${shown(key)}: unknown key`);
  if (typeof agent !== 'string' || !IDENTIFIER.test(agent)) throw invalid("agent: expected an agent's name");
  if (typeof spool !== 'string' || !SPOOL.test(spool))
    throw invalid('spool: expected 8 to 64 letters, digits, "-" or "_"');
  if (!isIntegerIn(sequence, 0, Number.MAX_SAFE_INTEGER)) throw invalid('sequence: expected an integer from 0');
  if (asArray(checks, 'checks').length === 0) throw invalid('checks: empty');
  if (status !== undefined) validateStatus(status);
}

function validateStatus(status: unknown): void {
  const issue = agentStatusSchema.safeParse(status).error?.issues[0];
  if (issue !== undefined) throw invalid(`${['status', ...issue.path].join('.')}: ${issue.message}`);
}

const COLUMN_KEYS = new Set(['check', 'every_ms', 'at_ms', 'up', 'reasons', 'values']);
const VALUE_NAME = /^[a-z][a-z0-9_]{0,39}$/;
const REASON = /^[a-z][a-z0-9-]{0,63}$/;
/** Instants outside 2001–2286 are a unit mistake (seconds, microseconds), not a time. */
const MIN_AT_MS = 1e12;
const MAX_AT_MS = 1e13;
const MAX_EVERY_MS = 366 * 86_400_000;

/** Plain loops, not a schema: this runs for every number that any agent ever sends. Returns the number of observations. */
function validateColumns(value: unknown, index: number): number {
  const place = `checks[${index}]`;
  const column = asRecord(value, place);
  for (const key in column) if (!COLUMN_KEYS.has(key)) throw invalid(`${place}.${shown(key)}: unknown key`);
  if (typeof column.check !== 'string' || !IDENTIFIER.test(column.check))
    throw invalid(`${place}.check: expected a check's id`);
  if (!isIntegerIn(column.every_ms, 1, MAX_EVERY_MS)) throw invalid(`${place}.every_ms: expected milliseconds`);
  const atMs = asArray(column.at_ms, `${place}.at_ms`);
  const count = atMs.length;
  if (count === 0) throw invalid(`${place}.at_ms: empty`);
  for (let i = 0; i < count; i++) {
    if (!isIntegerIn(atMs[i], MIN_AT_MS, MAX_AT_MS))
      throw invalid(`${place}.at_ms[${i}]: expected milliseconds since 1970`);
  }
  const reasons = asRecord(column.reasons, `${place}.reasons`);
  validateOutcomes(asArray(column.up, `${place}.up`), reasons, { count, place });
  const values = asRecord(column.values, `${place}.values`);
  for (const name in values) {
    if (!VALUE_NAME.test(name)) throw invalid(`${place}.values: "${shown(name)}" is not a value's name`);
    validateValues(asArray(values[name], `${place}.values.${name}`), count, `${place}.values.${name}`);
  }
  return count;
}

function validateOutcomes(
  up: readonly unknown[],
  reasons: Readonly<Record<string, unknown>>,
  { count, place }: { count: number; place: string },
): void {
  if (up.length !== count) throw invalid(`${place}.up: ${up.length} outcomes for ${count} instants`);
  let notUp = 0;
  for (let i = 0; i < count; i++) {
    const outcome = up[i];
    if (outcome === 1) continue;
    if (outcome !== 0 && outcome !== null) throw invalid(`${place}.up[${i}]: expected 1, 0 or null`);
    const reason = reasons[i];
    if (typeof reason !== 'string' || !REASON.test(reason))
      throw invalid(`${place}.reasons: none for observation ${i}, which is not up`);
    notUp++;
  }
  let given = 0;
  for (const _ in reasons) given++;
  if (given !== notUp) throw invalid(`${place}.reasons: ${given} reasons for ${notUp} observations that are not up`);
}

function validateValues(column: readonly unknown[], count: number, place: string): void {
  if (column.length !== count) throw invalid(`${place}: ${column.length} values for ${count} instants`);
  for (let i = 0; i < count; i++) {
    const value = column[i];
    if (value !== null && !Number.isSafeInteger(value)) throw invalid(`${place}[${i}]: expected an integer or null`);
  }
}

function isIntegerIn(value: unknown, min: number, max: number): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max;
}

/** What a sender wrote, short enough for a message. */
function shown(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

function asArray(value: unknown, place: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw invalid(`${place}: expected an array`);
}

function asRecord(value: unknown, place: string): Readonly<Record<string, unknown>> {
  // Safe: an object that is no array has string keys, and the values stay unknown.
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw invalid(`${place}: expected an object`);
}

function invalid(message: string): WireError {
  return new WireError('invalid-batch', message);
}

/** The observation at `index` of its columns. */
export function observationAt(columns: CheckColumns, index: number): Observation {
  const values: Record<string, number> = {};
  for (const name in columns.values) {
    const value = columns.values[name]?.[index];
    if (typeof value === 'number') values[name] = value;
  }
  return {
    check: columns.check,
    atMs: columns.at_ms[index] ?? Number.NaN,
    everyMs: columns.every_ms,
    outcome: outcomeOf(columns.up[index]),
    reason: columns.reasons[index] ?? null,
    values,
  };
}

/** Every observation of a batch, check by check. */
export function* observationsOf(batch: Batch): Generator<Observation> {
  for (const columns of batch.checks) {
    for (let index = 0; index < columns.at_ms.length; index++) yield observationAt(columns, index);
  }
}

const UP: Readonly<Record<Outcome, 0 | 1 | null>> = { up: 1, down: 0, unknown: null };

/** Observations → columns, one entry a check and interval, in the order given. */
export function toColumns(observations: readonly Observation[]): CheckColumns[] {
  const groups = new Map<string, Observation[]>();
  for (const observation of observations) {
    const key = `${observation.check} ${observation.everyMs}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [observation]);
    else group.push(observation);
  }
  return [...groups.values()].map(groupToColumns);
}

function groupToColumns(group: readonly Observation[]): CheckColumns {
  const reasons: Record<string, string> = {};
  // A map, not an object: "constructor" is a good name for a value and every object has one.
  const values = new Map<string, (number | null)[]>();
  for (const [index, observation] of group.entries()) {
    if (observation.reason !== null) reasons[index] = observation.reason;
    for (const name in observation.values) {
      const column = values.get(name) ?? new Array<number | null>(group.length).fill(null);
      column[index] = observation.values[name] ?? null;
      values.set(name, column);
    }
  }
  const first = group[0];
  return {
    check: first?.check ?? '',
    every_ms: first?.everyMs ?? HOLD_INTERVALS,
    at_ms: group.map((observation) => observation.atMs),
    up: group.map((observation) => UP[observation.outcome]),
    reasons,
    values: Object.fromEntries(values),
  };
}
