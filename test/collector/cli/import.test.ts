import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runProgram } from '../../../collector/src/cli/program.ts';
import { DecisionWorld } from '../../support/decision-world.ts';

const world = new DecisionWorld(`
collector: { listen: 127.0.0.1:0, data: data }
importers: [{ name: pbx-export, token: { env: PAUL }, streams: [calls] }]
`);
const csv = join(world.folder, 'calls.csv');
const mapping = join(world.folder, 'calls.yaml');

beforeAll(async () => {
  await world.start();
  writeFileSync(mapping, 'calls: { id: id, queue: queue, entered: entered, wait: wait, talk: talk }\n');
});
afterAll(() => world.stop());

async function importing(...options: string[]) {
  let [out, err] = ['', ''];
  const code = await runProgram(
    ['import', 'calls', csv, '--mapping', mapping, '--config', world.config, '--url', world.address, ...options],
    {
      env: { PAUL: 'paul-1' },
      out: (text) => {
        out += text;
        return true;
      },
      err: (text) => {
        err += text;
        return true;
      },
    },
  );
  return { code, out, err };
}

const WHO = ['--importer', 'pbx-export'];
const stored = async () => {
  const answer = await fetch(
    `${world.address}/api/v1/events?stream=calls&from=2026-09-01T00:00:00Z&to=2026-10-01T00:00:00Z`,
  );
  return (await answer.text()).trim().split('\n').slice(1, -1);
};

it('import calls: reads, sends and can be run again; wrong lines are named and exit code is 1', async () => {
  writeFileSync(
    csv,
    'id,queue,entered,wait,talk\n1,support,2026-09-30T10:00:00Z,12,60\n2,support,2026-09-30T10:01:00Z,30,\n',
  );
  expect((await importing('--dry-run', ...WHO)).out).toBe('2 calls read: nothing was sent\n');
  expect(await stored()).toEqual([]);
  expect(await importing(...WHO)).toEqual({
    code: 0,
    out: '2 calls read: 2 new or changed, 0 known already\n',
    err: '',
  });
  writeFileSync(csv, 'id,queue,entered,wait,talk\n1,support,2026-09-30T10:00:00Z,12,60\n3,support,today,12,60\n');
  const again = await importing(...WHO);
  expect(again).toMatchObject({ code: 1, out: '1 call read: 0 new or changed, 1 known already; 1 line left out\n' });
  expect(again.err).toBe(`${csv}:3:3 entered: expected ISO 8601, not "today"\n`);
  expect((await stored()).map((line) => JSON.parse(line))).toMatchObject([
    { id: '1', agent: 'pbx-export', outcome: 'answered', values: { wait_s: 12, talk_s: 60 } },
    { id: '2', outcome: 'lost', values: { wait_s: 30 } },
  ]);
});

it('import calls: exit code 1 without a token, 2 for an importer, a file or a mapping that is not there', async () => {
  expect((await importing()).code).toBe(1);
  expect((await importing('--importer', 'mallory')).code).toBe(2);
  expect((await importing(...WHO, '--mapping', join(world.folder, 'none.yaml'))).code).toBe(2);
  writeFileSync(mapping, 'calls: { id: id, queue: queue, entred: entered }\n');
  expect((await importing(...WHO)).err).toContain('entred');
});
