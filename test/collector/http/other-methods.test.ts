import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refuseOtherMethods } from '../../../collector/src/http/other-methods.ts';
import { createServer, type Server } from '../../../collector/src/http/server.ts';

let server: Server;

beforeEach(() => {
  server = createServer({ log: { error: (fields: unknown) => expect.fail(JSON.stringify(fields)) } });
  refuseOtherMethods(server, () => {
    server.get('/checks/:id', async () => 'a check');
    server.register(async (scope) => {
      scope.post('/checks/reload', async () => 'reloaded');
    });
  });
});

afterEach(() => server.close());

async function ask(method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE', url: string) {
  const { statusCode, headers, body } = await server.inject({
    method,
    url,
    payload: 'x',
    headers: { 'content-type': 'x/y' },
  });
  return { status: statusCode, allow: headers.allow, body };
}

describe('an address and its methods', () => {
  it('a method that it does not take is 405, before the body is looked at, with those that it takes', async () => {
    expect(await ask('DELETE', '/checks/shop')).toEqual({
      status: 405,
      allow: 'GET, HEAD',
      body: '{"error":{"code":"method-not-allowed","message":"DELETE is not for this address, which takes GET, HEAD"}}',
    });
  });

  it('routes in scopes of their own count, and a fixed address is not taken for a parameter', async () => {
    expect(await ask('GET', '/checks/reload')).toMatchObject({ status: 405, allow: 'POST' });
  });

  it('what it takes is answered as before, and an address that there is not is 404', async () => {
    expect(await server.inject('/checks/shop')).toMatchObject({ statusCode: 200, body: 'a check' });
    expect(await ask('PUT', '/nowhere')).toMatchObject({ status: 404, allow: undefined });
  });
});
