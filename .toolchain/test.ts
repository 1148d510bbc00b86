import { CHECKS, runSteps } from './steps.ts';

const vitest = { title: 'Tests', command: 'vitest', args: ['run', ...process.argv.slice(2)] };

process.exitCode = await runSteps([...CHECKS, vitest]);
