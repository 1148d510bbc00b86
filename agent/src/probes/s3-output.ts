import { matchesGlob } from 'node:path';
import { XMLParser } from 'fast-xml-parser';
import * as z from 'zod';
import type { RestorePoint } from './restore-points.ts';

/** What an S3 store answers to ListObjectsV2 with `encoding-type=url`, read without asking one. */

/** Names stay text: a key such as `007` is no number. */
const parser = new XMLParser({ parseTagValue: false, isArray: (name) => name === 'Contents' });

const object = z.object({
  Key: z.string(),
  LastModified: z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
  Size: z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number),
});

const listing = z.object({
  ListBucketResult: z.object({
    Contents: z.array(object).default([]),
    IsTruncated: z.enum(['true', 'false']),
    NextContinuationToken: z.string().optional(),
  }),
});

export interface ObjectPage {
  readonly objects: readonly RestorePoint[];
  /** What the next page is asked for with; `null` after the last. */
  readonly next: string | null;
}

/** A page of the objects whose keys the shell pattern matches. Throws a plain error for what is no listing. */
export function readObjects(xml: string, pattern: string): ObjectPage {
  const { Contents, IsTruncated, NextContinuationToken: next } = listing.parse(parser.parse(xml)).ListBucketResult;
  if (IsTruncated === 'true' && next === undefined) throw new Error('the store cut its list short and gave no way on');
  const objects = Contents.map((one) => ({ ...one, Key: decodeURIComponent(one.Key.replaceAll('+', ' ')) }))
    .filter(({ Key }) => matchesGlob(Key, pattern))
    .map(toPoint);
  return { objects, next: IsTruncated === 'true' ? (next ?? null) : null };
}

function toPoint({ Key, LastModified, Size }: z.output<typeof object>): RestorePoint {
  return {
    id: `${Key}@${LastModified}`,
    startedAtMs: LastModified,
    endedAtMs: LastModified,
    bytes: Size,
    files: null,
    labels: { file: Key },
  };
}

const failure = z.object({ Error: z.object({ Code: z.string(), Message: z.string().default('') }) });

/** The code and message of an error answer; empty when it is another page. */
export function readS3Error(xml: string): { readonly code: string; readonly message: string } {
  const parsed = failure.safeParse(parseOrNull(xml));
  return parsed.success
    ? { code: parsed.data.Error.Code, message: parsed.data.Error.Message }
    : { code: '', message: xml.slice(0, 200) };
}

function parseOrNull(xml: string): unknown {
  try {
    return parser.parse(xml);
  } catch {
    return null;
  }
}
