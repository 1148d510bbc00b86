import { nearest } from '@nines/shared/config/nearest.ts';

/** `no check "shopp", did you mean shop?` */
export function missing(what: string, name: string, known: Iterable<string>): string {
  const suggestion = nearest(name, [...known]);
  return suggestion === null ? `no ${what} "${name}"` : `no ${what} "${name}", did you mean ${suggestion}?`;
}
