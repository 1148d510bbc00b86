/** Which series a thread looks at when several share the work: `part` of `parts`, from 0. */
export interface Share {
  readonly part: number;
  readonly parts: number;
}

/** Every series. */
export const ALL_SERIES: Share = { part: 0, parts: 1 };

export function isIn({ part, parts }: Share, series: number): boolean {
  return series % parts === part;
}
