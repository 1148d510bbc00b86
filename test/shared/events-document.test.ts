import {
  MAX_EVENT_VALUES,
  MAX_EVENTS,
  MAX_EVENTS_BYTES,
  MAX_LABEL_LENGTH,
  MAX_LABELS,
  parseEvents,
} from '@nines/shared/event.ts';
import { MAX_SENT_BYTES } from '@nines/shared/wire.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../../collector/src/http/errors.ts';
import { openStore } from '../../collector/src/store/open.ts';
import type { Store } from '../../collector/src/store/store.ts';
import { fencedBlocks, readDocument, runExample } from '../support/document-examples.ts';
import { temporaryFolder } from '../support/folders.ts';
import { IMPORTER_TOKEN, type IngestServer, serveIngest } from '../support/ingest-server.ts';
import { systemProgram } from '../support/system-program.ts';

const DOCUMENT = readDocument('shared/EVENTS.md');

/** Codes that no sender of events can meet. */
const OTHER_ROUTES = ['invalid-batch', 'bad-sent-at', 'too-many-observations', 'not-ready', 'conflict'];

const blocks = (language: string) => fencedBlocks(DOCUMENT, language);

describe('EVENTS.md', () => {
  it('shows events that are such, one of them open', () => {
    const events = parseEvents(blocks('json')[0] ?? '', 'helpdesk');
    expect(events.map(({ endedAtMs }) => endedAtMs === null)).toEqual([false, true]);
  });

  it('states the limits as they are', () => {
    expect(MAX_EVENTS_BYTES).toBe(MAX_SENT_BYTES);
    expect(DOCUMENT).toContain(`| body, as sent and unpacked alike | ${MAX_EVENTS_BYTES / 2 ** 20} MiB |`);
    expect(DOCUMENT).toContain(`| events in a request | ${MAX_EVENTS.toLocaleString('en')} |`);
    expect(DOCUMENT).toContain(`text of at most ${MAX_LABEL_LENGTH} characters; at most ${MAX_LABELS} |`);
    expect(DOCUMENT).toContain(`belongs to the stream; at most ${MAX_EVENT_VALUES} |`);
  });

  it('lists every error code, and none that does not exist', () => {
    const table = /^## Errors$(.*?)^## /ms.exec(DOCUMENT)?.[1] ?? '';
    const codes = [...table.matchAll(/`([a-z]+(?:-[a-z]+)*)`/g)].map((match) => match[1]);
    const ofEvents = ERROR_CODES.filter((code) => !OTHER_ROUTES.includes(code));
    expect(codes.toSorted()).toEqual(ofEvents.toSorted());
  });
});

systemProgram({ program: 'curl', debianPackage: 'curl' })('the curl examples of EVENTS.md', () => {
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

  const run = (script: string) =>
    runExample(script, {
      files: { 'events.json': blocks('json')[0] ?? '' },
      env: { NINES_URL: server.url, NINES_TOKEN: IMPORTER_TOKEN },
    });

  it('deliver the events of the page with the token of an importer, and read them back', async () => {
    const [send = '', read = ''] = blocks('sh');
    expect(DOCUMENT).toContain(await run(send));
    const lines = (await run(read)).trimEnd().split('\n');
    expect(lines).toHaveLength(4);
    expect(lines.slice(1, 3).map((line) => JSON.parse(line))).toMatchObject([
      { agent: 'helpdesk', id: 'T-4711', outcome: 'solved' },
      { agent: 'helpdesk', id: 'T-4712', ended_at_ms: null },
    ]);
    expect(DOCUMENT).toContain(lines[3]);
  });
});
