import * as z from 'zod';

/** The keys that a schema's object at `path` knows, for "did you mean"; empty when the place is no object. */
export function knownKeysAt(schema: z.core.$ZodType, path: readonly PropertyKey[], value: unknown): readonly string[] {
  let current: z.core.$ZodType | undefined = unwrap(schema, value);
  let input = value;
  for (const key of path) {
    input = isRecord(input) ? input[key as string] : undefined;
    current = current === undefined ? undefined : childSchema(current, key);
    if (current !== undefined) current = unwrap(current, input);
  }
  return current instanceof z.core.$ZodObject ? Object.keys(current._zod.def.shape) : [];
}

function childSchema(schema: z.core.$ZodType, key: PropertyKey): z.core.$ZodType | undefined {
  if (schema instanceof z.core.$ZodObject) return schema._zod.def.shape[key as string];
  if (schema instanceof z.core.$ZodArray) return schema._zod.def.element;
  if (schema instanceof z.core.$ZodRecord) return schema._zod.def.valueType;
  return undefined;
}

/** Looks through optional, default, pipe and union to the schema that judged this very value. */
function unwrap(schema: z.core.$ZodType, value: unknown): z.core.$ZodType {
  if (
    schema instanceof z.core.$ZodOptional ||
    schema instanceof z.core.$ZodDefault ||
    schema instanceof z.core.$ZodPrefault
  ) {
    return unwrap(schema._zod.def.innerType, value);
  }
  if (schema instanceof z.core.$ZodPipe) return unwrap(schema._zod.def.in, value);
  if (schema instanceof z.core.$ZodUnion) {
    const options = schema._zod.def.options.map((option) => unwrap(option, value));
    return options.find((option) => option instanceof z.core.$ZodObject && matchesLiterals(option, value)) ?? schema;
  }
  return schema;
}

/** Whether every literal of the object schema (its discriminator) equals the value's: that branch was meant. */
function matchesLiterals(schema: z.core.$ZodObject, value: unknown): boolean {
  if (!isRecord(value)) return false;
  return Object.entries(schema._zod.def.shape).every(
    ([key, field]) => !(field instanceof z.core.$ZodLiteral) || field._zod.def.values.includes(value[key] as never),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
