import type { SecretSource } from '@nines/shared/config/fields.ts';
import { isPath } from '@nines/shared/probes/restore-points.ts';
import type { Allowance } from '../allowance.ts';

/** Where a repository is: an address as it was written, a secret's text, or a path of this host that may be read. */
export function repositoryOf(written: string | SecretSource, allowed: Allowance): string {
  if (typeof written !== 'string') return allowed.secret(written);
  return isPath(written) ? allowed.file(written) : written;
}
