import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the checkout. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** One program of `node_modules/.bin` with its arguments, and what a person calls it. */
export interface Step {
  readonly title: string;
  readonly command: string;
  readonly args: readonly string[];
}

/** Formatting, lint and types: what `npm run check` does and `npm test` begins with. */
export const CHECKS: readonly Step[] = [
  { title: 'Format and lint', command: 'biome', args: ['check', '--error-on-warnings', '.'] },
  { title: 'Types', command: 'tsc', args: ['-p', '.'] },
];

/** Runs the steps one after the other and stops at the first that fails. Resolves with the exit code. */
export async function runSteps(steps: readonly Step[]): Promise<number> {
  for (const step of steps) {
    console.log(`── ${step.title} (${step.command})`);
    const code = await runStep(step);
    if (code === 0) continue;
    console.log(`── ${step.title} failed (exit code ${code}); nothing after it was run.`);
    return code;
  }
  return 0;
}

function runStep({ command, args }: Step): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(join(ROOT, 'node_modules', '.bin', command), args, { cwd: ROOT, stdio: 'inherit' });
    const forward = (signal: NodeJS.Signals) => child.kill(signal);
    process.on('SIGTERM', forward);
    // Ctrl-C of a terminal reaches the child by itself; this program waits for it to end.
    process.on('SIGINT', () => {});
    child.on('error', reject);
    child.on('exit', (code) => {
      process.off('SIGTERM', forward);
      resolve(code ?? 1);
    });
  });
}
