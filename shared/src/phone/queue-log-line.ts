import type { CallOutcome } from './call.ts';

/** One line of Asterisk's `queue_log`: `epoch|callid|queue|member|event|parameters…`. */
export interface QueueLogLine {
  readonly atMs: number;
  readonly channel: string;
  readonly queue: string;
  readonly event: string;
  readonly parameters: readonly string[];
}

/** `null` for what is no whole line of a queue log. */
export function parseQueueLogLine(text: string): QueueLogLine | null {
  const fields = text.split('|');
  const [epoch = '', channel = '', queue = '', , event = '', ...parameters] = fields;
  // Ten digits: 2001 to 2286, as for every instant of an event.
  if (!/^[1-9]\d{9}$/.test(epoch) || channel === '' || !/^\w{1,40}$/.test(event)) return null;
  return { atMs: Number(epoch) * 1000, channel, queue, event, parameters };
}

/** What a line means for its call. Seconds are absent when the version that wrote the line did not say them. */
export type Meaning =
  | { readonly kind: 'enter'; readonly caller: string; readonly position?: number }
  | { readonly kind: 'connect'; readonly waitS?: number; readonly ringS?: number }
  | { readonly kind: 'complete'; readonly waitS?: number; readonly talkS?: number; readonly isTransfer: boolean }
  | { readonly kind: 'leave'; readonly outcome: CallOutcome; readonly waitS?: number }
  | { readonly kind: 'refuse' }
  | { readonly kind: 'ring-unanswered' }
  /** Asterisk began anew: of the calls before, no line follows. */
  | { readonly kind: 'restart' }
  /** Known, and says nothing about a call: members and pauses. */
  | { readonly kind: 'aside' }
  | { readonly kind: 'other' };

type Reading = (parameters: readonly string[]) => Meaning;

const aside: Reading = () => ({ kind: 'aside' });
const refuse: Reading = () => ({ kind: 'refuse' });
const ringUnanswered: Reading = () => ({ kind: 'ring-unanswered' });
const complete: Reading = ([waitS, talkS]) => ({ kind: 'complete', isTransfer: false, ...seconds({ waitS, talkS }) });
/** `extension|context|hold|talk`, and the position since 1.6. */
const blindTransfer: Reading = ([, , waitS, talkS]) => ({
  kind: 'complete',
  isTransfer: true,
  ...seconds({ waitS, talkS }),
});
/** `position|original position|wait`; before 1.6 the position alone. */
const leave =
  (outcome: CallOutcome): Reading =>
  ([, , waitS]) => ({ kind: 'leave', outcome, ...seconds({ waitS }) });

/** THE table of events, of app_queue from 1.4 to 22 and of dial plans that say whom the queue refused (Wazo). */
const READINGS: ReadonlyMap<string, Reading> = new Map<string, Reading>([
  ['ENTERQUEUE', ([, caller = '', position]) => ({ kind: 'enter', caller, ...seconds({ position }) })],
  ['CONNECT', ([waitS, , ringS]) => ({ kind: 'connect', ...seconds({ waitS, ringS }) })],
  ['COMPLETECALLER', complete],
  ['COMPLETEAGENT', complete],
  ['BLINDTRANSFER', blindTransfer],
  ['TRANSFER', blindTransfer],
  // How it was done takes one to four fields; hold, talk and position are the last three.
  ['ATTENDEDTRANSFER', (parameters) => ({ ...complete(parameters.slice(-3)), kind: 'complete', isTransfer: true })],
  ['ABANDON', leave('abandoned')],
  ['EXITWITHTIMEOUT', leave('timed-out')],
  ['EXITEMPTY', leave('empty')],
  ['WITHDRAW', leave('withdrawn')],
  ['EXITWITHKEY', (parameters) => leave('left-by-key')(parameters.slice(1))],
  ['AGENTDUMP', () => ({ kind: 'leave', outcome: 'dumped' })],
  ['SYSCOMPAT', () => ({ kind: 'leave', outcome: 'dumped' })],
  ['FULL', refuse],
  ['JOINEMPTY', refuse],
  ['JOINUNAVAIL', refuse],
  ['RINGNOANSWER', ringUnanswered],
  ['RINGCANCELED', ringUnanswered],
  ['QUEUESTART', () => ({ kind: 'restart' })],
  ['CONFIGRELOAD', aside],
  ['ADDMEMBER', aside],
  ['REMOVEMEMBER', aside],
  ['PAUSE', aside],
  ['UNPAUSE', aside],
  ['PAUSEALL', aside],
  ['UNPAUSEALL', aside],
  ['PENALTY', aside],
  ['RINGINUSE', aside],
  ['AGENTLOGIN', aside],
  ['AGENTLOGOFF', aside],
  ['AGENTCALLBACKLOGIN', aside],
  ['AGENTCALLBACKLOGOFF', aside],
  ['OUTCALL', aside],
]);

/** What the line says; `other` for an event that is not Asterisk's own. */
export function meaningOf({ event, parameters }: QueueLogLine): Meaning {
  return READINGS.get(event)?.(parameters) ?? { kind: 'other' };
}

/** The fields that hold a whole number; a clock that was set back makes Asterisk write negative ones. */
function seconds<Name extends string>(fields: Readonly<Record<Name, string | undefined>>): { [N in Name]?: number } {
  const found: { [N in Name]?: number } = {};
  for (const name in fields) {
    const text = fields[name];
    if (text !== undefined && /^\d{1,9}$/.test(text)) found[name] = Number(text);
  }
  return found;
}
