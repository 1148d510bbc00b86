import { duration, identifier, timeZone } from '@nines/shared/config/fields.ts';
import { probeOptions } from '@nines/shared/probes/index.ts';
import { cronText, longestGapMs } from '@nines/shared/time/cron.ts';
import * as z from 'zod';

const DEFAULT_EVERY_MS = 60_000;
const DEFAULT_TIMEOUT_MS = 10_000;
/** What runs at a certain hour is long work. */
const DEFAULT_SCHEDULED_TIMEOUT_MS = 3_600_000;

const schedule = z
  .strictObject({ cron: cronText, time_zone: timeZone.default('UTC') })
  .transform(({ cron, time_zone }, context) => {
    const time = { cron, timeZone: time_zone };
    const everyMs = longestGapMs(time);
    if (everyMs !== null) return { ...time, everyMs };
    context.addIssue({ code: 'custom', path: ['cron'], message: `"${cron}" is not due twice within two years` });
    return z.NEVER;
  });

/** `checks:` what is measured, how often, and from where. */
export const checkSchema = z
  .strictObject({
    id: identifier,
    /** 1m when neither this nor a schedule is given. */
    every: duration.optional(),
    /** Instead of `every`: at the instants of a cron expression, as for work that belongs into the night. */
    schedule: schedule.optional(),
    /** At most `every`; 10 s, or `every` when that is shorter, and with a schedule 1 h. */
    timeout: duration.optional(),
    /** Names of agents or locations; every agent when absent. */
    from: z.array(identifier).min(1).optional(),
    probe: probeOptions,
  })
  .transform(({ every: written, schedule: due, timeout, ...check }, context) => {
    if (written !== undefined && due !== undefined) {
      context.addIssue({ code: 'custom', path: ['schedule'], message: 'either every or schedule, not both' });
    }
    const every = due?.everyMs ?? written ?? DEFAULT_EVERY_MS;
    if (timeout !== undefined && timeout > every) {
      const message =
        due === undefined
          ? 'longer than every: runs of one check never overlap'
          : 'longer than the time between two instants of the schedule: runs of one check never overlap';
      context.addIssue({ code: 'custom', path: ['timeout'], message });
    }
    const usual = due === undefined ? DEFAULT_TIMEOUT_MS : DEFAULT_SCHEDULED_TIMEOUT_MS;
    return {
      ...check,
      every,
      schedule: due === undefined ? null : { cron: due.cron, timeZone: due.timeZone },
      timeout: timeout ?? Math.min(usual, every),
    };
  });
