import * as z from 'zod';

/** Options that every probe with a connection shares. */

/** Which address family to use: the first address of either, one family, or a run over each where both must pass. */
export const ipFamily = z.enum(['any', '4', '6']).default('any');
export const ipFamilyOrBoth = z.enum(['any', '4', '6', 'both']).default('any');

/** A host name or address literal, without brackets. */
export const host = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[^\s/[\]@]+$/, 'expected a host name or an address without brackets');

/** How a certificate is judged. `verify: false` still reports expiry and protocol. */
export const tlsOptions = z.strictObject({
  verify: z.boolean().default(true),
  /** The name asked for (SNI) and verified; the host's own name when absent. */
  server_name: host.optional(),
});
