import { type CommandContext, EXIT, type ExitCode } from '@nines/shared/command.ts';

/** How an answer is printed. */
export interface Printing {
  readonly json: boolean;
  readonly context: CommandContext;
  /** Prints it in words. */
  readonly say: (answer: unknown) => void;
}

/** Prints what the collector answered, with `json` as it came; `null`, when it refused, was said already. */
export function printAnswer(answer: unknown, { json, context, say }: Printing): ExitCode {
  if (answer === null) return EXIT.failed;
  if (json) context.out(`${JSON.stringify(answer)}\n`);
  else say(answer);
  return EXIT.done;
}
