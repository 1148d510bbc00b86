import { pino } from 'pino';
import { expect, it } from 'vitest';
import { registerReload } from '../../../collector/src/http/reload.ts';
import { createServer } from '../../../collector/src/http/server.ts';

it.each([
  ['no body', null, undefined],
  ['an empty body that calls itself JSON', 'application/json', undefined],
  ['a JSON body', 'application/json', '{}'],
  ['a form', 'application/x-www-form-urlencoded', 'a=b'],
])('a reload is asked for by its address alone: %s', async (_, type, body) => {
  const server = createServer({ log: pino({ level: 'silent' }) });
  registerReload(server, { adminToken: () => 'secret', reload: async () => {} });
  const ask = (token: string) =>
    server.inject({
      method: 'POST',
      url: '/-/reload',
      headers: { authorization: `Bearer ${token}`, ...(type !== null && { 'content-type': type }) },
      ...(body !== undefined && { payload: body }),
    });
  const answer = await ask('secret');
  expect([answer.statusCode, answer.body]).toEqual([200, '{"reloaded":true}']);
  expect((await ask('guess')).statusCode).toBe(401);
  await server.close();
});
