import { countObservations } from '@nines/shared/observation.ts';
import {
  agentStatusSchema,
  MAX_BATCH_BYTES,
  MAX_BATCH_OBSERVATIONS,
  MAX_SENT_BYTES,
  parseBatch,
} from '@nines/shared/wire.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../../collector/src/http/errors.ts';
import { openStore } from '../../collector/src/store/open.ts';
import type { Store } from '../../collector/src/store/store.ts';
import { collect } from '../support/batches.ts';
import { fencedBlocks, readDocument, runExample } from '../support/document-examples.ts';
import { temporaryFolder } from '../support/folders.ts';
import { type IngestServer, serveIngest, TOKEN } from '../support/ingest-server.ts';
import { systemProgram } from '../support/system-program.ts';

const DOCUMENT = readDocument('shared/WIRE.md');

/** Codes that no sender of batches can meet. */
const OTHER_ROUTES = ['not-ready', 'invalid-events', 'too-many-events', 'conflict'];

const blocks = (language: string) => fencedBlocks(DOCUMENT, language);

describe('WIRE.md', () => {
  it('shows a batch that is one, with an observation of each outcome', () => {
    const batch = parseBatch(blocks('json')[0] ?? '');
    expect(countObservations(batch)).toBe(5);
    expect(new Set(batch.checks.flatMap(({ up }) => up))).toEqual(new Set([0, 1, null]));
  });

  it('shows a status that is one, with every key', () => {
    const status: unknown = JSON.parse(blocks('json')[1] ?? '');
    expect(agentStatusSchema.parse(status)).toEqual(status);
  });

  it('states the limits as they are', () => {
    expect(DOCUMENT).toContain(`| body as sent | ${MAX_SENT_BYTES / 2 ** 20} MiB |`);
    expect(DOCUMENT).toContain(`| body unpacked | ${MAX_BATCH_BYTES / 2 ** 20} MiB |`);
    expect(DOCUMENT).toContain(`| observations in a batch | ${MAX_BATCH_OBSERVATIONS.toLocaleString('en')} |`);
  });

  it('lists every error code, and none that does not exist', () => {
    const table = /^## Errors$(.*?)^## /ms.exec(DOCUMENT)?.[1] ?? '';
    const codes = [...table.matchAll(/`([a-z]+(?:-[a-z]+)*)`/g)].map((match) => match[1]);
    const ofIngest = ERROR_CODES.filter((code) => !OTHER_ROUTES.includes(code));
    expect(codes.toSorted()).toEqual(ofIngest.toSorted());
  });
});

systemProgram({ program: 'curl', debianPackage: 'curl' })('the curl examples of WIRE.md', () => {
  let store: Store;
  let server: IngestServer;
  beforeEach(async () => {
    store = await openStore({ directory: temporaryFolder() });
    server = await serveIngest(store);
  });
  afterEach(async () => {
    await server.close();
    await store.close();
  });

  const run = (script: string, token = TOKEN) =>
    runExample(script, {
      files: { 'batch.json': blocks('json')[0] ?? '' },
      env: { NINES_URL: server.url, NINES_TOKEN: token },
    });

  it('deliver the batch of the page, answered as the page says, plain first and packed as a duplicate', async () => {
    const [plain = '', packed = ''] = blocks('sh');
    expect(DOCUMENT).toContain(await run(plain));
    expect(DOCUMENT).toContain(await run(packed));
    expect(server.stored).toHaveLength(1);
    expect((await collect(store.tail(0))).map(({ batch }) => batch)).toEqual([parseBatch(blocks('json')[0] ?? '')]);
  });

  it('tell the collector when they were sent', async () => {
    await run(blocks('sh')[0] ?? '');
    expect(server.stored[0]?.skewMs).toEqual(expect.any(Number));
  });

  it('fail with the code on the page when the token is wrong', async () => {
    const failed = run(blocks('sh')[0] ?? '', 'wrong').catch((error: unknown) => error);
    expect(await failed).toMatchObject({ stdout: expect.stringContaining('"code":"unauthorized"') });
  });
});
