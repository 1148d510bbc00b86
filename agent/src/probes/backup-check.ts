import { hash } from 'node:crypto';
import { asLabel } from '@nines/shared/event.ts';
import { BACKUP_CHECKS_STREAM } from '@nines/shared/probes/backup-checks.ts';
import { judgeFailure } from '../failure-reason.ts';
import type { ProbeContext } from './probe-run.ts';

/** What is tried. */
export interface BackupCheck {
  readonly kind: 'verify' | 'restore';
  /** The repository's name, no secret. */
  readonly repository: string;
  /** What the next run has to know, asked for once a verdict is there; that of the last one stays without it. */
  readonly nextPlace?: () => string;
}

/**
 * Tries a backup and ships what came of it, with the values that the run has by then. Rejects as `run` does, once the
 * event is on disk.
 */
export async function shipVerdictOf(
  check: BackupCheck,
  context: ProbeContext,
  run: () => Promise<void>,
): Promise<void> {
  const startedAtMs = context.clock.nowMs();
  try {
    await run();
  } catch (error) {
    const { outcome, reason } = judgeFailure(error);
    const hasVerdict = outcome === 'down';
    await ship({
      outcome: hasVerdict ? 'failed' : 'inconclusive',
      // A program that the deadline ended says nothing, and that is not its fault.
      reason: !hasVerdict && context.remainingMs() <= 0 ? 'local-timeout' : reason,
    });
    throw error;
  }
  await ship({ outcome: 'good', reason: null });

  async function ship({ outcome, reason }: { readonly outcome: string; readonly reason: string | null }) {
    const { check: id, clock, events, values } = context;
    const { kind, repository, nextPlace } = check;
    const place = outcome === 'inconclusive' ? await events.place() : nextPlace?.();
    await events.ship(
      [
        {
          stream: BACKUP_CHECKS_STREAM,
          id: hash('sha256', `${id} ${startedAtMs}`, 'base64url'),
          revision: 0,
          atMs: startedAtMs,
          endedAtMs: Math.max(startedAtMs, clock.nowMs()),
          outcome,
          labels: {
            check: id,
            kind,
            repository: asLabel(repository),
            ...(reason === null ? {} : { reason }),
          },
          values: { ...values },
        },
      ],
      place ?? '',
    );
  }
}
