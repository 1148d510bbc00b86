import type { S3Options } from '@nines/shared/probes/s3.ts';
import aws4 from 'aws4';
import { CannotTell, ProbeFailure } from '../failure-reason.ts';
import { callHttp, type HttpReply } from './http-call.ts';
import type { ProbeContext } from './probe-run.ts';
import { judgeRestorePoints, type RestorePoint, shipRestorePoints } from './restore-points.ts';
import { type ObjectPage, readObjects, readS3Error } from './s3-output.ts';

/** A page has at most a thousand objects: some 500 bytes each, keys of a kilobyte included. */
const MAX_PAGE_BYTES = 8 * 2 ** 20;

/** Lists the objects of a bucket, page by page (ListObjectsV2). */
export async function runS3(options: S3Options, context: ProbeContext): Promise<void> {
  const points: RestorePoint[] = [];
  let page: ObjectPage | null = null;
  do {
    page = await listObjects(options, page?.next ?? null, context);
    points.push(...page.objects);
  } while (page.next !== null);
  await shipRestorePoints(points, context);
  judgeRestorePoints(points, options.expect, context);
}

async function listObjects(options: S3Options, token: string | null, context: ProbeContext): Promise<ObjectPage> {
  const query = new URLSearchParams({ 'encoding-type': 'url', 'list-type': '2', prefix: options.prefix });
  if (token !== null) query.set('continuation-token', token);
  const url = new URL(`${options.endpoint.replace(/\/+$/, '')}/${options.bucket}?${encoded(query)}`);
  const reply = await callHttp(
    { url, method: 'GET', headers: signed(url, options, context), tls: options.tls, maxBody: MAX_PAGE_BYTES },
    context,
  );
  if (reply.status !== 200) throw failureOf(reply);
  return readObjects(reply.text, options.pattern);
}

/** Signature version 4 writes a space as %20, where an address may have a plus. */
function encoded(query: URLSearchParams): string {
  return query.toString().replaceAll('+', '%20');
}

function signed(url: URL, { region, access_key, secret_key }: S3Options, context: ProbeContext) {
  const { allowed, clock } = context;
  const at = new Date(clock.nowMs()).toISOString().replace(/[:-]|\.\d{3}/g, '');
  const { headers = {} } = aws4.sign(
    {
      host: url.host,
      path: url.pathname + url.search,
      method: 'GET',
      service: 's3',
      region,
      headers: { 'X-Amz-Date': at },
    },
    { accessKeyId: allowed.secret(access_key), secretAccessKey: allowed.secret(secret_key) },
  );
  const own = Object.entries(headers).filter(([name]) => !/^(?:host|content-length)$/i.test(name));
  return Object.fromEntries(own.map(([name, value]) => [name.toLowerCase(), String(value)]));
}

/** Error codes of the S3 API ("Error responses"); what is left is the store's own trouble. */
function failureOf({ status, text }: HttpReply): Error {
  const { code, message } = readS3Error(text);
  const detail = `status ${status}${code === '' ? '' : `, ${code}`}: ${message}`;
  if (code === 'NoSuchBucket') return new ProbeFailure('repository-missing', detail);
  if (status === 401 || status === 403) return new CannotTell('repository-refused', detail);
  return new ProbeFailure('status-unexpected', detail);
}
