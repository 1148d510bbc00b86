import { ConfigError, type Mistake } from '../errors.ts';
import type { SecretSource } from './fields.ts';
import { readSecret } from './load.ts';
import { formatPath, type ParsedDocument, type Path } from './parse.ts';

/** The file that names the secrets, and the variables that it may name. */
export interface SecretsOf {
  readonly path: string;
  readonly document: Pick<ParsedDocument, 'place'>;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Reads the secrets that one file names. Those that are missing are told all at once, each with the place that names it. */
export class Secrets {
  readonly #file: SecretsOf;
  readonly #mistakes: Mistake[] = [];

  constructor(file: SecretsOf) {
    this.#file = file;
  }

  /** The secret's text; empty when it is missing, which `check` will say. `at` leads to it in the file. */
  read(source: SecretSource, at: Path): string {
    const { path, document, env } = this.#file;
    try {
      return readSecret(source, path, env);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      const place = { source: path, ...document.place(at), path: formatPath(at) };
      for (const { message } of error.mistakes) this.#mistakes.push({ ...place, message });
      return '';
    }
  }

  /** Throws `ConfigError` with all that were missing: before anything that was read is used. */
  check(): void {
    if (this.#mistakes.length > 0) throw new ConfigError(this.#mistakes);
  }
}
