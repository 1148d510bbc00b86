import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadDocument } from '@nines/shared/config/load.ts';
import { judgeDocument, readDocument } from '@nines/shared/config/parse.ts';
import { describe, expect, it } from 'vitest';
import { agentFileSchema, loadAgentConfig } from '../../agent/src/config.ts';
import { lintContracts } from '../../collector/src/config/lint-contracts.ts';
import { loadNines, readNines } from '../../collector/src/config/nines.ts';
import { runnersIn } from '../../collector/src/config/runners.ts';
import { callFileSchema } from '../../collector/src/import/call-file.ts';
import { checksOf } from '../../collector/src/sla/indicator.ts';
import { objectiveSentence } from '../../collector/src/wording/objective-sentence.ts';
import { PORTS } from '../demo/world.ts';
import { temporaryFolder } from '../support/folders.ts';
import { findProgram, systemProgram } from '../support/system-program.ts';

const ROOT = fileURLToPath(new URL('../../config', import.meta.url));

/** How a file below config/ is read by the program that it is for; the first line whose pattern fits decides. */
const READERS: readonly (readonly [RegExp, (path: string) => unknown])[] = [
  [/^grafana\/provisioning\/.*\.yaml$/, (path) => readDocument(readFileSync(path, 'utf8'), path).value],
  [/(^|\/)nines[\w.-]*\.yaml$/, (path) => loadNines(path)],
  [/^contracts\/[\w-]+\.yaml$/, (path) => loadNines(path)],
  [/(^|\/)agent[\w.-]*\.yaml$/, (path) => judgeDocument(loadDocument(path), agentFileSchema, path)],
  [/^imports\/.*\.yaml$/, (path) => judgeDocument(loadDocument(path), callFileSchema, path)],
  [/^prometheus\/.*\.yml$/, (path) => readDocument(readFileSync(path, 'utf8'), path).value],
];

const files = readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).filter((name) => /\.ya?ml$/.test(name));

describe('everything below config/', () => {
  it.each(files)('%s is accepted by the program that it is for', (name) => {
    const reader = READERS.find(([pattern]) => pattern.test(name));
    expect(reader, `no reader for config/${name}`).toBeDefined();
    expect(reader?.[1](join(ROOT, name))).toBeTypeOf('object');
  });

  it('the agent takes its example as it stands, with a token beside it as the first lines say', () => {
    const path = join(temporaryFolder(), 'agent.yaml');
    copyFileSync(join(ROOT, 'agent.example.yaml'), path);
    expect(() => loadAgentConfig(path, {})).toThrow(/agent\.yaml:\d+:\d+ collector\.token: .*token: no such file$/);
    writeFileSync(join(dirname(path), 'token'), 'nines_token\n');
    expect(loadAgentConfig(path, {})).toMatchObject({ name: 'fra-web03', token: 'nines_token' });
  });

  it.each(['web-hosting', 'network-services', 'internal-department'])(
    'the contract template %s contradicts itself in nothing, and every objective of it is worded',
    (template) => {
      const { nines, document } = readNines(join(ROOT, 'contracts', `${template}.yaml`));
      expect(lintContracts(nines, document).filter(({ severity }) => severity === 'warning')).toEqual([]);
      for (const contract of nines.contracts) {
        expect(contract.isDraft).toBe(true);
        for (const objective of contract.objectives) {
          expect(objectiveSentence(objective, contract, runnersIn(nines))).toMatch(/^[A-Z][a-z -]+: .*\.$/);
        }
      }
    },
  );

  it('an internal agreement says what one department owes the other', () => {
    const nines = loadNines(join(ROOT, 'contracts/internal-department.yaml'));
    const sentences = nines.contracts.flatMap((contract) =>
      contract.objectives.map((objective) => objectiveSentence(objective, contract, runnersIn(nines))),
    );
    expect(sentences[0]).toBe(
      'Leads: at least 40 leads events where quality is qualified must come, in each calendar month in Europe/Berlin.',
    );
    expect(sentences[1]).toMatch(
      /^Follow up: leads must be done within 8 h of Mon–Thu .* not on holidays, at least 90 % of them in each calendar month in Europe\/Berlin\.$/,
    );
  });

  it('the demo measures the world where it stands', () => {
    const text = readFileSync(join(ROOT, 'demo/nines.yaml'), 'utf8');
    for (const port of Object.values(PORTS)) expect(text).toContain(String(port));
  });

  it('every check of the demo counts for an objective or is looked at from one place only', () => {
    const demo = loadNines(join(ROOT, 'demo/nines.yaml'));
    const promised = new Set(demo.objectives.flatMap(({ indicator }) => checksOf(indicator)));
    const idle = demo.checks.filter(({ id, agents }) => !promised.has(id) && agents.length > 1);
    expect(idle).toEqual([]);
    expect(demo.agents.every((agent) => agent.local)).toBe(true);
  });
});

systemProgram({ program: 'promtool', debianPackage: 'prometheus' })('promtool', () => {
  it('accepts the example of a scrape configuration', () => {
    const path = join(ROOT, 'prometheus/scrape.example.yml');
    const output = execFileSync(findProgram('promtool') ?? '', ['check', 'config', path], { encoding: 'utf8' });
    expect(output).toContain('SUCCESS');
  });
});

systemProgram({ program: 'systemd-analyze', debianPackage: 'systemd' })('the units of systemd', () => {
  it.each(['agent', 'collector'])('nines-%s.service has nothing that systemd does not know', (name) => {
    const unit = join(ROOT, 'systemd', `nines-${name}.service`);
    const { stderr } = spawnSync('systemd-analyze', ['verify', unit], { encoding: 'utf8' });
    // The programs are not where the unit expects them: on this machine nothing was installed.
    const complaints = stderr
      .split('\n')
      .filter((line) => line.includes('nines-') && !line.includes('is not executable'));
    expect(complaints).toEqual([]);
  });
});
