import type { AlertmanagerSilences, FoundSilence } from './alertmanager-silences.ts';
import type { Silence } from './silence.ts';

/** An Alertmanager that silences are mirrored to. */
export interface SilencedPeer {
  readonly name: string;
  readonly silences: Pick<AlertmanagerSilences, 'list' | 'put' | 'expire'>;
}

/** What there is to mirror. */
export interface MirrorWanted {
  readonly nowMs: number;
  /** Those that are not over. */
  readonly silences: readonly Silence[];
  /** Whether a silence of that tag was asked for by this collector: only such a one is ever expired. */
  readonly isOurs: (tag: string) => boolean;
}

/**
 * Keeps the silences of each Alertmanager as they have to be. What is there is read from itself each time, so nothing has
 * to be remembered and a restart makes no second one. Peers of a cluster tell each other: a silence that one of them has
 * and another lacks is given to that one only when it still lacks it the next time.
 */
export class SilenceMirror {
  /** `peer tag` of those that were missing at the last pass. */
  #lacking: ReadonlySet<string> = new Set();

  /** One pass over all peers, one after the other. Resolves with the errors of those that failed, by name. */
  async pass(peers: readonly SilencedPeer[], wanted: MirrorWanted): Promise<ReadonlyMap<string, unknown>> {
    const failed = new Map<string, unknown>();
    const lacking = new Set<string>();
    const given = new Set<string>();
    const listed = await Promise.all(
      peers.map(async (peer) => ({ peer, found: await peer.silences.list().catch(noting(failed, peer.name)) })),
    );
    for (const { found } of listed) for (const { tag, isExpired } of found ?? []) if (!isExpired) given.add(tag);
    for (const { peer, found } of listed) {
      if (found === null) continue;
      const mend = async () => {
        await expireUnwanted(peer, found, wanted);
        for (const silence of wanted.silences) await this.#mend(silence, { peer, found, given, lacking, ...wanted });
      };
      await mend().catch(noting(failed, peer.name));
    }
    this.#lacking = lacking;
    return failed;
  }

  async #mend(silence: Silence, { peer, found, given, lacking, nowMs }: Pass): Promise<void> {
    const { tag } = silence;
    const there = found.filter((one) => one.tag === tag && !one.isExpired);
    if (there.some((one) => isSame(one, silence, nowMs))) return;
    const [old] = there;
    const place = `${peer.name} ${tag}`;
    if (old === undefined && given.has(tag) && !this.#lacking.has(place)) {
      lacking.add(place);
      return;
    }
    await peer.silences.put(silence, old?.id ?? null);
    given.add(tag);
  }
}

interface Pass {
  readonly peer: SilencedPeer;
  readonly found: readonly FoundSilence[];
  /** Tags that some peer has. */
  readonly given: Set<string>;
  readonly lacking: Set<string>;
  readonly nowMs: number;
}

async function expireUnwanted(
  { silences }: SilencedPeer,
  found: readonly FoundSilence[],
  { silences: wanted, isOurs }: MirrorWanted,
): Promise<void> {
  const tags = new Set(wanted.map(({ tag }) => tag));
  for (const { id, tag, isExpired } of found)
    if (!isExpired && !tags.has(tag) && isOurs(tag)) await silences.expire(id);
}

/** An Alertmanager moves a beginning that is past to the moment at which it heard of it. */
function isSame(found: FoundSilence, { fromMs, toMs, matchers }: Silence, nowMs: number): boolean {
  const isBegun = fromMs <= nowMs || found.fromMs <= nowMs;
  return found.toMs === toMs && (isBegun || found.fromMs === fromMs) && textOf(found.matchers) === textOf(matchers);
}

function textOf(matchers: Silence['matchers']): string {
  return matchers
    .map(({ name, value, isRegex, isEqual }) => JSON.stringify([name, value, isRegex, isEqual]))
    .sort()
    .join();
}

function noting(failed: Map<string, unknown>, name: string): (error: unknown) => null {
  return (error) => {
    failed.set(name, error);
    return null;
  };
}
