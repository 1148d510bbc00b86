import { defineConfig } from 'vitest/config';
import { SkippedReporter } from './.toolchain/skipped-reporter.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // What was skipped is said first, so that the output ends with the summary.
    reporters: [new SkippedReporter(), 'default'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
