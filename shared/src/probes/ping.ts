import * as z from 'zod';
import { duration, percent } from '../config/fields.ts';
import { host, ipFamily, refineFamily } from './connection.ts';
import { type ProbeType, phaseValue, totalValue } from './probe.ts';

const PHASES = 'probe_icmp_duration_seconds';

const options = z
  .strictObject({
    type: z.literal('ping'),
    host,
    ip: ipFamily,
    count: z.int().min(1).max(20).default(3),
    /** Between two packets; systems refuse less than 200ms to ordinary users. */
    spacing: duration.prefault('200ms'),
    expect: z
      .strictObject({
        /** Loss that is still accepted, as `"0"` to `"100"`. */
        max_loss: percent.prefault('0'),
        max_round_trip: duration.optional(),
      })
      .prefault({}),
  })
  .superRefine((options, context) => refineFamily(options.host, options.ip, context));

export type PingOptions = z.output<typeof options>;

/** A few ICMP echo requests through the system's own unprivileged program. */
export const ping = {
  options,
  values: {
    resolve: phaseValue(PHASES, 'resolve', 'Name resolution.'),
    rtt: phaseValue(PHASES, 'rtt', 'Mean round trip.'),
    rtt_min: {
      unit: 'microseconds',
      help: 'Shortest round trip.',
      metric: { name: 'probe_icmp_rtt_min_seconds', help: 'Shortest round trip of the last run.' },
    },
    rtt_max: {
      unit: 'microseconds',
      help: 'Longest round trip.',
      metric: { name: 'probe_icmp_rtt_max_seconds', help: 'Longest round trip of the last run.' },
    },
    jitter: {
      unit: 'microseconds',
      help: 'Mean difference of neighbouring round trips.',
      metric: { name: 'probe_icmp_jitter_seconds', help: 'Mean difference between neighbouring round trips.' },
    },
    loss: {
      unit: 'ppm',
      help: 'Share of packets lost.',
      metric: { name: 'probe_icmp_loss_ratio', help: 'Share of packets lost in the last run.' },
    },
    total: totalValue,
  },
} satisfies ProbeType;
