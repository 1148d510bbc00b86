import { endOnClosedPipe } from '@nines/shared/closed-pipe.ts';
import { runProgram } from './cli/program.ts';

endOnClosedPipe([process.stdout, process.stderr], () => process.exit());

const context = {
  env: process.env,
  out: (text: string) => process.stdout.write(text),
  err: (text: string) => process.stderr.write(text),
};

process.exitCode = await runProgram(process.argv.slice(2), context);
