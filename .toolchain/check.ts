import { CHECKS, runSteps } from './steps.ts';

process.exitCode = await runSteps(CHECKS);
