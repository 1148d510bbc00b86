import * as z from 'zod';
import { formatDuration } from '../time/duration.ts';
import { duration, formatPercentField, percent } from './fields.ts';
import { fieldAt, unwrap } from './known-keys.ts';

type Schema = z.core.$ZodType;

/** Fields whose parsed number is not what people wrote, and how they write it. */
const WRITTEN: readonly (readonly [Schema, (value: number) => string])[] = [
  [percent, formatPercentField],
  [duration, formatDuration],
];

/** Where a leaf stands in a document that a schema describes. */
export interface LeafPlace {
  readonly schema: Schema;
  readonly document: unknown;
  readonly path: readonly PropertyKey[];
}

/**
 * A leaf of what `essenceOf` made as JSON, as people write it: `"99.95"` for 999_500_000. What the schema does not know, or
 * what could have been written in several ways, stays as it is.
 */
export function writtenForm(value: unknown, { schema, document, path }: LeafPlace): string {
  const field = fieldAt(schema, path, document)?.field;
  if (field === undefined || typeof value !== 'number') return JSON.stringify(value);
  const options = optionsOf(field);
  // A refined field is a copy of it, and has the same transformation.
  const found = WRITTEN.filter(([one]) => options.some((option) => outputOf(option) === outputOf(one)));
  const [only] = found;
  const isPlain = options.some((option) => option instanceof z.core.$ZodNumber);
  return JSON.stringify(only === undefined || found.length > 1 || isPlain ? value : only[1](value));
}

function optionsOf(field: Schema): Schema[] {
  const schema = unwrap(field);
  return schema instanceof z.core.$ZodUnion ? schema._zod.def.options.flatMap(optionsOf) : [schema];
}

function outputOf(schema: Schema): Schema | null {
  return schema instanceof z.core.$ZodPipe ? schema._zod.def.out : null;
}
