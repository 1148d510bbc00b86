/** One thing wrong in a configuration, with its place. `line` and `column` count from 1; `path` is `checks[0].probe`. */
export interface Mistake {
  readonly source: string;
  readonly line: number;
  readonly column: number;
  readonly path: string;
  readonly message: string;
}

/** The operator's mistake: every one that was found, each with its place. Printed without a stack; exit code 2. */
export class ConfigError extends Error {
  readonly mistakes: readonly Mistake[];

  constructor(mistakes: readonly Mistake[]) {
    super(mistakes.map(formatMistake).join('\n'));
    this.name = 'ConfigError';
    this.mistakes = mistakes;
  }
}

/** A mistake that has no place inside a file: a missing file, an unset environment variable, a bad command line. */
export function configErrorAt(source: string, message: string, path = ''): ConfigError {
  return new ConfigError([{ source, line: 0, column: 0, path, message }]);
}

function formatMistake(mistake: Mistake): string {
  const place = mistake.line > 0 ? `${mistake.source}:${mistake.line}:${mistake.column}` : mistake.source;
  return mistake.path === '' ? `${place}: ${mistake.message}` : `${place} ${mistake.path}: ${mistake.message}`;
}

/** The `code` of a Node or library error, or `undefined` for a value that carries none. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** One line of text for any thrown value. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
