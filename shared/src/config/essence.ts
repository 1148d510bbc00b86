import * as z from 'zod';
import { type CanonicalValue, canonicalJson } from './canonical-json.ts';

type Schema = z.core.$ZodType;

/**
 * What a document that its schema accepts says, and nothing of how it is written: the keys as users write them, each
 * value parsed (`1h` and `60m` are 3,600,000), and no key that says what would hold without it. A key that a later version
 * adds with a default therefore changes nothing in what was said before.
 */
export function essenceOf(schema: Schema, written: unknown): CanonicalValue {
  const branch = branchOf(schema, written);
  if (branch instanceof z.core.$ZodArray && Array.isArray(written)) {
    return written.map((element: unknown) => essenceOf(branch._zod.def.element, element));
  }
  if (!(branch instanceof z.core.$ZodObject) || !isMapping(written)) return leafOf(schema, branch, written);
  const said: Record<string, CanonicalValue> = {};
  for (const [key, value] of Object.entries(written)) {
    const field = branch._zod.def.shape[key];
    if (field !== undefined && !goesWithoutSaying(field, value)) said[key] = essenceOf(field, value);
  }
  return said;
}

/** Looks through defaults, transformations and unions to the schema that took the value as it was written. */
function branchOf(schema: Schema, written: unknown): Schema {
  if (
    schema instanceof z.core.$ZodOptional ||
    schema instanceof z.core.$ZodDefault ||
    schema instanceof z.core.$ZodPrefault ||
    schema instanceof z.core.$ZodNullable ||
    schema instanceof z.core.$ZodReadonly
  ) {
    return branchOf(schema._zod.def.innerType, written);
  }
  if (schema instanceof z.core.$ZodPipe) return branchOf(schema._zod.def.in, written);
  if (!(schema instanceof z.core.$ZodUnion)) return schema;
  // The first that accepts it, as parsing does.
  const option = schema._zod.def.options.find((one) => z.safeParse(one, written).success);
  return option === undefined ? schema : branchOf(option, written);
}

/** A word out of a list stays as it is written: what it stands for inside the program is nobody's business. */
function leafOf(schema: Schema, branch: Schema, written: unknown): CanonicalValue {
  const isWord = branch instanceof z.core.$ZodEnum || branch instanceof z.core.$ZodLiteral;
  return toCanonical(isWord ? written : z.parse(schema, written));
}

function goesWithoutSaying(field: Schema, written: unknown): boolean {
  const unsaid = z.safeParse(field, undefined);
  if (!unsaid.success || unsaid.data === undefined) return false;
  return canonicalJson(toCanonical(unsaid.data)) === canonicalJson(toCanonical(z.parse(field, written)));
}

/** A parsed value as canonical JSON holds it; `undefined` members are left out. Throws `TypeError` for anything else. */
function toCanonical(value: unknown): CanonicalValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number')
    return value;
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return value.map(toCanonical);
  if (!isMapping(value)) throw new TypeError(`a contract cannot hold a ${typeof value}`);
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]) => (member === undefined ? [] : [[key, toCanonical(member)]])),
  );
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
