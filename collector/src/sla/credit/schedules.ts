import { hourWaiver } from './hour-waiver.ts';
import { multiplier } from './multiplier.ts';
import { nonMonetary } from './non-monetary.ts';
import { perBlock } from './per-block.ts';
import { perIncident } from './per-incident.ts';
import { perShortfallStep } from './per-shortfall-step.ts';
import { prorata } from './prorata.ts';
import type { Needs, ScheduleKind } from './schedule-kind.ts';
import type { Schedule } from './terms.ts';
import { tiersBelow } from './tiers-below.ts';
import { tiersThenSteps } from './tiers-then-steps.ts';

/** THE table of schedules: how what is owed follows from what happened. */
const SCHEDULES: { readonly [One in Schedule as One['kind']]: ScheduleKind<One> } = {
  tiers_below: tiersBelow,
  tiers_then_steps: tiersThenSteps,
  per_block: perBlock,
  multiplier,
  prorata,
  per_shortfall_step: perShortfallStep,
  per_incident: perIncident,
  automatic_hour_waiver: hourWaiver,
  non_monetary: nonMonetary,
};

/** The table's entry for a schedule. Safe: the table's type pairs every kind with its own schedule. */
export function kindOf(schedule: Schedule): ScheduleKind<Schedule> {
  return SCHEDULES[schedule.kind] as ScheduleKind<Schedule>;
}

/** What a kind of schedule has to be told. */
export function needsOf(kind: Schedule['kind']): Needs {
  return SCHEDULES[kind].needs;
}
