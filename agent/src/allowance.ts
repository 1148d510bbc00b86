import { realpathSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import type { SecretSource } from '@nines/shared/config/fields.ts';
import { besideFile, readSecret } from '@nines/shared/config/load.ts';
import { ConfigError, errorMessage } from '@nines/shared/errors.ts';
import { NotAllowedError } from './failure-reason.ts';
import type { Scratch } from './restore/scratch.ts';

/** What the agent's own file allows checks to touch on this host, and where it stands. */
export interface AllowanceRules {
  readonly allow: {
    /** Absolute paths of files, and of folders with all that is in them. */
    readonly files: readonly string[];
    readonly env: readonly string[];
    /** Absolute paths of programs. */
    readonly commands: readonly string[];
  };
  readonly scratch: Scratch;
  readonly path: string;
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * What a check may touch on this host: a check comes from the collector, and whoever can write checks must not be able
 * to read or run what its operator did not name. Every verb throws `NotAllowedError`, and `secret` does so when there is none.
 */
export interface Allowance {
  /** The secret's text. */
  secret(source: SecretSource): string;
  /**
   * The real path of a file or folder that may be read, a relative one counted from the agent's own file; neither `..`
   * nor a symbolic link leads out of what is allowed. It need not be there: that a backup is gone is a finding, not a
   * question of what is allowed.
   */
  file(path: string): string;
  /** The path of a program that may be run, as it was allowed: some programs look at the name they are called by. */
  command(path: string): string;
  /** Where a test restore may write. */
  scratch(): Scratch;
}

/** The agent's own rules, looked up at each use: a file may have been replaced by a link meanwhile. */
export function createAllowance(rules: AllowanceRules, env: Env): Allowance {
  const { allow } = rules;
  return {
    secret: (source) => readAllowedSecret(source, rules, env),
    file: (path) => allowedFile(besideFile(rules.path, path), allow.files),
    command(path) {
      if (allow.commands.includes(path)) return path;
      throw new NotAllowedError(`allow.commands does not name ${path}`);
    },
    scratch: () => rules.scratch,
  };
}

/** Allows nothing, and says what would. */
export function allowNothing(remedy: string): Allowance {
  const refuse = (): never => {
    throw new NotAllowedError(remedy);
  };
  return { secret: refuse, file: refuse, command: refuse, scratch: refuse };
}

function readAllowedSecret(source: SecretSource, { allow, path }: AllowanceRules, env: Env): string {
  try {
    if ('file' in source)
      return readSecret({ file: allowedFile(besideFile(path, source.file), allow.files) }, path, env);
    if (!allow.env.includes(source.env)) throw new NotAllowedError(`allow.env does not name ${source.env}`);
    return readSecret(source, path, env);
  } catch (error) {
    if (error instanceof ConfigError) throw new NotAllowedError(errorMessage(error));
    throw error;
  }
}

function allowedFile(path: string, allowed: readonly string[]): string {
  if (!path.startsWith('/')) throw new NotAllowedError(`${path} is no absolute path`);
  const real = realPathOfMissing(path);
  const isAllowed = allowed.some((entry) => {
    const root = realPathOrNull(entry);
    return root !== null && (real === root || real.startsWith(root.endsWith('/') ? root : `${root}/`));
  });
  if (!isAllowed) throw new NotAllowedError(`allow.files does not name ${path}`);
  return real;
}

/** The real path of what is there of it, with the rest behind. */
function realPathOfMissing(path: string): string {
  const real = realPathOrNull(path);
  if (real !== null) return real;
  const plain = normalize(path);
  return plain === '/' ? plain : join(realPathOfMissing(dirname(plain)), basename(plain));
}

function realPathOrNull(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}
