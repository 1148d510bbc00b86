import * as z from 'zod';
import { secret } from '../config/fields.ts';

/** Headers that the probe's own connection decides; a check cannot set them. */
const OWN_HEADERS = new Set(['connection', 'content-length', 'expect', 'keep-alive', 'transfer-encoding', 'upgrade']);

/** RFC 9110 section 5.6.2: the characters of a header's name. */
export const headerName = z
  .string()
  .regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/, 'expected the name of a header')
  .refine((name) => !OWN_HEADERS.has(name.toLowerCase()), 'this header is set by the probe itself');

const headerValue = z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'expected one line of single-byte characters');

/** Headers that a check sends; a value may be a secret. */
export const requestHeaders = z.record(headerName, z.union([headerValue, secret])).default({});
