import { formatDuration } from '@nines/shared/time/duration.ts';
import { type RuleName, ruleOf } from '../alerts/rules.ts';
import type { Settings } from '../alerts/settings.ts';
import { ALERTING_RULES } from './alerting-rules.ts';
import { RECORDING_RULES, type RecordingRule } from './recording-rules.ts';

/** A rule file of Prometheus. */
export interface RulesDocument {
  readonly groups: readonly { readonly name: string; readonly rules: readonly (RecordingRule | AlertEntry)[] }[];
}

interface AlertEntry {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly keep_firing_for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface RulesOptions {
  /** Those of all subjects count: a rule of Prometheus is one for all. */
  readonly settings: Pick<Settings, 'rule' | 'limits'>;
  /** Where people find the collector's pages; `null` when the configuration does not say. */
  readonly publicUrl: string | null;
}

/** What Prometheus needs to call people itself: the collector's rules that are on, with its times, and recording rules. */
export function rulesDocument(options: RulesOptions): RulesDocument {
  // Safe: the keys of the table are names of rules.
  const names = Object.keys(ALERTING_RULES) as RuleName[];
  return {
    groups: [
      { name: 'nines-recording', rules: RECORDING_RULES },
      { name: 'nines-alerting', rules: names.flatMap((name) => entriesOf(name, options)) },
    ],
  };
}

function entriesOf(name: RuleName, { settings, publicUrl }: RulesOptions): AlertEntry[] {
  const { isEnabled, forMs, keepMs } = settings.rule(name, null);
  if (!isEnabled) return [];
  return (ALERTING_RULES[name]?.(settings.limits(null)) ?? []).map(({ expr, severity, labels, summary }) => ({
    alert: ruleOf(name).alertname,
    expr,
    ...(forMs === 0 ? {} : { for: formatDuration(forMs) }),
    ...(keepMs === 0 ? {} : { keep_firing_for: formatDuration(keepMs) }),
    labels: { severity, ...labels },
    annotations: { summary, ...(publicUrl === null ? {} : { link: publicUrl }) },
  }));
}
