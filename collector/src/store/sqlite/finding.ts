/** Something in a store that is not as it should be. */
export interface Finding {
  readonly table: string;
  /** Whose rows; `null` when they belong to no series. */
  readonly agent: string | null;
  readonly check: string | null;
  /** The stretch of time that is concerned, ms; `null` when it is none in particular. */
  readonly fromMs: number | null;
  readonly toMs: number | null;
  readonly what: string;
}
