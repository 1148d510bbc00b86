import { existsSync, readFileSync } from 'node:fs';
import { builtinModules, stripTypeScriptTypes } from 'node:module';
import { basename, join } from 'node:path';
import { probeTypes, streamsOf } from '@nines/shared/probes/index.ts';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { findCycles, probeBranches, RULES, violations } from './architecture/rules.ts';
import { importsOf, PACKAGES, ROOT, readSources } from './architecture/source.ts';

const sources = readSources(PACKAGES.map((name) => `${name}/src`));
const all = [...sources, ...readSources(['test', '.toolchain'])];
const types = Object.keys(probeTypes) as (keyof typeof probeTypes)[];

describe('what Node runs without a compiler', () => {
  it('every file can be stripped of its types: the compiler and the test runner take what Node does not', () => {
    expect(all.flatMap(({ path, text }) => refusalOf(path, text))).toEqual([]);
    expect(refusalOf('planted.ts', 'for (const of of [1]) console.log(of);')).toHaveLength(1);
  });
});

/** Why Node would not run a file; empty when it would. */
function refusalOf(path: string, text: string): string[] {
  try {
    stripTypeScriptTypes(text);
    return [];
  } catch (error) {
    return [`${path}: ${String(error)}`];
  }
}

describe('who may import and name what', () => {
  it.each(RULES.map((rule) => [rule.states, rule] as const))('%s', (_, rule) => {
    expect(violations(all, rule)).toEqual([]);
  });

  it.each(RULES.map((rule) => [rule.states, rule] as const))('a planted violation is caught: %s', (_, rule) => {
    expect(violations([rule.planted], rule)).not.toEqual([]);
  });

  it.each(PACKAGES)('%s imports only packages that its package.json names', (name) => {
    const { dependencies } = JSON.parse(readFileSync(join(ROOT, name, 'package.json'), 'utf8'));
    const declared = new Set(Object.keys(dependencies));
    const undeclared = sources
      .filter(({ path }) => path.startsWith(`${name}/`))
      .flatMap((file) => importsOf(file).map(({ specifier, target }) => ({ file, specifier, target })))
      .filter(({ specifier, target }) => isExternal(specifier) && !declared.has(target))
      .filter(({ specifier }) => !specifier.startsWith('@nines/') || !declared.has(specifier.split('/', 2).join('/')))
      .map(({ file, specifier }) => `${file.path} imports ${specifier}`);
    expect(undeclared).toEqual([]);
  });

  it('every import of our own leads to a file that is there', () => {
    const dangling = all.flatMap((file) =>
      importsOf(file)
        .filter(({ specifier }) => specifier.startsWith('.') || specifier.startsWith('@nines/'))
        .filter(({ target }) => !existsSync(join(ROOT, target)))
        .map(({ specifier }) => `${file.path} imports ${specifier}`),
    );
    expect(dangling).toEqual([]);
  });

  it('imports go round in no circle', () => {
    expect(findCycles(all)).toEqual([]);
  });

  it('a planted circle is caught, one of types alone is none', () => {
    const a = { path: 'agent/src/a.ts', text: "import { b } from './b.ts';\n" };
    const b = { path: 'agent/src/b.ts', text: "import {\n  a,\n} from './a.ts';\n" };
    expect(findCycles([a, b])).toEqual(['agent/src/a.ts → agent/src/b.ts → agent/src/a.ts']);
    expect(findCycles([a, { path: b.path, text: "import type { A } from './a.ts';\n" }])).toEqual([]);
  });
});

describe('files', () => {
  it('none is longer than 400 lines', () => {
    const long = all.map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }));
    expect(long.filter(({ lines }) => lines > 400)).toEqual([]);
  });

  it('half of the source files have at most 100 lines', () => {
    const lines = sources.map(({ text }) => text.split('\n').length - 1).sort((a, b) => a - b);
    expect(lines[Math.floor(lines.length / 2)]).toBeLessThanOrEqual(100);
  });

  it('names are kebab-case and say what is inside', () => {
    const names = all.map(({ path }) => basename(path).replace(/(\.test|\.bench|\.d)?\.ts$/, ''));
    expect(names.filter((name) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name))).toEqual([]);
    const empty = /^(utils?|helpers?|common|misc|managers?|handlers?|data|info|base)$/;
    expect(names.filter((name) => name.split('-').some((word) => empty.test(word)))).toEqual([]);
  });
});

describe('programs', () => {
  it.each(['agent', 'collector'])(
    'nines-%s begins with a line that says what runs it: without, npm links no program',
    (name) => {
      const { bin } = JSON.parse(readFileSync(join(ROOT, name, 'package.json'), 'utf8'));
      expect(Object.keys(bin)).toEqual([`nines-${name}`]);
      const text = readFileSync(join(ROOT, name, bin[`nines-${name}`]), 'utf8');
      expect(text).toMatch(/^#!\/usr\/bin\/env (-S )?node\b/);
    },
  );
});

describe('probe types', () => {
  it.each(types)('%s has its declaration, its run, a line in both tables and a check in the example', (type) => {
    expect(existsSync(join(ROOT, 'shared/src/probes', fileOf(type)))).toBe(true);
    expect(existsSync(join(ROOT, 'agent/src/probes', fileOf(type)))).toBe(true);
    const runs = readFileSync(join(ROOT, 'agent/src/probes/index.ts'), 'utf8');
    expect(runs).toContain(`'./${fileOf(type)}'`);
    const example = parse(readFileSync(join(ROOT, 'config/nines.example.yaml'), 'utf8'));
    const used = example.checks.map((check: { probe: { type: string } }) => check.probe.type);
    expect(used).toContain(type);
  });

  it.each(types)('%s declares streams of events exactly when its run ships some', (type) => {
    const run = readFileSync(join(ROOT, 'agent/src/probes', fileOf(type)), 'utf8');
    expect(streamsOf(type).length > 0).toBe(/\bship/.test(run));
  });

  it('every file that declares options with a type is in the table', () => {
    const declaring = sources.filter(
      ({ path, text }) => path.startsWith('shared/src/probes/') && /\btype: z\.literal\(/.test(text),
    );
    expect(declaring.map(({ path }) => basename(path)).sort()).toEqual(types.map(fileOf).sort());
  });

  it('nothing branches on the name of a type outside its own files', () => {
    expect(sources.flatMap((file) => probeBranches(file, types))).toEqual([]);
  });

  it.each([
    "if (check.probe.type === 'http') count();",
    "const plain = 'tcp' !== probe.type;",
    "switch (type) {\n  case 'dns':\n    break;\n}",
  ])('a planted branch is caught: %s', (text) => {
    expect(probeBranches({ path: 'collector/src/web/planted.ts', text }, types)).toHaveLength(1);
  });
});

/** Files are kebab-case, types as YAML has them. */
function fileOf(type: string): string {
  return `${type.replaceAll('_', '-')}.ts`;
}

function isExternal(specifier: string): boolean {
  return !specifier.startsWith('.') && !specifier.startsWith('node:') && !builtinModules.includes(specifier);
}
