import { realpathSync } from 'node:fs';
import type { SecretSource } from '@nines/shared/config/fields.ts';
import { readSecret } from '@nines/shared/config/load.ts';
import { ConfigError, errorMessage } from '@nines/shared/errors.ts';
import { NotAllowedError } from './failure-reason.ts';

/** What the agent's own file allows checks to read, and where it stands. */
export interface SecretRules {
  readonly allow: {
    /** Absolute paths of files, and of folders with all that is in them. */
    readonly files: readonly string[];
    readonly env: readonly string[];
  };
  readonly configPath: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads the secret that a check names, when the agent's own file allows it: a check comes from the collector, and
 * whoever can write checks must not be able to read this host. Throws `NotAllowedError`, also when it cannot be read.
 */
export function readAllowedSecret(source: SecretSource, { allow, configPath, env }: SecretRules): string {
  try {
    if ('file' in source) return readSecret({ file: allowedPath(source.file, allow.files) }, configPath, env);
    if (!allow.env.includes(source.env)) throw new NotAllowedError(`allow.env does not name ${source.env}`);
    return readSecret(source, configPath, env);
  } catch (error) {
    if (error instanceof ConfigError) throw new NotAllowedError(errorMessage(error));
    throw error;
  }
}

/** Where a path leads in the end is what counts: neither `..` nor a symbolic link leads out of what is allowed. */
function allowedPath(path: string, allowed: readonly string[]): string {
  const real = path.startsWith('/') ? realPathOrNull(path) : null;
  if (real === null) throw new NotAllowedError(`${path} is no absolute path of a file that can be found`);
  const isAllowed = allowed.some((entry) => {
    const root = realPathOrNull(entry);
    return root !== null && (real === root || real.startsWith(root.endsWith('/') ? root : `${root}/`));
  });
  if (!isAllowed) throw new NotAllowedError(`allow.files does not name ${path}`);
  return real;
}

function realPathOrNull(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}
