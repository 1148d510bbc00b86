/** What a command is given of the process, and how it speaks. */
export interface CommandContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** Exit codes of every command. */
export const EXIT = { done: 0, failed: 1, mistake: 2 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
