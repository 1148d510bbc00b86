/** What an alert was made of: what an agent saw last, or a value against its limit, both as people read them. */
export type Evidence =
  | {
      readonly kind: 'observation';
      readonly agent: string;
      readonly location: string;
      readonly outcome: string;
      readonly reason: string | null;
      /** The phase in which a failed run ended, as far as its values tell; `null` when they do not. */
      readonly failedPhase: string | null;
      /** Of the last run; `null` when it never ran. */
      readonly atMs: number | null;
    }
  | { readonly kind: 'value'; readonly what: string; readonly value: string; readonly limit: string | null };
