import { identifier, secret } from '@nines/shared/config/fields.ts';
import * as z from 'zod';
import { PERSON_ROLES } from '../ledger/person.ts';

/**
 * `people:` who may decide something that is written into the audit log under their name, and as what. Who speaks for a
 * customer sees to that customer's contracts alone.
 */
export const personSchema = z
  .strictObject({
    name: identifier,
    roles: z.array(z.enum(PERSON_ROLES)).min(1),
    customer: identifier.optional(),
    /** Presented as `Authorization: Bearer …`. */
    token: secret,
  })
  .refine(({ roles, customer }) => roles.includes('customer') === (customer !== undefined), {
    path: ['customer'],
    error: 'goes with the role customer: which customer do they speak for?',
  });
