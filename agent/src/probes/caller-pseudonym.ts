import { createHmac, randomBytes } from 'node:crypto';

/** Makes pseudonyms of callers' numbers; kept by the agent, and never leaves this host. */
export function newSalt(): string {
  return randomBytes(16).toString('base64url');
}

/** What becomes of a number: nothing at all, or the same pseudonym each time. */
export function pseudonyms(callers: 'drop' | 'pseudonym', salt: string): (number: string) => string | null {
  if (callers === 'drop') return () => null;
  return (number) => createHmac('sha256', salt).update(number).digest('base64url').slice(0, 16);
}
