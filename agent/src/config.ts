import { join } from 'node:path';
import { duration, hostPort, httpUrl, identifier, secret, size } from '@nines/shared/config/fields.ts';
import { besideFile, loadDocument } from '@nines/shared/config/load.ts';
import { judgeDocument } from '@nines/shared/config/parse.ts';
import { Secrets } from '@nines/shared/config/secrets.ts';
import * as z from 'zod';
import type { Scratch } from './restore/scratch.ts';

const MAX_CONCURRENCY = 10_000;

/** The agent's own file: what only this host may decide. Checks come from the collector. */
export const agentFileSchema = z.strictObject({
  collector: z.strictObject({
    url: httpUrl,
    token: secret,
  }),
  /** A guard: checks that the collector hands out under another name are not taken. */
  name: identifier.optional(),
  listen: hostPort.prefault('127.0.0.1:9641'),
  spool: z
    .strictObject({
      directory: z.string().min(1).default('./data/agent'),
      max_size: size.prefault('1GiB'),
      max_age: duration.prefault('30d'),
    })
    .prefault({}),
  allow: z
    .strictObject({
      /** Programs that a check may run, by absolute path. */
      commands: z.array(absolutePath('a program')).default([]),
      /** Files that a check may read, and folders with all that is in them. */
      files: z.array(absolutePath('a file or folder')).default([]),
      /** Environment variables that a check may read. */
      env: z.array(z.string().min(1)).default([]),
    })
    .prefault({}),
  /** Where test restores of backups write, how much each, and removed at its end; for this agent alone. */
  scratch: z
    .strictObject({
      /** A folder `scratch` beside the spool when absent. */
      directory: z.string().min(1).optional(),
      max_size: size.prefault('1GiB'),
    })
    .prefault({}),
  trust: z
    .strictObject({
      ca_file: z.string().min(1).optional(),
      /** Offers ML-KEM as well; a server that accepts nothing else is down without it. */
      post_quantum: z.boolean().default(false),
    })
    .prefault({}),
  /** Hosts whose silence means that this agent is cut off; `off` never says so. */
  isolation: z
    .union(
      [z.literal('off'), z.strictObject({ canaries: z.array(hostPort).min(1).optional() })],
      'expected off, or { canaries: [host:port, …] }',
    )
    .prefault({}),
  concurrency: z.int().min(1).max(MAX_CONCURRENCY).default(200),
  /** Backup repositories that are looked at at the same time, each by one run. */
  max_repositories: z.int().min(1).max(MAX_CONCURRENCY).default(4),
  /** Backups that are verified or restored at the same time, besides these. */
  max_backup_tests: z.int().min(1).max(MAX_CONCURRENCY).default(1),
  batch_interval: duration.prefault('5s'),
});

export type AgentFile = z.output<typeof agentFileSchema>;

/** The agent's file with its paths resolved and its token read. */
export interface AgentConfig extends Omit<AgentFile, 'scratch'> {
  readonly path: string;
  readonly token: string;
  readonly caFile: string | null;
  readonly postQuantum: boolean;
  readonly spoolDirectory: string;
  readonly scratch: Scratch;
}

type Env = Readonly<Record<string, string | undefined>>;

/** Reads `agent.yaml`. Throws `ConfigError` with every mistake in it. */
export function loadAgentConfig(path: string, env: Env): AgentConfig {
  const document = loadDocument(path);
  const file = judgeDocument(document, agentFileSchema, path);
  const secrets = new Secrets({ path, document, env });
  const token = secrets.read(file.collector.token, ['collector', 'token']);
  secrets.check();
  const { ca_file, post_quantum } = file.trust;
  const { directory, max_size } = file.scratch;
  const spoolDirectory = besideFile(path, file.spool.directory);
  return {
    ...file,
    path,
    token,
    caFile: ca_file === undefined ? null : besideFile(path, ca_file),
    postQuantum: post_quantum,
    spoolDirectory,
    scratch: {
      directory: directory === undefined ? join(spoolDirectory, 'scratch') : besideFile(path, directory),
      maxBytes: max_size,
    },
  };
}

function absolutePath(what: string) {
  return z.string().regex(/^\//, `expected the absolute path of ${what}`);
}
