/** What a job says when it asks for an address below `/ping/KEY`, as healthchecks.io understands it. */
export type Signal =
  | { readonly kind: 'start' }
  | { readonly kind: 'log' }
  | { readonly kind: 'end'; readonly exitStatus: number };

/** What a `/fail` without an exit status is recorded as. */
const FAILED = 1;

/** The last part of the address (`null`: there is none) as a signal; `null` when it is none. */
export function readSignal(text: string | null): Signal | null {
  switch (text) {
    case null:
      return { kind: 'end', exitStatus: 0 };
    case 'start':
      return { kind: 'start' };
    case 'log':
      return { kind: 'log' };
    case 'fail':
      return { kind: 'end', exitStatus: FAILED };
    default: {
      const status = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN;
      return status <= 255 ? { kind: 'end', exitStatus: status } : null;
    }
  }
}

/** Whether a text is the UUID with which a job ties its start to its end. */
export function isRunId(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text);
}
