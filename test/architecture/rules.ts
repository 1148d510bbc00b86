import { codeOf, type Import, importsOf, type SourceFile } from './source.ts';

/** A rule about who may import or name what. `planted` breaks it, so that a test can see the rule bite. */
export interface Rule {
  readonly states: string;
  /** Paths (or beginnings of paths) of the files that it binds. */
  readonly binds: readonly string[];
  readonly except?: readonly string[];
  readonly planted: SourceFile;
  readonly breaks: (file: SourceFile) => readonly string[];
}

const ALL = ['shared/src/', 'agent/src/', 'collector/src/'] as const;
const ENTRIES = ['agent/src/main.ts', 'agent/src/cli/', 'collector/src/main.ts', 'collector/src/cli/'] as const;

const startsWithAny = (text: string, beginnings: readonly string[]) =>
  beginnings.some((start) => text.startsWith(start));

function forbidImports(isForbidden: (found: Import) => boolean): Rule['breaks'] {
  return (file) =>
    importsOf(file)
      .filter(isForbidden)
      .map((found) => `imports ${found.specifier}`);
}

function forbidCode(pattern: RegExp): Rule['breaks'] {
  return (file) => [...codeOf(file.text).matchAll(pattern)].map(([word]) => `uses ${word.trim()}`);
}

/** Only the named places may import the package. */
function onlyIn(name: string, places: readonly string[]): Rule {
  return {
    states: `only ${places.join(' and ')} imports ${name}`,
    binds: ALL,
    except: places,
    planted: { path: 'collector/src/evaluate/planted.ts', text: `import thing from '${name}';\n` },
    breaks: forbidImports((found) => found.target === name),
  };
}

