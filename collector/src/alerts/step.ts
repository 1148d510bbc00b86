import { type Alert, alertKey } from './alert.ts';
import type { Finding, Snapshot } from './finding.ts';
import { heldAt, isFlapping, traceOf } from './flapping.ts';
import { RULE_NAMES, ruleOf } from './rules.ts';
import type { RuleSetting, Settings } from './settings.ts';

/** A resolved alert is told again for so long, as Prometheus does: a receiver that was away hears of it. */
export const RESOLVED_KEPT_MS = 15 * 60_000;

/** The alerts by key, and of what may flap whether it held at the last looks. */
export interface Memory {
  readonly alerts: ReadonlyMap<string, Alert>;
  readonly traces: ReadonlyMap<string, number>;
}

interface Held extends Pick<Alert, 'key' | 'labels'> {
  readonly finding: Finding;
  readonly setting: RuleSetting;
  readonly trace: number;
}

/** What is not told yet to a receiver that does not answer is given up after a day. */
const UNTOLD_KEPT_MS = 24 * 3_600_000;

/** What the configuration says of alerts, as far as their states depend on it. */
export interface StepSettings {
  readonly settings: Settings;
  /** The names of the receivers that have to be told. */
  readonly receivers: readonly string[];
}

/**
 * What is known after one look: what held before is compared with what holds now. A subject that is gone, or whose
 * rule was turned off, counts as clear. A pending alert that is not certain any more is forgotten. What is quiet does not
 * fire; when that is over it has to hold for its time again, so that nobody is called by the end of maintenance itself.
 */
export function step(before: Memory, snapshot: Snapshot, settings: StepSettings): Memory {
  const steps = stepping(before, snapshot, settings);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** So many findings are looked at before others get a turn on the event loop. */
const FINDINGS_A_TURN = 500;

/** The same in parts, for those who have other things to do: ten thousand checks are a quarter of a second. */
export function* stepping(
  before: Memory,
  snapshot: Snapshot,
  { settings, receivers }: StepSettings,
): Generator<undefined, Memory> {
  const alerts = new Map<string, Alert>();
  const traces = new Map<string, number>();
  const seen = new Set<string>();
  const look: Look = { nowMs: snapshot.nowMs, publicUrl: snapshot.publicUrl, receivers };
  let looked = 0;
  for (const held of findAll(snapshot, settings, before.traces)) {
    seen.add(held.key);
    if (held.trace !== 0) traces.set(held.key, held.trace);
    const next = nextOf(held, before.alerts.get(held.key) ?? null, look);
    if (next !== null) alerts.set(held.key, next);
    if (++looked % FINDINGS_A_TURN === 0) yield;
  }
  for (const [key, alert] of before.alerts) {
    const next = seen.has(key) ? null : withoutSubject(alert, look);
    if (next !== null) alerts.set(key, next);
  }
  return { alerts, traces };
}

type Look = Pick<Snapshot, 'nowMs' | 'publicUrl'> & Pick<StepSettings, 'receivers'>;

function* findAll(snapshot: Snapshot, settings: Settings, traces: Memory['traces']): Generator<Held> {
  for (const name of RULE_NAMES) {
    const { alertname, find } = ruleOf(name);
    for (const finding of find(snapshot, (subject) => settings.limits(subject))) {
      const setting = settings.rule(name, finding.subject);
      if (!setting.isEnabled) continue;
      const labels = { alertname, severity: finding.severity, ...finding.labels };
      const key = alertKey(labels);
      yield { key, labels, finding, setting, trace: nextTrace(finding, setting, traces.get(key) ?? 0) };
    }
  }
}

/** What nobody knows says nothing about how often it held. */
function nextTrace({ holds }: Finding, { flapping }: RuleSetting, before: number): number {
  if (flapping === null) return 0;
  return holds === 'open' ? before : traceOf(before, holds === 'yes', flapping);
}

function nextOf(held: Held, before: Alert | null, look: Look): Alert | null {
  const { nowMs } = look;
  const { finding, setting, trace } = held;
  const isFiring = before?.state === 'firing';
  const flaps = setting.flapping !== null && isFlapping(trace, setting.flapping);
  if (finding.holds === 'no') {
    if (!isFiring) return kept(before, look);
    return flaps ? holding(before, finding) : clearing(before, nowMs, setting.keepMs);
  }
  if (finding.holds === 'open') return isFiring ? holding(before, finding) : kept(before, look);
  if (isFiring) return holding(before, finding);
  const pending = before?.state === 'pending' ? before : null;
  const sinceMs = pending?.sinceMs ?? nowMs;
  const quietUntilMs = finding.quiet === null ? (pending?.quietUntilMs ?? null) : nowMs;
  const isLong =
    quietUntilMs === null
      ? nowMs - sinceMs >= setting.forMs
      : nowMs - quietUntilMs >= Math.max(setting.forMs, finding.settleMs ?? 0);
  return begun(held, look, { sinceMs, quietUntilMs, isDue: finding.quiet === null && (isLong || flaps) });
}

interface Begun extends Pick<Alert, 'sinceMs' | 'quietUntilMs'> {
  readonly isDue: boolean;
}

function begun({ key, labels, finding, setting, trace }: Held, look: Look, { isDue, ...times }: Begun): Alert {
  const { nowMs, publicUrl } = look;
  const { summary, cause, evidence, link } = finding.tell();
  const { flapping } = setting;
  const comesAndGoes =
    flapping !== null && isFlapping(trace, flapping)
      ? `it comes and goes, and held at ${heldAt(trace)} of the last ${flapping.of} looks; `
      : '';
  return {
    ...times,
    key,
    labels,
    annotations: { summary, cause: `${comesAndGoes}${cause}` },
    evidence,
    url: publicUrl === null ? null : `${publicUrl}${link}`,
    state: isDue ? 'firing' : 'pending',
    firedAtMs: isDue ? nowMs : null,
    clearSinceMs: null,
    resolvedAtMs: null,
    quiet: finding.quiet,
    quietUntilMs: isDue ? null : times.quietUntilMs,
    told: {},
  };
}

/** The text stays what it was when it fired: a receiver need not be told of every second that passes. */
function holding(alert: Alert, { quiet }: Finding): Alert {
  return alert.clearSinceMs === null && alert.quiet === quiet ? alert : { ...alert, clearSinceMs: null, quiet };
}

function clearing(alert: Alert, nowMs: number, keepMs: number): Alert {
  const clearSinceMs = alert.clearSinceMs ?? nowMs;
  if (nowMs - clearSinceMs < keepMs) return alert.clearSinceMs === null ? { ...alert, clearSinceMs } : alert;
  return { ...alert, state: 'resolved', clearSinceMs, resolvedAtMs: nowMs };
}

/** A resolved alert stays for a while, and until everybody who heard of it was told; a pending one that does not hold is nothing. */
function kept(alert: Alert | null, { nowMs, receivers }: Look): Alert | null {
  if (alert === null || alert.resolvedAtMs === null) return null;
  const isTold = receivers.every((name) => alert.told[name]?.state !== 'firing');
  return nowMs - alert.resolvedAtMs < (isTold ? RESOLVED_KEPT_MS : UNTOLD_KEPT_MS) ? alert : null;
}

function withoutSubject(alert: Alert, look: Look): Alert | null {
  return alert.state === 'firing' ? clearing(alert, look.nowMs, 0) : kept(alert, look);
}
