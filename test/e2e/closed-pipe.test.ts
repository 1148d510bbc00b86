import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

/** Runs a program whose output nobody reads: the pipe is closed before it writes anything, as by `… | head -0`. */
async function unread(program: string, ...args: string[]): Promise<{ code: unknown; err: string }> {
  const child = spawn(join(ROOT, 'node_modules/.bin', program), args, { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  let err = '';
  child.stderr.on('data', (bytes: Buffer) => {
    err += String(bytes);
  });
  const [code] = await once(child, 'close');
  return { code, err };
}

describe('a command whose output is no longer read', () => {
  it.each(['nines-collector', 'nines-agent'])('%s ends without a word', async (program) => {
    expect(await unread(program, '--help')).toEqual({ code: 0, err: '' });
  });
});
