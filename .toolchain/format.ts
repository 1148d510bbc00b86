import { runSteps } from './steps.ts';

process.exitCode = await runSteps([{ title: 'Format', command: 'biome', args: ['check', '--write', '.'] }]);
