import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { testAlerts } from '../../../collector/src/cli/alert.ts';

describe('nines-collector alert test', () => {
  it('tells every receiver and says who took it; the exit code is 1 when one did not', async () => {
    const bodies: string[] = [];
    const server = createServer(async (request, response) => {
      bodies.push(Buffer.concat(await request.toArray()).toString());
      response.writeHead(request.url === '/refuses' ? 500 : 200).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    onTestFinished(() => {
      server.close();
    });
    // Safe: it listens on TCP.
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const call = async (alerts: object) => {
      const config = join(mkdtempSync(join(tmpdir(), 'nines-alert-')), 'nines.yaml');
      // JSON is YAML.
      writeFileSync(config, JSON.stringify({ alerts }));
      let said = '';
      const say = (text: string) => {
        said += text;
      };
      const code = await testAlerts({ config, json: false }, { env: { KEY: 'key' }, out: say, err: say });
      return { code, said };
    };
    const webhook = { name: 'ops', url: `${url}/refuses`, secret: { env: 'KEY' } };
    const alertmanagers = [{ name: 'am', url }];
    expect(await call({ alertmanagers })).toEqual({ code: 0, said: 'am: taken\n' });
    expect(await call({ alertmanagers, webhooks: [webhook] })).toEqual({
      code: 1,
      said: 'am: taken\nops: answered 500\n',
    });
    expect(JSON.parse(bodies[0] ?? '')).toMatchObject([{ labels: { alertname: 'NinesTest', severity: 'info' } }]);
    expect((await call({})).said).toContain('names no receiver below alerts');
  });
});
