import type { ConfiguredAgent } from '../config/nines.ts';

/** A group of targets as Prometheus discovers them, by HTTP or in a file. */
export interface TargetGroup {
  readonly targets: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

/** The agents that say where their own metrics are. Their location is what they do not know themselves. */
export function targetGroups(agents: readonly ConfiguredAgent[]): TargetGroup[] {
  return agents.flatMap(({ name, location, metricsAt }) =>
    metricsAt === null ? [] : [{ targets: [metricsAt], labels: { agent: name, location } }],
  );
}
