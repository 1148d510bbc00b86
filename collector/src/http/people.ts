import { timingSafeEqual } from 'node:crypto';
import type { ConfiguredPerson } from '../config/nines.ts';
import type { Person } from '../ledger/person.ts';
import { hashToken } from './authenticate.ts';
import { Unauthorized } from './errors.ts';

/** Whose token the `Authorization` header holds. Throws `Unauthorized`. Every token is compared, in constant time. */
export function personOf(authorization: string | undefined, people: readonly ConfiguredPerson[]): Person {
  const presented = hashToken(authorization?.replace(/^Bearer +/i, '') ?? '');
  const [person] = people.filter(({ token }) => timingSafeEqual(presented, hashToken(token)));
  if (person === undefined) throw new Unauthorized();
  return person;
}
