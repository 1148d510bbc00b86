/** What the ping programs print, read without running them. */

/** Round trips in microseconds in the order sent; `null` for a packet that was lost. */
export type RoundTrips = readonly (number | null)[];

/**
 * Output of `fping -C N -q` (on its standard error): `192.0.2.1 : 0.27 - 0.05`. `null` when there is no such line,
 * as for a name that does not resolve.
 */
export function readFping(output: string): RoundTrips | null {
  const line = /^\S+ +: ((?:(?:\d+(?:\.\d+)?|-)(?: |$))+)/m.exec(output);
  if (line === null) return null;
  return (line[1] ?? '')
    .trim()
    .split(' ')
    .map((text) => (text === '-' ? null : toMicroseconds(text)));
}

/**
 * Output of `ping -c count -n` (iputils, BusyBox): a line `icmp_seq=1 … time=0.042 ms` for each answer. `null` when it
 * never began to send. A duplicate answer counts once.
 */
export function readPing(output: string, count: number): RoundTrips | null {
  const summary = /^(\d+) packets transmitted/m.exec(output);
  if (summary === null) return null;
  // BusyBox counts from 0.
  const seen = [...output.matchAll(/\b(?:icmp_)?seq=(\d+) .*?\btime[=<](\d+(?:\.\d+)?) ?ms/g)];
  const firstSequence = seen.some(([, sequence]) => sequence === '0') ? 0 : 1;
  const trips: (number | null)[] = new Array(count).fill(null);
  for (const [, sequence, time] of seen) {
    const index = Number(sequence) - firstSequence;
    if (index < count && trips[index] === null) trips[index] = toMicroseconds(time ?? '');
  }
  return trips;
}

/** What the round trips add up to; the values that are not defined without an answer are absent. */
export function summarize(trips: RoundTrips): Record<string, number> {
  const answered = trips.filter((trip) => trip !== null);
  const loss = Math.round(((trips.length - answered.length) / trips.length) * 1e6);
  if (answered.length === 0) return { loss };
  const steps = answered.slice(1).map((trip, index) => Math.abs(trip - (answered[index] ?? trip)));
  const summary = {
    rtt: mean(answered),
    rtt_min: Math.min(...answered),
    rtt_max: Math.max(...answered),
  };
  return steps.length === 0 ? { ...summary, loss } : { ...summary, jitter: mean(steps), loss };
}

function mean(numbers: readonly number[]): number {
  return Math.round(numbers.reduce((sum, number) => sum + number, 0) / numbers.length);
}

/** Decimal milliseconds → integer microseconds. */
function toMicroseconds(text: string): number {
  return Math.round(Number(text) * 1000);
}
