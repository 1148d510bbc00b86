import * as z from 'zod';
import { isDate, isTimeZone } from '../time/calendar.ts';
import { parseDuration } from '../time/duration.ts';

/** Parts per billion in a whole: shares are integers of this unit, never floats. */
export const PPB = 1_000_000_000;

/** For text that is easily written as a number: says what stands there instead (a number or a switch is no secret). */
function notText(expected: string): { error: (issue: { readonly input?: unknown }) => string | undefined } {
  return {
    error({ input }) {
      if (typeof input !== 'number' && typeof input !== 'boolean') return expected;
      return `${expected}, not ${typeof input === 'number' ? 'the number ' : ''}${input}`;
    },
  };
}

/** `30s`, `1h30m` → integer milliseconds, at least 1. */
export const duration = z.string(notText('expected a duration such as 30s or 1h30m')).transform((text, context) => {
  const parsed = parseDuration(text);
  if (parsed !== null && parsed > 0) return parsed;
  context.addIssue({ code: 'custom', message: `expected a duration such as 30s, 5m or 1h30m, not "${text}"` });
  return z.NEVER;
});

/** Decimal text of a percentage (`"99.95"`) → integer parts per billion (999_500_000), 0 to 100 with up to 7 decimals. */
export const percent = z
  .string('expected a percentage as text in quotes, such as "99.95": a number would pass through a float')
  .transform((text, context) => {
    const parsed = parsePercent(text);
    if (parsed !== null) return parsed;
    context.addIssue({
      code: 'custom',
      message: `expected a percentage from "0" to "100" with at most 7 decimals, not "${text}"`,
    });
    return z.NEVER;
  });

/** `"99.95"` → 999_500_000 parts per billion, read digit by digit; `null` outside 0–100 or beyond 7 decimals. */
export function parsePercent(text: string): number | null {
  const match = /^(\d{1,3})(?:\.(\d{1,7}))?$/.exec(text);
  if (match === null) return null;
  const ppb = Number(match[1]) * 10_000_000 + Number((match[2] ?? '').padEnd(7, '0'));
  return ppb <= PPB ? ppb : null;
}

/** What `parsePercent` reads: 999_500_000 is `"99.95"`. */
export function formatPercentField(ppb: number): string {
  const fraction = String(ppb % 10_000_000)
    .padStart(7, '0')
    .replace(/0+$/, '');
  return `${Math.floor(ppb / 10_000_000)}${fraction === '' ? '' : `.${fraction}`}`;
}

const SIZE_UNITS: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
};

/** `64KiB`, `1GiB`, `10MB` → integer bytes, at least 1. */
export const size = z.string(notText('expected a size such as 64KiB or 1GiB')).transform((text, context) => {
  const match = /^(\d+)(B|kB|MB|GB|KiB|MiB|GiB)$/.exec(text);
  const bytes = match === null ? 0 : Number(match[1]) * (SIZE_UNITS[match[2] ?? ''] ?? 0);
  if (bytes > 0 && Number.isSafeInteger(bytes)) return bytes;
  context.addIssue({ code: 'custom', message: `expected a size such as 64KiB, 10MB or 1GiB, not "${text}"` });
  return z.NEVER;
});

/** The text form of an identifier: it becomes a metric label, a file name and a part of an address. */
export const IDENTIFIER = /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/;

/** A name of a check, agent, contract …: lower case letters, digits, `-`, `_`, `.`, at most 64. */
export const identifier = z
  .string()
  .regex(IDENTIFIER, 'expected a name of lower case letters, digits, "-", "_" or ".", at most 64 characters');

export const timeZone = z.string().refine(isTimeZone, { error: (issue) => `no such time zone: "${issue.input}"` });

/** A calendar date `YYYY-MM-DD`, kept as text: it has no instant before a zone is known. */
export const date = z
  .string()
  .refine(isDate, { error: (issue) => `expected a date such as 2026-01-31, not "${issue.input}"` });

/** Where a secret is read from; the configuration itself never holds one. */
export type SecretSource = { readonly env: string } | { readonly file: string };

export const secret: z.ZodType<SecretSource> = z.union(
  [z.strictObject({ env: z.string().min(1) }), z.strictObject({ file: z.string().min(1) })],
  'expected { env: NAME } or { file: PATH }: a secret is never written into the configuration',
);

/** An `http://` or `https://` address without credentials in it. */
export const httpUrl = z.string().superRefine((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    context.addIssue({ code: 'custom', message: 'expected an address that begins with http:// or https://' });
  } else if (url.username !== '' || url.password !== '') {
    context.addIssue({
      code: 'custom',
      message: 'credentials do not belong into an address; use a header with a secret',
    });
  }
});

export const port = z.int().min(1).max(65_535);

/** `host:port`, `[v6]:port` → its parts. */
export const hostPort = z.string().transform((text, context) => {
  const parsed = parseHostPort(text);
  if (parsed !== null) return parsed;
  context.addIssue({
    code: 'custom',
    message: `expected host:port such as 127.0.0.1:9640 or [::1]:9640, not "${text}"`,
  });
  return z.NEVER;
});

/** `"[::1]:9640"` → `{ host: '::1', port: 9640 }`; `null` when it is not that. */
export function parseHostPort(text: string): { readonly host: string; readonly port: number } | null {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([^\s:[\]/]+)):(\d{1,5})$/.exec(text);
  if (match === null) return null;
  const number = Number(match[3]);
  return number <= 65_535 ? { host: match[1] ?? match[2] ?? '', port: number } : null;
}

/** A regular expression that compiles; kept as text because it travels to the agent. */
export const pattern = z.string().superRefine((text, context) => {
  try {
    new RegExp(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : 'not a regular expression' });
  }
});
