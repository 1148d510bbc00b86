import { ConfigError } from '@nines/shared/errors.ts';
import { describe, expect, it } from 'vitest';
import { Authenticator, hashToken } from '../../../collector/src/http/authenticate.ts';
import { Unauthorized } from '../../../collector/src/http/errors.ts';
import { MemoryStore } from '../../support/memory-store.ts';

const credential = (agent: string, token: string) => ({ agent, sha256: hashToken(token) });

describe('the authenticator', () => {
  it('lets nobody in before it was told whom it may let in', () => {
    expect(() => new Authenticator(new MemoryStore()).agentOf('Bearer anything')).toThrow(Unauthorized);
  });

  it('knows the agent of a configured and of a stored token', async () => {
    const store = new MemoryStore();
    await store.addToken({ ...credential('b', 'stored'), createdAtMs: 1, revokedAtMs: null });
    const authenticator = new Authenticator(store);
    await authenticator.reload([credential('a', 'configured'), { agent: 'b', sha256: null }]);
    expect(authenticator.agentOf('Bearer configured')).toBe('a');
    expect(authenticator.agentOf('bearer stored')).toBe('b');
    expect(() => authenticator.agentOf('Bearer other')).toThrow(Unauthorized);
  });

  it('a token issued for an agent that left the configuration opens nothing', async () => {
    const store = new MemoryStore();
    await store.addToken({ ...credential('b', 'stored'), createdAtMs: 1, revokedAtMs: null });
    const authenticator = new Authenticator(store);
    await authenticator.reload([credential('a', 'configured')]);
    expect(() => authenticator.agentOf('Bearer stored')).toThrow(Unauthorized);
  });

  it('a token that left the configuration opens nothing after the reload', async () => {
    const authenticator = new Authenticator(new MemoryStore());
    await authenticator.reload([credential('a', 'old')]);
    await authenticator.reload([credential('a', 'new')]);
    expect(() => authenticator.agentOf('Bearer old')).toThrow(Unauthorized);
    expect(authenticator.agentOf('Bearer new')).toBe('a');
  });

  it('a revoked token stays out although the configuration still lists it, also after a restart', async () => {
    const store = new MemoryStore();
    const authenticator = new Authenticator(store);
    await authenticator.reload([credential('a', 'stolen'), credential('b', 'good')]);
    expect(await authenticator.revoke('a', 5)).toBe(1);
    const restarted = new Authenticator(store);
    await restarted.reload([credential('a', 'stolen'), credential('b', 'good')]);
    for (const each of [authenticator, restarted]) {
      expect(() => each.agentOf('Bearer stolen')).toThrow(Unauthorized);
      expect(each.agentOf('Bearer good')).toBe('b');
    }
  });

  it('two agents with one token are a mistake, and what was known stays', async () => {
    const authenticator = new Authenticator(new MemoryStore());
    await authenticator.reload([credential('a', 'one')]);
    const mistaken = authenticator.reload([credential('a', 'same'), credential('b', 'same')]);
    await expect(mistaken).rejects.toBeInstanceOf(ConfigError);
    expect(authenticator.agentOf('Bearer one')).toBe('a');
    expect(() => authenticator.agentOf('Bearer same')).toThrow(Unauthorized);
  });
});
