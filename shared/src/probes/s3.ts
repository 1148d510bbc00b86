import * as z from 'zod';
import { httpUrl, secret } from '../config/fields.ts';
import { tlsOptions } from './connection.ts';
import type { ProbeType } from './probe.ts';
import { BACKUPS_STREAM, restorePointExpectation, restorePointValues } from './restore-points.ts';

const options = z.strictObject({
  type: z.literal('s3'),
  /** The store's address without the bucket: any that speaks S3. */
  endpoint: httpUrl,
  region: z.string().min(1).default('us-east-1'),
  bucket: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'expected the name of a bucket'),
  /** Only objects whose keys begin so, and are matched by the pattern (a shell pattern of the whole key). */
  prefix: z.string().default(''),
  pattern: z.string().min(1).default('**'),
  access_key: secret,
  secret_key: secret,
  tls: tlsOptions.prefault({}),
  expect: restorePointExpectation,
});

export type S3Options = z.output<typeof options>;

/** Backups that are objects of an S3 store, listed and never read. */
export const s3 = { options, values: restorePointValues, streams: [BACKUPS_STREAM] } satisfies ProbeType;
