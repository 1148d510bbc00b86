import { identifier } from '@nines/shared/config/fields.ts';
import * as z from 'zod';

/** `customers:` who bought something; inside a company also the department to which another one owes something. */
export const customerSchema = z.strictObject({ id: identifier, name: z.string().min(1).optional() });
