import { mkdir, open, rename } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { errorCode } from '@nines/shared/errors.ts';

/** Makes a file appear whole or not at all, also after a power cut. Rejects with the system's error. */
export async function writeDurably(path: string, content: Uint8Array | string): Promise<void> {
  const temporary = `${path}.tmp`;
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  await syncDirectory(dirname(path));
}

/** Makes a folder that only its owner may look into. */
export async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
}

/** Moves a file into another folder, which is made when it is missing. */
export async function moveInto(folder: string, path: string): Promise<void> {
  await makeFolder(folder);
  await rename(path, `${folder}/${basename(path)}`);
}

/** Whether the system refused (no space, no permission, broken disk), in contrast to a bug of ours. */
export function isSystemError(error: unknown): boolean {
  return /^E[A-Z0-9]+$/.test(errorCode(error) ?? '');
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
