import { judgeFailure } from '../../agent/src/failure-reason.ts';

/** `up`, or what the agent makes of what was thrown: `down repository-missing`. */
export function reasonOf(read: () => unknown): string {
  try {
    read();
    return 'up';
  } catch (error) {
    const { outcome, reason } = judgeFailure(error);
    return `${outcome} ${reason}`;
  }
}
