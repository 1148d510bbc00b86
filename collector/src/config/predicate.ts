import { identifier } from '@nines/shared/config/fields.ts';
import * as z from 'zod';
import type { Predicate } from '../sla/indicator.ts';

const words = z
  .union([z.string().min(1), z.array(z.string().min(1)).min(1)], 'expected a word or a list of words')
  .transform((written) => (typeof written === 'string' ? [written] : written));

const bounds = z
  .strictObject({ at_least: z.int().optional(), at_most: z.int().optional() })
  .refine(({ at_least, at_most }) => at_least !== undefined || at_most !== undefined, 'expected at_least or at_most')
  .refine(({ at_least = -Infinity, at_most = Infinity }) => at_least <= at_most, 'at_least is more than at_most');

interface WrittenCondition {
  readonly outcome?: readonly string[] | undefined;
  readonly labels?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly values?: Readonly<Record<string, z.output<typeof bounds>>> | undefined;
  readonly not?: Predicate | undefined;
  readonly all?: readonly Predicate[] | undefined;
  readonly any?: readonly Predicate[] | undefined;
}

/**
 * A condition on events; all that it says has to hold. `{ outcome: answered, labels: { queue: support }, values: { wait_ms:
 * { at_most: 20000 } } }`, and `not`, `all`, `any` of further ones.
 */
export const predicate: z.ZodType<Predicate, unknown> = z.lazy(() =>
  z
    .strictObject({
      outcome: words.optional(),
      labels: z.record(identifier, words).optional(),
      values: z.record(identifier, bounds).optional(),
      not: predicate.optional(),
      all: z.array(predicate).min(1).optional(),
      any: z.array(predicate).min(1).optional(),
    })
    .transform(toPredicate),
);

function toPredicate({ outcome, labels, values, not, all, any: some }: WrittenCondition): Predicate {
  const said: Predicate[] = [
    ...(outcome === undefined ? [] : [{ kind: 'outcome', in: outcome } as const]),
    ...Object.entries(labels ?? {}).map(([name, of]) => ({ kind: 'label', name, in: of }) as const),
    ...Object.entries(values ?? {}).map(
      ([name, { at_least, at_most }]) =>
        ({ kind: 'value', name, atLeast: at_least ?? null, atMost: at_most ?? null }) as const,
    ),
    ...(not === undefined ? [] : [{ kind: 'not', of: not } as const]),
    ...(all === undefined ? [] : [{ kind: 'all', of: all } as const]),
    ...(some === undefined ? [] : [{ kind: 'any', of: some } as const]),
  ];
  const [only] = said;
  if (only === undefined) return { kind: 'always' };
  return said.length === 1 ? only : { kind: 'all', of: said };
}
