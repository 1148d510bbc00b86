import { createHash, createHmac } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readObjects } from '../../../agent/src/probes/s3-output.ts';
import { listen } from '../../support/probe-targets/listening.ts';
import { type ObjectStore, serveObjects } from '../../support/probe-targets/object-store.ts';
import { allowing, probe, verdict } from '../../support/probe-targets/probe.ts';

const folder = mkdtempSync(join(tmpdir(), 'nines-s3-'));
let store: ObjectStore;
beforeAll(async () => {
  mkdirSync(join(folder, 'data'));
  store = await serveObjects(join(folder, 'data'), 'shop-backups');
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

function look(extra: Record<string, unknown> = {}, secrets: Record<string, string> = {}) {
  const keys: Record<string, string> = { KEY: store.accessKey, SECRET: store.secretKey, ...secrets };
  const allowed = allowing({ secret: (source) => ('env' in source ? (keys[source.env] ?? '') : '') });
  const access = { access_key: { env: 'KEY' }, secret_key: { env: 'SECRET' } };
  return probe({ type: 's3', endpoint: store.url, bucket: 'shop-backups', ...access, ...extra }, { allowed });
}

/** Signature version 4 of a request as it arrived, by the steps of AWS' documentation and not by a library. */
function signatureOf({ method, url = '', headers }: IncomingMessage, secretKey: string): string {
  const [, credential = '', names = ''] =
    /Credential=[^/]+\/([^,]+), SignedHeaders=([^,]+)/.exec(headers.authorization ?? '') ?? [];
  const [path = '', query = ''] = url.split('?');
  const signed = names.split(';').map((name) => `${name}:${headers[name]}\n`);
  const canonical = [
    method,
    path,
    query.split('&').sort().join('&'),
    signed.join(''),
    names,
    headers['x-amz-content-sha256'],
  ];
  const digest = createHash('sha256').update(canonical.join('\n')).digest('hex');
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], credential, digest].join('\n');
  const hmac = (key: string | Buffer, part: string) => createHmac('sha256', key).update(part).digest();
  const key = credential.split('/').reduce<string | Buffer>(hmac, `AWS4${secretKey}`);
  return hmac(key, text).toString('hex');
}

function page(contents: string, rest = '<IsTruncated>false</IsTruncated>'): string {
  return `<?xml version="1.0"?><ListBucketResult>${contents}${rest}</ListBucketResult>`;
}

function one(key: string): string {
  return `<Contents><Key>${key}</Key><LastModified>2026-03-01T02:00:00.000Z</LastModified><Size>7</Size></Contents>`;
}

describe('the s3 probe against an S3 server', () => {
  it('finds the objects by prefix and pattern, with their sizes', async () => {
    await store.put('nightly/a.tar.zst', 'x'.repeat(5_000));
    await store.put('nightly/b & ü +1.tar.zst', 'x'.repeat(5_000));
    await store.put('nightly/readme', 'not a backup');
    await store.put('weekly/a.tar.zst', 'elsewhere');
    const run = await look({ prefix: 'nightly/', pattern: 'nightly/*.tar.zst', expect: { max_age: '1h' } });
    expect(verdict(run)).toBe('up');
    expect(run.observation.values).toMatchObject({ points: 2, size: 5_000 });
    expect(run.observation.values).not.toHaveProperty('connect');
  });

  it('reads page after page, each asked for with what the one before it said', async () => {
    const asked: (string | null)[] = [];
    const server = await listen(
      createServer((request, response) => {
        const { url } = request;
        expect(request.headers.authorization).toContain(`Signature=${signatureOf(request, store.secretKey)}`);
        const token = new URL(url ?? '', 'http://store').searchParams.get('continuation-token');
        asked.push(token);
        const next = Number(token ?? 0) + 1;
        const rest = `<IsTruncated>true</IsTruncated><NextContinuationToken>${next}</NextContinuationToken>`;
        response.end(page(one(`key-${next}`), next === 3 ? '<IsTruncated>false</IsTruncated>' : rest));
      }),
    );
    const run = await look({ endpoint: `http://127.0.0.1:${server.port}` });
    expect(run.observation.values.points).toBe(3);
    expect(asked).toEqual([null, '1', '2']);
    await server.close();
  });

  it('a wrong key says nothing about the backups; a bucket that is not there is down', async () => {
    expect(verdict(await look({}, { KEY: 'nobody' }))).toBe('unknown repository-refused');
    expect(verdict(await look({ bucket: 'no-such-bucket' }))).toBe('down repository-missing');
  });

  it('nothing that matches is a missing backup', async () => {
    expect(verdict(await look({ prefix: 'monthly/' }))).toBe('down backup-missing');
  });

  it('an answer that is no listing is ours, not an empty bucket', async () => {
    const server = await listen(createServer((_request, response) => response.end('<html>welcome</html>')));
    const run = await look({ endpoint: `http://127.0.0.1:${server.port}` });
    expect(verdict(run)).toBe('unknown agent-error');
    await server.close();
  });
});

describe('a listing', () => {
  it('of one object, and of a key that looks like a number', () => {
    expect(readObjects(page(one('007')), '**').objects).toMatchObject([
      { labels: { file: '007' }, bytes: 7, endedAtMs: Date.UTC(2026, 2, 1, 2) },
    ]);
  });

  it('of none is empty; one that is cut without a way on is refused', () => {
    expect(readObjects(page(''), '**')).toEqual({ objects: [], next: null });
    expect(() => readObjects(page(one('a'), '<IsTruncated>true</IsTruncated>'), '**')).toThrow(/no way on/);
    expect(() => readObjects('<Other/>', '**')).toThrow();
  });
});
