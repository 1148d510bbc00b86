import { identifier, percent } from '@nines/shared/config/fields.ts';
import * as z from 'zod';
import { indicatorSchema } from './indicators.ts';
import { periodSchema } from './periods.ts';

/** One promise of a contract. */
export const objectiveSchema = z.strictObject({
  id: identifier,
  /** The service of the catalogue that it is about. */
  service: identifier.optional(),
  indicator: indicatorSchema,
  target: percent,
  period: periodSchema,
  /** Only these hours count; all hours when absent. */
  calendar: identifier.optional(),
});
