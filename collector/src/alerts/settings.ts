import type { Flapping } from './flapping.ts';
import { changeLimits, DEFAULT_LIMITS, type LimitChanges, type Limits } from './limits.ts';
import { RULE_NAMES, type RuleName, ruleOf } from './rules.ts';
import type { Subject } from './subject.ts';

/** How one rule is to be taken for one subject. */
export interface RuleSetting {
  readonly isEnabled: boolean;
  /** How long its condition has to hold before it fires, and to be gone before it is resolved. */
  readonly forMs: number;
  readonly keepMs: number;
  /** `null`: what comes and goes is judged by `forMs` and `keepMs` alone. */
  readonly flapping: Flapping | null;
}

/** What somebody wants to be otherwise. */
export interface SettingChanges {
  readonly rules: { readonly [Rule in RuleName]?: Partial<RuleSetting> };
  readonly limits: LimitChanges;
}

/** What the configuration says of rules: of all subjects, and of some by `subjectKey`. */
export interface WrittenSettings {
  readonly all: SettingChanges;
  readonly own: ReadonlyMap<string, SettingChanges>;
  /** The checks that have to be up for a check to be heard, by its id. */
  readonly dependsOn: ReadonlyMap<string, readonly string[]>;
}

/** What rules and states ask. */
export interface Settings {
  rule(name: RuleName, subject: Subject): RuleSetting;
  limits(subject: Subject): Limits;
  readonly dependsOn: WrittenSettings['dependsOn'];
}

type RuleSettings = Readonly<Record<RuleName, RuleSetting>>;

/** What is written laid over the defaults, once: settings are asked for every subject at every look. */
export function settingsOf({ all, own, dependsOn }: WrittenSettings): Settings {
  const rules = changeRules(defaultRules(), all.rules);
  const limits = changeLimits(DEFAULT_LIMITS, all.limits);
  const special = new Map(
    [...own].map(([key, changes]) => [
      key,
      { rules: changeRules(rules, changes.rules), limits: changeLimits(limits, changes.limits) },
    ]),
  );
  const find = (subject: Subject) => (subject === null ? undefined : special.get(subjectKey(subject)));
  return {
    rule: (name, subject) => (find(subject)?.rules ?? rules)[name],
    limits: (subject) => find(subject)?.limits ?? limits,
    dependsOn,
  };
}

/** The text under which settings of a subject are found. */
export function subjectKey(subject: NonNullable<Subject>): string {
  return 'check' in subject ? `check ${subject.check}` : `objective ${subject.contract}/${subject.objective}`;
}

function defaultRules(): RuleSettings {
  const entries = RULE_NAMES.map((name): [RuleName, RuleSetting] => {
    const { forMs, keepMs, flapping = null } = ruleOf(name);
    return [name, { isEnabled: true, forMs, keepMs, flapping }];
  });
  // Safe: an entry for each of the table's names.
  return Object.fromEntries(entries) as RuleSettings;
}

function changeRules(settings: RuleSettings, changes: SettingChanges['rules']): RuleSettings {
  const entries = RULE_NAMES.map((name) => [name, { ...settings[name], ...changes[name] }]);
  // Safe: an entry for each of the table's names.
  return Object.fromEntries(entries) as RuleSettings;
}
