import type { Reporter, TestModule } from 'vitest/node';

/**
 * Says at the end which suites were skipped because a program of the system is missing, and what to install.
 * `test/support/system-program.ts` writes the reason into the suite's name.
 */
export class SkippedReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const reasons = modules.flatMap((module) =>
      [...module.children.allSuites()].flatMap(({ name }) => /^(.*) \[skipped: (.*)\]$/.exec(name)?.slice(1, 3) ?? []),
    );
    const names = reasons.filter((_, index) => index % 2 === 0);
    if (names.length === 0) return;
    const packages = new Set(reasons.join(' ').match(/(?<=apt-get install )[\w.+ -]+?(?=\))/g));
    console.log(`\n Skipped, because programs of the system are missing (${names.length}):`);
    for (const name of names) console.log(`   ${name}`);
    console.log(` To run them too: apt-get install ${[...packages].sort().join(' ')}\n`);
  }
}