export const RULES: readonly Rule[] = [
  {
    states: 'shared imports neither package',
    binds: ['shared/'],
    planted: { path: 'shared/src/planted.ts', text: "import type { Spool } from '@nines/agent/spool.ts';\n" },
    breaks: forbidImports((found) => startsWithAny(found.target, ['agent/', 'collector/'])),
  },
  {
    states: 'the agent never imports the collector',
    binds: ['agent/'],
    planted: { path: 'agent/src/planted.ts', text: "import { judge } from '../../collector/src/sla/judge.ts';\n" },
    breaks: forbidImports((found) => found.target.startsWith('collector/')),
  },
  {
    states: 'the collector never imports the agent',
    binds: ['collector/'],
    planted: { path: 'collector/src/planted.ts', text: "const spool = await import('@nines/agent/spool.ts');\n" },
    breaks: forbidImports((found) => found.target.startsWith('agent/')),
  },
  {
    states: 'another package is named @nines/…, not reached by a relative path',
    binds: ALL,
    planted: { path: 'agent/src/planted.ts', text: "import { PPB } from '../../shared/src/config/fields.ts';\n" },
    breaks: (file) =>
      importsOf(file)
        .filter(({ specifier, target }) => specifier.startsWith('.') && packageOf(target) !== packageOf(file.path))
        .map(({ specifier }) => `imports ${specifier}`),
  },
  {
    states: 'collector/src/sla imports only itself and types of shared',
    binds: ['collector/src/sla/'],
    planted: { path: 'collector/src/sla/planted.ts', text: "import { PPB } from '@nines/shared/config/fields.ts';\n" },
    breaks: forbidImports(
      ({ target, isType }) => !target.startsWith('collector/src/sla/') && !(isType && target.startsWith('shared/')),
    ),
  },
  {
    states: 'shared does no I/O except config/load.ts, and systemd.ts, which both programs speak through',
    binds: ['shared/'],
    except: ['shared/src/config/load.ts', 'shared/src/systemd.ts'],
    planted: { path: 'shared/src/planted.ts', text: "import { readFileSync } from 'node:fs';\n" },
    breaks: forbidImports(({ target }) => target.startsWith('node:')),
  },
  {
    states: 'the agent never loads the libraries of the collector',
    binds: ['agent/', 'shared/'],
    planted: { path: 'agent/src/planted.ts', text: "import { Registry } from 'prom-client';\n" },
    breaks: forbidImports(({ target }) => ['fastify', 'better-sqlite3', 'prom-client', 'pg', 'uplot'].includes(target)),
  },
  onlyIn('better-sqlite3', ['collector/src/store/sqlite/']),
  onlyIn('pg', ['collector/src/store/postgres/']),
  onlyIn('fastify', ['collector/src/http/']),
  onlyIn('yaml', ['shared/src/config/parse.ts', 'shared/src/config/print.ts']),
  onlyIn('commander', ['agent/src/cli/', 'agent/src/main.ts', 'collector/src/cli/', 'collector/src/main.ts']),
  onlyIn('undici', ['agent/src/']),
  {
    states: 'only config/parse, explain-issue, known-keys, essence and written-form look inside zod',
    binds: ALL,
    except: [
      'shared/src/config/parse.ts',
      'shared/src/config/explain-issue.ts',
      'shared/src/config/known-keys.ts',
      'shared/src/config/essence.ts',
      'shared/src/config/written-form.ts',
    ],
    planted: { path: 'agent/src/planted.ts', text: 'const keys = schema._zod.def.shape;\n' },
    breaks: forbidCode(/\binstanceof z\.core\b|\._zod\b/g),
  },
  {
    states: 'only time/calendar.ts knows Temporal',
    binds: ALL,
    except: ['shared/src/time/calendar.ts'],
    planted: { path: 'collector/src/report/planted.ts', text: 'const now = Temporal.Now.instant();\n' },
    breaks: forbidCode(/\bTemporal\./g),
  },
  {
    states:
      'only main.ts and cli/ read process; probes/command.ts alone sends signals to what it started, and pattern-budget.ts looks at the CPU time of its thread',
    binds: ALL,
    except: [...ENTRIES, 'agent/src/probes/command.ts', 'agent/src/probes/pattern-budget.ts'],
    planted: { path: 'agent/src/planted.ts', text: "const home = process.env['HOME'];\n" },
    breaks: (file) => [
      ...forbidCode(/(?<![.\w])process\.\w+/g)(file),
      ...forbidImports(({ target }) => target === 'node:process')(file),
    ],
  },
  {
    states: 'only time/clock.ts reads the time or sets a timer; everything else takes a Clock',
    binds: ALL,
    except: ['shared/src/time/clock.ts', 'collector/src/web/assets/'],
    planted: { path: 'agent/src/planted.ts', text: 'setTimeout(deliver, Date.now() - start);\n' },
    breaks: forbidCode(/\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(|(?<![.\w#])(?:setTimeout|setInterval)\(/g),
  },
  {
    states: 'nothing is re-exported: no barrels',
    binds: ALL,
    planted: { path: 'shared/src/planted.ts', text: "export * from './wire.ts';\n" },
    breaks: forbidImports(({ isExport }) => isExport),
  },
  {
    states: 'a relative import names its file with the ending, and no file inside node_modules',
    binds: [...ALL, 'test/', '.toolchain/'],
    planted: { path: 'agent/src/planted.ts', text: "import { spool } from './spool';\n" },
    breaks: forbidImports(
      ({ specifier }) =>
        specifier.startsWith('.') && (!/\.(ts|mjs|json)$/.test(specifier) || specifier.includes('node_modules')),
    ),
  },
  {
    states: 'no any',
    binds: [...ALL, 'test/', '.toolchain/'],
    planted: { path: 'agent/src/planted.ts', text: 'const x = value as any;\n' },
    breaks: forbidCode(/(?::|\bas|<|\|)\s*any\b(?!\s*[:('])/g),
  },
];

function packageOf(path: string): string {
  return path.split('/')[0] ?? '';
}

/** Each broken rule as `path: what it does (rule)`. */
export function violations(files: readonly SourceFile[], rule: Rule): string[] {
  return files
    .filter(({ path }) => startsWithAny(path, rule.binds) && !startsWithAny(path, rule.except ?? []))
    .flatMap((file) => rule.breaks(file).map((what) => `${file.path} ${what}`));
}

/** Import cycles, each as the paths on it; imports of types alone do not count, they are gone when the program runs. */
export function findCycles(files: readonly SourceFile[]): string[] {
  const edges = new Map(
    files.map((file) => [file.path, importsOf(file).flatMap((found) => (found.isType ? [] : [found.target]))]),
  );
  const finished = new Set<string>();
  const cycles: string[] = [];
  const walk = (path: string, trail: readonly string[]) => {
    if (finished.has(path)) return;
    const start = trail.indexOf(path);
    if (start >= 0) {
      cycles.push([...trail.slice(start), path].join(' → '));
      return;
    }
    for (const target of edges.get(path) ?? []) if (edges.has(target)) walk(target, [...trail, path]);
    finished.add(path);
  };
  for (const path of edges.keys()) walk(path, []);
  return cycles;
}

/** Branches on a probe type's name; `owner` names the one type that the file belongs to, or is `null`. */
export function probeBranches(file: SourceFile, types: readonly string[]): string[] {
  const owner = /\/probes\/([\w-]+)\.ts$/.exec(file.path)?.[1];
  const names = types.filter((type) => type.replaceAll('_', '-') !== owner).join('|');
  const text = file.text.replace(/\/\*[\s\S]*?\*\/|(^|\s)\/\/.*$/gm, '');
  const compared = new RegExp(
    `\\btype\\s*[!=]==?\\s*'(?:${names})'|'(?:${names})'\\s*[!=]==?\\s*[\\w.?]*\\btype\\b`,
    'g',
  );
  const switched = new RegExp(`\\bcase '(?:${names})':`, 'g');
  const isProbe = owner !== undefined;
  return [...text.matchAll(compared), ...(isProbe ? [] : text.matchAll(switched))].map(
    ([what]) => `${file.path} branches on ${what}`,
  );
}
