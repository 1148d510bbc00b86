/** What a finding is about, as far as settings and dependencies may differ by it; `null`: by nothing. */
export type Subject = { readonly check: string } | { readonly contract: string; readonly objective: string } | null;
