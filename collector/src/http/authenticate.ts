import { hash, timingSafeEqual } from 'node:crypto';
import { configErrorAt } from '@nines/shared/errors.ts';
import type { Nines } from '../config/nines.ts';
import type { Store } from '../store/store.ts';
import { Forbidden, Unauthorized } from './errors.ts';

/** An agent or importer of the configuration, and its token's hash when the configuration holds one. */
export interface KnownAgent {
  readonly agent: string;
  readonly sha256: Uint8Array | null;
  /** For an importer, which sends events only: the streams that it may write to. */
  readonly streams?: readonly string[];
}

/** Who sends: an agent may write to every stream (`null`). */
export interface Sender {
  readonly name: string;
  readonly streams: readonly string[] | null;
}

/** A token by its hash, and the agent it speaks for. */
interface Credential {
  readonly agent: string;
  readonly sha256: Uint8Array;
}

/** The agents and importers of a configuration. */
export function knownAgentsOf({ agents, importers }: Pick<Nines, 'agents' | 'importers'>): KnownAgent[] {
  const hashOf = (token: string | null) => (token === null ? null : hashToken(token));
  return [
    ...agents.map(({ name, token }) => ({ agent: name, sha256: hashOf(token) })),
    ...importers.map(({ name, token, streams }) => ({ agent: name, sha256: hashOf(token), streams })),
  ];
}

/** SHA-256 of a token as it is presented: the only form in which one is kept. */
export function hashToken(token: string): Uint8Array {
  return hash('sha256', token, 'buffer');
}

const BEARER = /^Bearer +([\x21-\x7e]{1,512})$/i;

/** Knows which token speaks for which configured agent: its own and those issued for it, minus the revoked. */
export class Authenticator {
  readonly #store: Pick<Store, 'tokens' | 'revokeTokens'>;
  #agents: readonly KnownAgent[] = [];
  #importers: ReadonlyMap<string, readonly string[]> = new Map();
  #valid: ReadonlyMap<string, Credential> = new Map();

  /** Lets nobody in before the first `reload`. */
  constructor(store: Pick<Store, 'tokens' | 'revokeTokens'>) {
    this.#store = store;
  }

  /**
   * Takes over the configuration's agents, or keeps those it has, and reads the store's tokens anew. A revoked hash is
   * invalid wherever it is listed; a token issued for an agent that is not configured any more opens nothing. Rejects with `ConfigError` when two agents have the same token, and keeps what it knew.
   */
  async reload(changed?: readonly KnownAgent[]): Promise<void> {
    const stored = await this.#store.tokens();
    // Only now: another reload may have brought a new configuration while this one waited for the store.
    const agents = changed ?? this.#agents;
    const names = new Set(agents.map(({ agent }) => agent));
    const issued = stored.filter(({ agent }) => names.has(agent));
    const revoked = new Set(stored.filter((token) => token.revokedAtMs !== null).map(keyOf));
    const valid = new Map<string, Credential>();
    for (const credential of [...agents.flatMap(configuredCredential), ...issued]) {
      const key = keyOf(credential);
      if (revoked.has(key)) continue;
      const agent = valid.get(key)?.agent ?? credential.agent;
      if (agent !== credential.agent) {
        throw configErrorAt('agents', `${agent} and ${credential.agent} have the same token; give each its own`);
      }
      valid.set(key, credential);
    }
    this.#agents = agents;
    this.#importers = new Map(
      agents.flatMap(({ agent, streams }) => (streams === undefined ? [] : [[agent, streams]])),
    );
    this.#valid = valid;
  }

  /** The agent whose token the `Authorization` header holds. Throws `Unauthorized`, and `Forbidden` for an importer. */
  agentOf(authorization: string | undefined): string {
    const { name, streams } = this.senderOf(authorization);
    if (streams !== null) throw new Forbidden(`${name} is an importer, which sends events only`);
    return name;
  }

  /** The agent or importer whose token the `Authorization` header holds. Throws `Unauthorized`. */
  senderOf(authorization: string | undefined): Sender {
    const token = BEARER.exec(authorization ?? '')?.[1];
    if (token === undefined) throw new Unauthorized();
    // Looking a digest up tells an observer nothing of the token; the comparison that decides takes constant time.
    const presented = hashToken(token);
    const known = this.#valid.get(keyOf({ sha256: presented }));
    if (known === undefined || !timingSafeEqual(presented, known.sha256)) throw new Unauthorized();
    return { name: known.agent, streams: this.#importers.get(known.agent) ?? null };
  }

  /** Makes every token of the agent invalid, at once and for good. Resolves with how many were revoked. */
  async revoke(agent: string, atMs: number): Promise<number> {
    const own = this.#agents.filter((known) => known.agent === agent).flatMap(configuredCredential);
    const hashes = own.map(({ sha256 }) => sha256);
    const revoked = await this.#store.revokeTokens(agent, hashes, atMs);
    await this.reload();
    return revoked;
  }
}

function configuredCredential({ agent, sha256 }: KnownAgent): Credential[] {
  return sha256 === null ? [] : [{ agent, sha256 }];
}

function keyOf({ sha256 }: Pick<Credential, 'sha256'>): string {
  return Buffer.from(sha256.buffer, sha256.byteOffset, sha256.byteLength).toString('latin1');
}
