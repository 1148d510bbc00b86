import * as z from 'zod';
import { nearest } from './nearest.ts';

type Schema = z.core.$ZodType;
type Path = readonly PropertyKey[];

/** The keys that a schema's object at `path` knows, for "did you mean"; empty when the place is no object. */
export function knownKeysAt(schema: Schema, path: Path, value: unknown): readonly string[] {
  const found = schemaAt(schema, path, value);
  return found === undefined ? [] : keysOf(chosen(found.schema, found.value));
}

/** The schema that judged the value at `path`, and that value; `undefined` when the path leads out of the schema. */
export function schemaAt(schema: Schema, path: Path, value: unknown): { schema: Schema; value: unknown } | undefined {
  const found = fieldAt(schema, path, value);
  return found === undefined ? undefined : { schema: strip(found.field), value: found.value };
}

/** The same with the schema as it stands there: what it makes of the value is in it, too. */
export function fieldAt(schema: Schema, path: Path, value: unknown): { field: Schema; value: unknown } | undefined {
  let field = schema;
  let input = value;
  for (const key of path) {
    const child = childSchema(chosen(strip(field), input), key);
    if (child === undefined) return undefined;
    field = child;
    input = isRecord(input) ? input[String(key)] : undefined;
  }
  return { field, value: input };
}

/**
 * The branch of a union that the operator meant: the one whose literals fit and whose keys come nearest to those
 * written. `null` when two come equally near, or none shares a key.
 */
export function meantOption(union: Schema, value: unknown): { readonly index: number; readonly schema: Schema } | null {
  if (!(union instanceof z.core.$ZodUnion) || !isRecord(value)) return null;
  const scored = union._zod.def.options
    .map((option, index) => ({ index, schema: strip(option) }))
    .map((option) => ({ ...option, score: score(option.schema, value) }))
    .sort((a, b) => b.score - a.score);
  const [best, second] = scored;
  return best === undefined || best.score <= 0 || best.score === second?.score ? null : best;
}

/** How well an object's keys fit a branch: a key it knows counts 2, one that is nearly so 1, a wrong literal rules it out. */
function score(option: Schema, value: Record<string, unknown>): number {
  if (Array.isArray(value)) return option instanceof z.core.$ZodArray ? 1 : 0;
  if (option instanceof z.core.$ZodUnion) {
    return Math.max(...option._zod.def.options.map((inner) => score(strip(inner), value)));
  }
  if (!(option instanceof z.core.$ZodObject)) return 0;
  const { shape } = option._zod.def;
  const known = Object.keys(shape);
  let sum = 0;
  for (const [key, given] of Object.entries(value)) {
    const field = shape[key];
    if (field instanceof z.core.$ZodLiteral && !field._zod.def.values.some((literal) => literal === given)) return 0;
    if (field !== undefined) sum += 2;
    else if (nearest(key, known) !== null) sum += 1;
  }
  return sum;
}

function chosen(schema: Schema, value: unknown): Schema {
  const option = meantOption(schema, value);
  return option === null ? schema : chosen(option.schema, value);
}

function keysOf(schema: Schema): readonly string[] {
  return schema instanceof z.core.$ZodObject ? Object.keys(schema._zod.def.shape) : [];
}

function childSchema(schema: Schema, key: PropertyKey): Schema | undefined {
  if (schema instanceof z.core.$ZodObject) {
    return Object.hasOwn(schema._zod.def.shape, key) ? schema._zod.def.shape[String(key)] : undefined;
  }
  if (schema instanceof z.core.$ZodArray) return schema._zod.def.element;
  return schema instanceof z.core.$ZodRecord ? schema._zod.def.valueType : undefined;
}

/** Looks through optional, default, nullable, read-only and pipe to the schema that sees the value as it was written. */
function strip(schema: Schema): Schema {
  const inner = unwrap(schema);
  return inner instanceof z.core.$ZodPipe ? strip(inner._zod.def.in) : inner;
}

/** Looks through optional, default, nullable and read-only. */
export function unwrap(schema: Schema): Schema {
  if (
    schema instanceof z.core.$ZodOptional ||
    schema instanceof z.core.$ZodDefault ||
    schema instanceof z.core.$ZodPrefault ||
    schema instanceof z.core.$ZodNullable ||
    schema instanceof z.core.$ZodReadonly
  ) {
    return unwrap(schema._zod.def.innerType);
  }
  return schema;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
