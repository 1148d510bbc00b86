/** What a command is given of the process, and how it speaks. */
export interface CommandContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/**
 * Exit codes of every command: what was asked for is so; it is not so, or could not be done; the configuration or the
 * command line is wrong. A command that asks for a verdict also tells the open answer and the missing one from a bad one.
 */
export const EXIT = { done: 0, failed: 1, mistake: 2, inconclusive: 3, unanswered: 4 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
