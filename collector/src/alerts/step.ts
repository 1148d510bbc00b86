import { type Alert, alertKey } from './alert.ts';
import type { Finding, Snapshot } from './finding.ts';
import { RULE_NAMES, RULES, type RuleSettings } from './rules.ts';

/** A resolved alert is told again for so long, as Prometheus does: a receiver that was away hears of it. */
export const RESOLVED_KEPT_MS = 15 * 60_000;

interface Held extends Pick<Alert, 'key' | 'labels'> {
  readonly finding: Finding;
  readonly forMs: number;
  readonly keepMs: number;
}

/** What is not told yet to a receiver that does not answer is given up after a day. */
const UNTOLD_KEPT_MS = 24 * 3_600_000;

/** What the configuration says of alerts, as far as their states depend on it. */
export interface StepSettings {
  readonly rules: RuleSettings;
  /** The names of the receivers that have to be told. */
  readonly receivers: readonly string[];
}

/**
 * The alerts after one look, by key: what held before is compared with what holds now. A subject that is gone, or whose
 * rule was turned off, counts as clear. A pending alert that is not certain any more is forgotten. What is quiet does not
 * fire; when that is over it has to hold for its time again, so that nobody is called by the end of maintenance itself.
 */
export function step(
  before: ReadonlyMap<string, Alert>,
  snapshot: Snapshot,
  settings: StepSettings,
): Map<string, Alert> {
  const after = new Map<string, Alert>();
  const seen = new Set<string>();
  const look: Look = { nowMs: snapshot.nowMs, publicUrl: snapshot.publicUrl, receivers: settings.receivers };
  for (const held of findAll(snapshot, settings.rules)) {
    seen.add(held.key);
    const next = nextOf(held, before.get(held.key) ?? null, look);
    if (next !== null) after.set(held.key, next);
  }
  for (const [key, alert] of before) {
    const next = seen.has(key) ? null : withoutSubject(alert, look);
    if (next !== null) after.set(key, next);
  }
  return after;
}

type Look = Pick<Snapshot, 'nowMs' | 'publicUrl'> & Pick<StepSettings, 'receivers'>;

function* findAll(snapshot: Snapshot, settings: RuleSettings): Generator<Held> {
  for (const name of RULE_NAMES) {
    const { isEnabled, forMs, keepMs } = settings[name];
    if (!isEnabled) continue;
    for (const finding of RULES[name].find(snapshot)) {
      const labels = { alertname: RULES[name].alertname, severity: finding.severity, ...finding.labels };
      yield { key: alertKey(labels), labels, finding, forMs, keepMs };
    }
  }
}

function nextOf(held: Held, before: Alert | null, look: Look): Alert | null {
  const { nowMs, publicUrl } = look;
  const { finding, forMs, keepMs } = held;
  const isFiring = before?.state === 'firing';
  if (finding.holds === 'no') return isFiring ? clearing(before, nowMs, keepMs) : kept(before, look);
  if (finding.holds === 'open') return isFiring ? holding(before, finding) : kept(before, look);
  if (isFiring) return holding(before, finding);
  const pending = before?.state === 'pending' ? before : null;
  const sinceMs = pending?.sinceMs ?? nowMs;
  const quietUntilMs = finding.quiet === null ? (pending?.quietUntilMs ?? null) : nowMs;
  const isDue = finding.quiet === null && nowMs - (quietUntilMs ?? sinceMs) >= forMs;
  const { summary, cause, link } = finding.tell();
  return {
    key: held.key,
    labels: held.labels,
    annotations: { summary, cause },
    url: publicUrl === null ? null : `${publicUrl}${link}`,
    state: isDue ? 'firing' : 'pending',
    sinceMs,
    firedAtMs: isDue ? nowMs : null,
    clearSinceMs: null,
    resolvedAtMs: null,
    quiet: finding.quiet,
    quietUntilMs: isDue ? null : quietUntilMs,
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

/** A resolved alert stays for a while, and until everybody was told; a pending one that does not hold is nothing. */
function kept(alert: Alert | null, { nowMs, receivers }: Look): Alert | null {
  if (alert === null || alert.resolvedAtMs === null) return null;
  const isTold = receivers.every((name) => alert.told[name] === 'resolved');
  return nowMs - alert.resolvedAtMs < (isTold ? RESOLVED_KEPT_MS : UNTOLD_KEPT_MS) ? alert : null;
}

function withoutSubject(alert: Alert, look: Look): Alert | null {
  return alert.state === 'firing' ? clearing(alert, look.nowMs, 0) : kept(alert, look);
}
