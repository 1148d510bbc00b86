import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { eventually } from '../support/programs.ts';
import { Deployment } from './deployment.ts';

const REPOSITORIES = 500;
/** Of these another check lists what another host has backed up into them. */
const SHARED = 100;
const AT_ONCE = 3;

/** `+ repository` and `- repository` in the order in which programs began and ended. */
function replay(log: string) {
  const running = new Set<string>();
  let most = 0;
  const runs = new Map<string, number>();
  for (const line of log.split('\n').filter((text) => text !== '')) {
    const [sign, repository = ''] = line.split(' ');
    if (sign === '-') {
      running.delete(repository);
      continue;
    }
    expect(running.has(repository), `two at once in ${repository}`).toBe(false);
    running.add(repository);
    runs.set(repository, (runs.get(repository) ?? 0) + 1);
    most = Math.max(most, running.size);
  }
  return { most, runs };
}

it('five hundred repositories are all looked at, never two programs in one, and never more together than configured', async () => {
  const deployment = await Deployment.create({ agents: ['backup1'], checks: [] });
  const { folder } = deployment;
  const log = join(folder, 'programs.log');
  const program = join(folder, 'restic');
  // One line is one write, and lines of several programs do not mix.
  const script = [
    '#!/bin/sh',
    `echo "+ $RESTIC_REPOSITORY" >> ${log}`,
    'sleep 0.03',
    `echo "- $RESTIC_REPOSITORY" >> ${log}`,
    'echo "[]"',
  ];
  writeFileSync(program, script.join('\n'));
  chmodSync(program, 0o700);
  const check = (id: string, repository: string) => ({
    id,
    every: '15s',
    timeout: '10s',
    probe: { type: 'restic', repository, password: { env: 'PASSWORD' }, program },
  });
  const repositories = Array.from({ length: REPOSITORIES }, (_, index) => join(folder, 'repositories', `r${index}`));
  deployment.configure({
    checks: [
      ...repositories.map((repository, index) => check(`own-${index}`, repository)),
      ...repositories.slice(0, SHARED).map((repository, index) => check(`shared-${index}`, repository)),
    ],
    sections: { contracts: [] },
  });
  const collector = await deployment.startCollector();
  const agent = await deployment.startAgent('backup1', {
    settings: { allow: { files: [folder], commands: [program], env: ['PASSWORD'] }, max_repositories: AT_ONCE },
    env: { PASSWORD: 'secret' },
  });
  const logged = () => (existsSync(log) ? replay(readFileSync(log, 'utf8')) : { most: 0, runs: new Map() });
  await eventually('every repository was looked at, those with two checks by both', async () => {
    const { runs } = logged();
    return repositories.every((repository, index) => (runs.get(repository) ?? 0) >= (index < SHARED ? 2 : 1));
  });
  await agent.stop();
  await collector.stop();
  // They all fell due within a quarter of a minute: that many did run together, and not one more.
  expect(logged().most).toBe(AT_ONCE);
}, 120_000);
