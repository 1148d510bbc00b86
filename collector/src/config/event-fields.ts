import { identifier } from '@nines/shared/config/fields.ts';
import * as z from 'zod';
import type { EventSource } from '../sla/indicator.ts';

/** Which events an indicator is about. */
export const sourceFields = {
  stream: identifier,
  /** The checks that bring the stream: while they are silent, events may be missing. */
  checks: z.array(identifier).default([]),
  /** Whether an event belongs to the time at which it begins, or ends. */
  at: z.enum(['begin', 'end']).default('begin'),
};

export function toSource({ stream, checks, at }: EventSource): EventSource {
  return { stream, checks, at };
}

/** The name of a value that is a length of time: what it counts in is part of the name. */
export const lengthValue = z
  .string()
  .regex(/^[a-z][a-z0-9_]*_m?s$/, 'expected the name of a value that ends with its unit, _ms or _s');
