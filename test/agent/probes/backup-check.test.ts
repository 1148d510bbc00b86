import { chmodSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCheck } from '../../../agent/src/run-check.ts';
import { createTrust } from '../../../agent/src/trust.ts';
import { systemClock } from '../../../shared/src/time/clock.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { allowing, options, verdict } from '../../support/probe-targets/probe.ts';
import { openEventSpool, takeShipped } from '../../support/shipped-events.ts';
import { until } from '../../support/until.ts';

it('a test that the deadline ends leaves an inconclusive event, no program and no scratch behind', async () => {
  const folder = temporaryFolder();
  const program = join(folder, 'restic');
  writeFileSync(program, '#!/bin/sh\ntouch "$TMPDIR/put-aside"\nsleep 600\n');
  chmodSync(program, 0o700);
  const scratch = { directory: join(folder, 'scratch'), maxBytes: 2 ** 20 };
  const spool = openEventSpool(temporaryFolder());
  const probe = options({ type: 'restic_verify', repository: '/backup', password: { env: 'P' }, program });
  const run = await runCheck(
    { id: 'verify', everyMs: 60_000, timeoutMs: 200, probe },
    {
      clock: systemClock,
      trust: createTrust({ caFile: null }),
      allowed: allowing({ file: (name) => name, command: (name) => name, scratch: () => scratch }),
      eventsOf: (check) => spool.sinkOf(check),
    },
  );
  expect(verdict(run)).toBe('unknown local-timeout');
  await until(() => spool.state.batches > 0);
  expect(await takeShipped(spool)).toMatchObject([
    { stream: 'backup_checks', outcome: 'inconclusive', labels: { check: 'verify', reason: 'local-timeout' } },
  ]);
  expect(readdirSync(scratch.directory)).toEqual([]);
});
