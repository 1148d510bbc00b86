import { identifier } from '@nines/shared/config/fields.ts';
import * as z from 'zod';

/** `catalogue:` the services that are offered; an objective may say which of them it is about. */
export const catalogueServiceSchema = z.strictObject({
  id: identifier,
  name: z.string().min(1).optional(),
  description: z.string().min(1).optional(),
  /** What a customer of it gets, in words for people. */
  includes: z.array(z.string().min(1)).default([]),
});
