import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { callFileSchema } from '../../../collector/src/import/call-file.ts';
import { importCalls } from '../../../collector/src/import/import-calls.ts';
import type { LineMistake } from '../../../collector/src/import/read-csv.ts';
import { EVENTS_VERSION, eventDocument, parseEvents, type ReportedEvent } from '../../../shared/src/event.ts';
import { callsOf } from '../../support/calls.ts';
import { captureText } from '../../support/capture-text.ts';
import { temporaryFolder } from '../../support/folders.ts';

const CLOUD = {
  delimiter: ';',
  callers: 'drop',
  calls: {
    id: 'Id',
    queue: 'Queue',
    entered: 'Start',
    answered: 'Answered',
    ended: 'End',
    caller: 'Caller',
    outcome: 'Result',
    outcomes: { ok: 'answered', gone: 'abandoned' },
    instants: 'DD.MM.YYYY HH:mm:ss',
    time_zone: 'Europe/Berlin',
  },
};
const HEADINGS = 'Id;Queue;Start;Answered;End;Caller;Result';
const GOOD = [
  '1;support;01.01.2026 11:00:00;01.01.2026 11:00:12;01.01.2026 11:03:12;+49 30 111;ok',
  '2;support;01.01.2026 11:01:00;;01.01.2026 11:01:04;"+49 30 ""222""";gone',
];

interface Read {
  readonly calls: ReportedEvent[];
  readonly mistakes: LineMistake[];
  readonly isWhole: boolean;
}

async function read(mapping: object, text: string | Buffer, salt: string | null = null): Promise<Read> {
  const path = join(temporaryFolder(), 'calls.csv');
  writeFileSync(path, text);
  const calls: ReportedEvent[] = [];
  const mistakes: LineMistake[] = [];
  const { isWhole } = await importCalls({
    path,
    file: callFileSchema.parse(mapping),
    salt,
    onMistake: (mistake) => mistakes.push(mistake),
    send: async (some) => {
      parseEvents(JSON.stringify({ version: EVENTS_VERSION, events: some.map(eventDocument) }), 'importer');
      calls.push(...some);
      return true;
    },
  });
  return { calls, mistakes, isWhole };
}

describe('a table of calls', () => {
  it('is read by its headings, in the zone that the mapping names', async () => {
    const { calls, mistakes, isWhole } = await read(CLOUD, `\uFEFF${[HEADINGS, ...GOOD, ''].join('\r\n')}`);
    // 11:00 in Berlin's winter is 10:00 UTC.
    expect(calls).toMatchObject([
      { id: '1', atMs: 1_767_261_600_000, outcome: 'answered', values: { wait_s: 12, talk_s: 180 } },
      { id: '2', outcome: 'abandoned', values: { wait_s: 4 }, labels: { queue: 'support' } },
    ]);
    expect({ mistakes, isWhole }).toEqual({ mistakes: [], isWhole: true });
    expect(JSON.stringify(calls)).not.toMatch(/111|222/);
  });

  it('names lines that are wrong by line and column, and takes the others', async () => {
    const bad = ['3;support;soon;;;;ok', '4;support;01.01.2026 11:00:00;;01.01.2026 11:00:09;;voicemail', '5;support'];
    const { calls, mistakes } = await read(CLOUD, [HEADINGS, GOOD[0], ...bad, GOOD[1]].join('\n'));
    expect(calls.map(({ id }) => id)).toEqual(['1', '2']);
    expect(mistakes).toEqual([
      { line: 3, column: 3, message: 'Start: expected DD.MM.YYYY HH:mm:ss, not "soon"' },
      { line: 4, column: 7, message: 'Result: outcomes does not say what "voicemail" means' },
      { line: 5, column: null, message: 'has 2 cells, and there are 7 headings' },
    ]);
  });

  it('keeps a pseudonym that depends on the salt, and no number', async () => {
    const mapping = { ...CLOUD, callers: 'pseudonym', salt: { env: 'SALT' } };
    const text = [HEADINGS, GOOD[0]].join('\n');
    const names = await Promise.all(
      ['a', 'a', 'b'].map(async (salt) => (await read(mapping, text, salt)).calls[0]?.labels.caller),
    );
    expect(names[0]).toMatch(/^[\w-]{16}$/);
    expect(names[1]).toBe(names[0]);
    expect(names[2]).not.toBe(names[0]);
    expect(callFileSchema.safeParse({ ...CLOUD, callers: 'pseudonym' }).success).toBe(false);
  });

  it.each([
    ['Id;Start\n', 'there is no column Queue, Answered, End, Caller, Result; the columns are Id, Start'],
    ['', 'expected a line of headings, the file is empty'],
    [Buffer.from(`${HEADINGS}\n1;Büro;x;;;;ok\n`, 'latin1'), 'is not utf-8; say which encoding it is'],
    [`${HEADINGS}\n"1;support`, 'Quote Not Closed'],
  ])('that cannot be read says why: %j', async (text, message) => {
    const { mistakes, isWhole } = await read(CLOUD, text);
    expect(mistakes.at(-1)?.message).toContain(message);
    expect(isWhole).toBe(false);
  });

  it('of another encoding is read when it is named', async () => {
    const text = Buffer.from([HEADINGS, GOOD[0]?.replace('support', 'Büro')].join('\n'), 'latin1');
    const { calls } = await read({ ...CLOUD, encoding: 'windows-1252' }, text);
    expect(calls[0]?.labels.queue).toBe('Büro');
  });
});

/** Asterisk's file as its realtime variant would have written it: local time with microseconds, empty cells or NULL. */
function asRealtime(log: string): string {
  const rows = log.split('\n').flatMap((line) => {
    const [epoch = '', callid = '', queue = '', agent = '', event = '', ...data] = line.split('|');
    if (event === '') return [];
    // Berlin is an hour ahead of UTC in November 2026.
    const time = new Date((Number(epoch) + 3_600) * 1000).toISOString().slice(0, 19).replace('T', ' ');
    const cells = [0, 1, 2, 3, 4].map((index) => data[index] ?? 'NULL');
    return [[`${time}.000000`, callid, queue, agent, event, ...cells].map((cell) => `"${cell.replaceAll('"', '""')}"`)];
  });
  return [['time', 'callid', 'queuename', 'agent', 'event', 'data1', 'data2', 'data3', 'data4', 'data5'], ...rows]
    .map((cells) => cells.join(','))
    .join('\n');
}

describe('Asterisk’s queue log out of a database', () => {
  const REALTIME = { queue_log: { time_zone: 'Europe/Berlin' } };
  const LOG = captureText('asterisk/run1/queue_log');

  it('has the same calls as the file of the same run', async () => {
    const { calls, mistakes } = await read(REALTIME, asRealtime(LOG));
    const bare = (call: ReportedEvent | undefined) => [
      call?.id,
      call?.atMs,
      call?.endedAtMs,
      call?.outcome,
      call?.values,
    ];
    const expected = callsOf(LOG);
    expect(mistakes).toEqual([]);
    expect(calls.map(bare)).toEqual(expected.map(bare));
    expect(JSON.stringify(calls)).not.toContain('4930555');
  });

  it('whose rows are not in the order of their time is not believed', async () => {
    const [headings = '', first = '', ...rows] = asRealtime(LOG).split('\n');
    const { mistakes } = await read(REALTIME, [headings, rows.at(-1), first].join('\n'));
    expect(mistakes).toEqual([
      { line: 3, column: 1, message: 'time: is before the row above: export with ORDER BY time, id' },
    ]);
  });
});
