import type { Phase, ProbeContext } from './probe-run.ts';

/** The context of a part of a run: everything is the run's but the values, and whoever hears of its phases. */
export function partOf(
  context: ProbeContext,
  values: Record<string, number>,
  enter: (phase: Phase) => void = (phase) => context.enter(phase),
): ProbeContext {
  return {
    check: context.check,
    clock: context.clock,
    trust: context.trust,
    allowed: context.allowed,
    // The run makes these only when somebody asks for them.
    get signal() {
      return context.signal;
    },
    get events() {
      return context.events;
    },
    onDeadline: (letGo) => context.onDeadline(letGo),
    remainingMs: () => context.remainingMs(),
    keep: (make) => context.keep(make),
    values,
    enter,
  };
}
