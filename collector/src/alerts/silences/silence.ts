import type { Interval } from '../../sla/interval.ts';
import type { Objective } from '../../sla/objective.ts';
import { checksIn } from '../quiet/now.ts';
import type { QuietWindow } from '../quiet/windows.ts';

/** One label that has to match, as Alertmanager's API v2 has it. */
export interface Matcher {
  readonly name: string;
  readonly value: string;
  readonly isRegex: boolean;
  readonly isEqual: boolean;
}

/** A silence that has to be there. */
export interface Silence extends Interval {
  /** Names it among ours for ever; stands at the end of its comment, so that a restart finds it again. */
  readonly tag: string;
  readonly matchers: readonly Matcher[];
  readonly createdBy: string;
  readonly comment: string;
}

/** Every name of our alerts begins so, those of rules for Prometheus too: nobody else's are silenced. */
const OURS: Matcher = { name: 'alertname', value: 'Nines.+', isRegex: true, isEqual: true };

/** The silences of a window: labels of one silence all have to match, so checks and each contract have one of their own. */
export function silencesOf(window: QuietWindow, objectives: readonly Objective[]): Silence[] {
  const checks = checksIn(window, objectives);
  const byContract = Map.groupBy([...window.promises, ...window.touched], ({ contract }) => contract);
  return [
    ...(checks.length === 0 ? [] : [silence(window, 'checks', [oneOf('check', checks)])]),
    ...[...byContract].map(([contract, promises]) => {
      const ids = promises.map(({ id }) => id);
      return silence(window, contract, [oneOf('contract', [contract]), oneOf('objective', ids)]);
    }),
  ];
}

function silence({ fromMs, toMs, name, reason, by }: QuietWindow, part: string, matchers: Matcher[]): Silence {
  // Standing windows come again: their beginning tells one from the next.
  const tag = `nines: ${name}, ${part}${name.startsWith('maintenance') ? '' : `, ${new Date(fromMs).toISOString()}`}`;
  return { fromMs, toMs, tag, matchers: [OURS, ...matchers], createdBy: by, comment: `${reason} [${tag}]` };
}

function oneOf(name: string, values: readonly string[]): Matcher {
  const value = [...new Set(values)].sort().map(escapeRegex).join('|');
  return { name, value, isRegex: true, isEqual: true };
}

/** Identifiers hold nothing else that Go's regular expressions would read as something. */
function escapeRegex(text: string): string {
  return text.replace(/[.+*?()|[\]{}^$\\]/g, '\\$&');
}
