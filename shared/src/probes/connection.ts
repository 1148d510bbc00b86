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

/** Refuses an address of one family together with `ip` of another: no run of it could ever pass. */
export function refineFamily(hostText: string, ip: string, context: z.core.$RefinementCtx): void {
  const literal = hostText.includes(':') ? '6' : /^\d+(?:\.\d+){3}$/.test(hostText) ? '4' : null;
  if (literal === null || ip === 'any' || ip === literal) return;
  context.addIssue({
    code: 'custom',
    path: ['ip'],
    message: `${hostText} is an IPv${literal} address, so ip cannot be ${ip}`,
  });
}
