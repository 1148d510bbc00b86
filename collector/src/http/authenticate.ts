import { hash, timingSafeEqual } from 'node:crypto';
import { configErrorAt } from '@nines/shared/errors.ts';
import type { Store } from '../store/store.ts';
import { Unauthorized } from './errors.ts';

/** A token by its hash, and the agent it speaks for. */
export interface AgentCredential {
  readonly agent: string;
  readonly sha256: Uint8Array;
}

/** SHA-256 of a token as it is presented: the only form in which one is kept. */
export function hashToken(token: string): Uint8Array {
  return hash('sha256', token, 'buffer');
}

const BEARER = /^Bearer +([\x21-\x7e]{1,512})$/i;

/** Knows which token speaks for which agent: those of the configuration and those of the store, minus the revoked. */
export class Authenticator {
  readonly #store: Pick<Store, 'tokens' | 'revokeTokens'>;
  #configured: readonly AgentCredential[] = [];
  #valid: ReadonlyMap<string, AgentCredential> = new Map();

  /** Lets nobody in before the first `reload`. */
  constructor(store: Pick<Store, 'tokens' | 'revokeTokens'>) {
    this.#store = store;
  }

  /**
   * Takes over the configuration's tokens, or keeps those it has, and reads the store's anew. A revoked hash is invalid
   * wherever it is listed. Rejects with `ConfigError` when two agents have the same token, and keeps what it knew.
   */
  async reload(changed?: readonly AgentCredential[]): Promise<void> {
    const stored = await this.#store.tokens();
    // Only now: another reload may have brought a new configuration while this one waited for the store.
    const configured = changed ?? this.#configured;
    const revoked = new Set(stored.filter((token) => token.revokedAtMs !== null).map(keyOf));
    const valid = new Map<string, AgentCredential>();
    for (const credential of [...configured, ...stored]) {
      const key = keyOf(credential);
      if (revoked.has(key)) continue;
      const agent = valid.get(key)?.agent ?? credential.agent;
      if (agent !== credential.agent) {
        throw configErrorAt('agents', `${agent} and ${credential.agent} have the same token; give each its own`);
      }
      valid.set(key, credential);
    }
    this.#configured = configured;
    this.#valid = valid;
  }

  /** The agent whose token the `Authorization` header holds. Throws `Unauthorized`. */
  agentOf(authorization: string | undefined): string {
    const token = BEARER.exec(authorization ?? '')?.[1];
    if (token === undefined) throw new Unauthorized();
    // Looking a digest up tells an observer nothing of the token; the comparison that decides takes constant time.
    const presented = hashToken(token);
    const known = this.#valid.get(keyOf({ sha256: presented }));
    if (known === undefined || !timingSafeEqual(presented, known.sha256)) throw new Unauthorized();
    return known.agent;
  }

  /** Makes every token of the agent invalid, at once and for good. Resolves with how many were revoked. */
  async revoke(agent: string, atMs: number): Promise<number> {
    const hashes = this.#configured.filter((credential) => credential.agent === agent).map(({ sha256 }) => sha256);
    const revoked = await this.#store.revokeTokens(agent, hashes, atMs);
    await this.reload();
    return revoked;
  }
}

function keyOf({ sha256 }: Pick<AgentCredential, 'sha256'>): string {
  return Buffer.from(sha256.buffer, sha256.byteOffset, sha256.byteLength).toString('latin1');
}
