/** The servers of the demo world that can be made to misbehave. */
export type ServerName = 'shop' | 'api' | 'mail' | 'names';

/** `slow`: answers rightly after `delayMs`. `failing`: answers with its protocol's error. `refusing`: nothing listens. */
export type Behaviour =
  | { readonly kind: 'normal' }
  | { readonly kind: 'slow'; readonly delayMs: number }
  | { readonly kind: 'failing' }
  | { readonly kind: 'refusing' };

/** One scripted stretch `[fromMs, toMs)` of a cycle, for one server. */
export interface Episode {
  readonly server: ServerName;
  readonly fromMs: number;
  readonly toMs: number;
  readonly behaviour: Behaviour;
  /** What a person will see, said before it happens. */
  readonly announcement: string;
}

/**
 * After so long it all begins again. Longer than the last episode and the 5 minutes over which the demo's promises are
 * judged, so that every budget is full again before the next outage.
 */
export const CYCLE_MS = 8 * 60_000;

/** THE timetable: an outage, slowness, errors and recoveries within the first three minutes. */
export const EPISODES: readonly Episode[] = [
  {
    server: 'shop',
    fromMs: 30_000,
    toMs: 55_000,
    behaviour: { kind: 'refusing' },
    announcement:
      'the shop refuses connections for 25 s: an outage, its error budget is overspent, and a credit is owed',
  },
  {
    server: 'shop',
    fromMs: 75_000,
    toMs: 105_000,
    behaviour: { kind: 'slow', delayMs: 700 },
    announcement: 'the shop is back but slow for 30 s: still available, its response-time promise breaks',
  },
  {
    server: 'mail',
    fromMs: 95_000,
    toMs: 115_000,
    behaviour: { kind: 'failing' },
    announcement: 'the mail server greets with 421 for 20 s: the port is open, the service is down',
  },
  {
    server: 'api',
    fromMs: 120_000,
    toMs: 132_000,
    behaviour: { kind: 'failing' },
    announcement: 'the API answers 503 for 12 s over HTTPS',
  },
  {
    server: 'names',
    fromMs: 140_000,
    toMs: 152_000,
    behaviour: { kind: 'failing' },
    announcement: 'the name server answers SERVFAIL for 12 s, then all is well until the next round',
  },
];

const NORMAL: Behaviour = { kind: 'normal' };

/** How a server behaves so long after the world began. */
export function behaviourAt(server: ServerName, elapsedMs: number): Behaviour {
  const inCycleMs = elapsedMs % CYCLE_MS;
  const episode = EPISODES.find(
    ({ server: whose, fromMs, toMs }) => whose === server && fromMs <= inCycleMs && inCycleMs < toMs,
  );
  return episode?.behaviour ?? NORMAL;
}

/** The next instant, in ms since the world began and later than `elapsedMs`, at which some server changes. */
export function nextChangeMs(elapsedMs: number): number {
  const cycleStartMs = elapsedMs - (elapsedMs % CYCLE_MS);
  const edges = EPISODES.flatMap(({ fromMs, toMs }) => [fromMs, toMs, fromMs + CYCLE_MS]);
  return Math.min(...edges.map((edgeMs) => cycleStartMs + edgeMs).filter((atMs) => atMs > elapsedMs));
}
