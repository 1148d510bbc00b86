import { parseConfig } from '@nines/shared/config/parse.ts';
import * as z from 'zod';

/** Where an SLO of ours says which checks it is about: OpenSLO knows queries, not checks. Separated by commas. */
export const CHECKS_ANNOTATION = 'nines/checks';
/** And of a promise about speed, within how long runs are to end. */
export const WITHIN_ANNOTATION = 'nines/within';

/** The parts of an `openslo/v1` SLO that say what is promised. What is not named here is looked at nowhere. */
const sloSchema = z.looseObject({
  apiVersion: z.literal('openslo/v1', 'expected openslo/v1'),
  kind: z.literal('SLO'),
  metadata: z.looseObject({
    name: z.string().min(1),
    annotations: z.record(z.string(), z.string()).default({}),
  }),
  spec: z.looseObject({
    service: z.string().optional(),
    budgetingMethod: z.enum(['Occurrences', 'Timeslices', 'RatioTimeslices']).default('Occurrences'),
    timeWindow: z
      .array(
        z.looseObject({
          duration: z.string(),
          isRolling: z.boolean().default(true),
          calendar: z.looseObject({ startTime: z.string(), timeZone: z.string() }).optional(),
        }),
      )
      .length(1, 'expected exactly one time window'),
    indicator: z.unknown().optional(),
    indicatorRef: z.string().optional(),
    alertPolicies: z.array(z.unknown()).default([]),
    objectives: z
      .array(
        z.looseObject({
          target: z.number().min(0).max(1).optional(),
          targetPercent: z.number().min(0).max(100).optional(),
          timeSliceTarget: z.number().gt(0).max(1).optional(),
          timeSliceWindow: z.union([z.string(), z.number()]).optional(),
          op: z.string().optional(),
          compositeWeight: z.number().optional(),
        }),
      )
      .min(1),
  }),
});

/** What the file holds besides SLOs. */
export interface OtherDocument {
  readonly kind: string;
  readonly name: string;
}

const anySchema = z.looseObject({ kind: z.string(), metadata: z.looseObject({ name: z.string() }) });

/** One document of a file. Throws `ConfigError` when it is none of OpenSLO's, or an SLO that is wrong. */
export function readOpenSlo(text: string, source: string): Slo | OtherDocument {
  const { kind, metadata } = parseConfig(text, anySchema, source);
  return kind === 'SLO' ? parseConfig(text, sloSchema, source) : { kind, name: metadata.name };
}

export type Slo = z.output<typeof sloSchema>;
export type SloTimeWindow = Slo['spec']['timeWindow'][number];
