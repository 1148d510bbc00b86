import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { configErrorAt, errorCode, errorMessage } from '../errors.ts';
import type { SecretSource } from './fields.ts';
import { type ParsedDocument, readDocument } from './parse.ts';

/** Reads a configuration file before it is judged. Throws `ConfigError` when it cannot be read or is no YAML. */
export function loadDocument(path: string): ParsedDocument {
  return readDocument(readText(path, path), path);
}

/**
 * The secret's text without a trailing line break; a relative file is beside the configuration. Throws `ConfigError`
 * when the variable is unset or the file unreadable or empty. The secret itself never appears in a message.
 */
export function readSecret(
  source: SecretSource,
  configPath: string,
  env: Readonly<Record<string, string | undefined>>,
): string {
  if ('env' in source) {
    const value = env[source.env];
    if (value === undefined || value === '')
      throw configErrorAt(configPath, `environment variable ${source.env} is not set`);
    return value;
  }
  const path = besideFile(configPath, source.file);
  const text = readText(path, configPath).trim();
  if (text === '') throw configErrorAt(configPath, `secret file ${path} is empty`);
  return text;
}

/** A path written in a configuration file is relative to that file's folder. */
export function besideFile(configPath: string, path: string): string {
  return resolve(dirname(configPath), path);
}

function readText(path: string, source: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const why = errorCode(error) === 'ENOENT' ? 'no such file' : errorMessage(error);
    throw configErrorAt(source, path === source ? why : `${path}: ${why}`);
  }
}
