import { timingSafeEqual } from 'node:crypto';
import { ConfigError } from '@nines/shared/errors.ts';
import { hashToken } from './authenticate.ts';
import { Forbidden, RequestError, Unauthorized } from './errors.ts';
import type { Server } from './server.ts';

/** What `POST /-/reload` needs. */
export interface ReloadOptions {
  /** The administrator's token; `null` when none is configured. */
  readonly adminToken: () => string | null;
  /** Rejects with `ConfigError` when the new configuration is wrong; the old one stays. */
  readonly reload: () => Promise<void>;
}

/** Reloads the configuration for an administrator; a wrong one is answered with every mistake. */
export function registerReload(server: Server, { adminToken, reload }: ReloadOptions): void {
  server.register(async (scope) => {
    // There is nothing to say but the address: a body, also an empty one that calls itself JSON, is not looked at.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, _body, done) => done(null));
    scope.post('/-/reload', async (request, reply) => {
      requireAdministrator(request.headers.authorization, adminToken());
      try {
        await reload();
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        throw new RequestError('bad-request', error.message, { cause: error });
      }
      return reply.type('application/json; charset=utf-8').send('{"reloaded":true}');
    });
  });
}

function requireAdministrator(authorization: string | undefined, expected: string | null): void {
  if (expected === null) throw new Forbidden('no collector.admin_token is configured; send SIGHUP instead');
  const presented = hashToken(authorization?.replace(/^Bearer +/i, '') ?? '');
  if (!timingSafeEqual(presented, hashToken(expected))) throw new Unauthorized();
}
