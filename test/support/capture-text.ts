import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A file of `test/captures` that is not a call's output, as text. */
export function captureText(name: string): string {
  return captureBytes(name).toString('utf8');
}

/** The same, as it is. */
export function captureBytes(name: string): Buffer {
  return readFileSync(join(import.meta.dirname, '../captures', name));
}
