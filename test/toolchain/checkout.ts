import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PACKAGE = fileURLToPath(new URL('../../package.json', import.meta.url));
const TOOLCHAIN = fileURLToPath(new URL('../../.toolchain', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * A checkout in miniature: the real run.mjs and install.mjs, a program for the verb `start`, and an `npx` that stands in
 * for the registry. It counts its calls, and either "installs" this Node or does what the test wants.
 */
export class MiniatureCheckout {
  readonly root: string;
  readonly #tools: string;

  constructor(at = mkdtempSync(join(tmpdir(), 'nines-checkout-'))) {
    this.root = join(at, 'checkout');
    this.#tools = join(at, 'tools');
    mkdirSync(this.#tools, { recursive: true });
    for (const name of ['run.mjs', 'install.mjs']) {
      cpSync(join(TOOLCHAIN, name), this.path('.toolchain', name), { recursive: true });
    }
    this.write('package.json', '{ "name": "miniature", "type": "module" }\n');
    this.write('pnpm-lock.yaml', 'lockfileVersion: 1\n');
    this.write('agent/package.json', '{ "name": "agent" }\n');
    this.program('console.log(JSON.stringify(process.argv.slice(2)));');
    this.npx('install_node');
  }

  path(...parts: readonly string[]): string {
    return join(this.root, ...parts);
  }

  write(name: string, text: string): void {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), text);
  }

  /** What `start` runs. */
  program(text: string): void {
    this.write('.toolchain/start.ts', text);
  }

  /** What `npx` does, as shell commands; `install_node` is what a good install leaves behind. */
  npx(commands: string): void {
    const script = `#!/bin/sh
echo "$@" >> '${this.root}/npx-calls'
install_node() {
  mkdir -p node_modules/node/bin node_modules/.bin
  rm -f node_modules/.bin/node
  ln -sf '${process.execPath}' node_modules/node/bin/node
  printf '#!/bin/sh\\nnode_modules/node/bin/node "$@"\\n' > node_modules/.bin/node
  chmod +x node_modules/.bin/node
}
${commands}
`;
    writeFileSync(join(this.#tools, 'npx'), script);
    chmodSync(join(this.#tools, 'npx'), 0o755);
  }

  get npxCalls(): readonly string[] {
    const path = this.path('npx-calls');
    return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
  }

  /** Runs a verb with only `npx` and the shell's own programs in PATH, as a newcomer's machine has. */
  spawn(
    args: readonly string[],
    { nodeOptions = [], path = `${this.#tools}:/usr/bin:/bin` }: SpawnOptions = {},
  ): ChildProcess {
    return spawn(process.execPath, [...nodeOptions, this.path('.toolchain/run.mjs'), ...args], {
      cwd: tmpdir(),
      env: { PATH: path, HOME: this.root },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  /** As somebody calls it: npm runs the project's own script in a shell, and passes what it is sent on to that. */
  npm(verb: string): ChildProcess {
    const { scripts }: { scripts: Record<string, string> } = JSON.parse(readFileSync(PACKAGE, 'utf8'));
    this.write('package.json', JSON.stringify({ name: 'miniature', type: 'module', scripts }));
    return spawn('npm', ['--silent', 'run', verb], {
      cwd: this.root,
      env: { PATH: `${this.#tools}:${process.env.PATH}`, HOME: this.root },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  run(args: readonly string[], options: SpawnOptions = {}): Promise<Ended> {
    return endOf(this.spawn(args, options));
  }
}

export interface SpawnOptions {
  readonly nodeOptions?: readonly string[];
  readonly path?: string;
}

/** Resolves when the process is gone and has said everything. */
export function endOf(child: ChildProcess): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** Resolves once the process has written the text to its standard output. */
export function untilSays(child: ChildProcess, text: string): Promise<void> {
  let said = '';
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (chunk) => {
      said += chunk;
      if (said.includes(text)) resolve();
    });
    child.once('close', () => reject(new Error(`ended without saying ${text}: ${said}`)));
  });
}
