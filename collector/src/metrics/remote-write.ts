import { Counter, Gauge, type Registry } from 'prom-client';

/** What becomes of samples that are written elsewhere. */
export interface RemoteMetrics {
  /** Samples by what became of them: `taken` or `refused`. */
  readonly samples: Counter<'receiver' | 'result'>;
  readonly behind: Gauge<'receiver'>;
  readonly givenUp: Counter<'receiver'>;
}

export function createRemoteMetrics(registers: Registry[]): RemoteMetrics {
  return {
    samples: new Counter({
      name: 'nines_remote_write_samples_total',
      help: 'Samples by receiver and result: taken, or refused for ever.',
      labelNames: ['receiver', 'result'],
      registers,
    }),
    behind: new Gauge({
      name: 'nines_remote_write_behind_seconds',
      help: 'Age of the oldest batch that a receiver has not taken; 0 when it has all.',
      labelNames: ['receiver'],
      registers,
    }),
    givenUp: new Counter({
      name: 'nines_remote_write_given_up_batches_total',
      help: 'Batches that a receiver did not take within max_age; they are not sent any more.',
      labelNames: ['receiver'],
      registers,
    }),
  };
}
