import type { CommandContext } from '@nines/shared/command.ts';
import { configErrorAt, errorMessage } from '@nines/shared/errors.ts';
import * as z from 'zod';
import { loadNines } from '../config/nines.ts';

/** Which collector is asked, and as whom. */
export interface AskOptions {
  readonly config: string;
  readonly url?: string;
  /** Somebody of the configuration; their token is read from there. Without it `NINES_TOKEN` is presented, if there is one. */
  readonly as?: string;
  /** A program of the configuration's `importers`, in place of a person. */
  readonly importer?: string;
}

/** One request to the collector's API. */
export interface Question {
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  /** Posted as JSON; a `GET` without it. */
  readonly body?: unknown;
}

/**
 * Asks the running collector. Resolves with its answer, or with `null` after standard error was told why there is none.
 * Throws `ConfigError` for a mistake in the call.
 */
export async function askCollector(
  { path, query = {}, body }: Question,
  options: AskOptions,
  { env, err }: CommandContext,
): Promise<unknown> {
  const url = new URL(path, addressOf(options, env));
  for (const [key, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(key, value);
  const token = tokenOf(options, env);
  const headers = {
    ...(token !== null && { authorization: `Bearer ${token}` }),
    ...(body !== undefined && { 'content-type': 'application/json' }),
  };
  try {
    const response = await fetch(url, body === undefined ? { headers } : post(headers, body));
    const text = await response.text();
    if (response.ok) return JSON.parse(text);
    err(`${url.origin} answers ${response.status}: ${messageIn(text)}\n`);
  } catch (error) {
    err(`${url.origin} does not answer (${errorMessage(error)}); is the collector running?\n`);
  }
  return null;
}

function post(headers: Readonly<Record<string, string>>, body: unknown): RequestInit {
  return { method: 'POST', headers, body: JSON.stringify(body) };
}

const refusalSchema = z.object({ error: z.object({ message: z.string() }) });

/** The collector's own sentence; something else that answers there (a proxy's page) is not printed whole. */
function messageIn(body: string): string {
  try {
    return refusalSchema.parse(JSON.parse(body)).error.message;
  } catch {
    return 'not an answer of a collector';
  }
}

function addressOf({ url, config }: AskOptions, env: CommandContext['env']): string {
  if (url !== undefined && !URL.canParse(url)) {
    throw configErrorAt('--url', `"${url}" is no address such as http://127.0.0.1:9640`);
  }
  if (url !== undefined) return url;
  const { host, port } = loadNines(config, env).listen;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function tokenOf({ as, importer, config }: AskOptions, env: CommandContext['env']): string | null {
  if (importer !== undefined) return importerToken(importer, config, env);
  if (as === undefined) return env.NINES_TOKEN ?? null;
  const person = loadNines(config, env).people.find(({ name }) => name === as);
  if (person === undefined) throw configErrorAt(config, `no "${as}" among people`, 'people');
  return person.token;
}

function importerToken(name: string, config: string, env: CommandContext['env']): string | null {
  const found = loadNines(config, env).importers.find((one) => one.name === name);
  if (found === undefined) throw configErrorAt(config, `no "${name}" among importers`, 'importers');
  // An issued token is known to its holder alone.
  return found.token ?? env.NINES_TOKEN ?? null;
}
