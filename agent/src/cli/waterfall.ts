import type { Check } from '@nines/shared/check.ts';
import { valuesOf } from '@nines/shared/probes/index.ts';
import { TOTAL, type ValueUnit } from '@nines/shared/probes/probe.ts';
import type { CheckRun } from '../run-check.ts';

const BAR_WIDTH = 40;
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A run for people: its phases as bars one after the other, its other values, and what came of it. */
export function formatRun(check: Check, { observation, detail }: CheckRun): string {
  const { values, outcome, reason } = observation;
  const declarations = Object.entries(valuesOf(check.probe.type));
  const phases = declarations.filter(([, value]) => value.metric?.labels?.phase !== undefined);
  const measured = phases.flatMap(([name]) => (values[name] === undefined ? [] : [{ name, micros: values[name] }]));
  const total = values[TOTAL] ?? 0;
  const others = declarations.flatMap(([name, { unit }]) => {
    const value = values[name];
    const isShown = value !== undefined && name !== TOTAL && !phases.some(([phase]) => phase === name);
    return isShown ? [{ name, text: formatValue(value, unit) }] : [];
  });
  const width = Math.max(
    ...[TOTAL, ...measured.map(({ name }) => name), ...others.map(({ name }) => name)].map(length),
  );
  const line = (name: string, text: string, bar = '') => `  ${name.padEnd(width)}  ${text}  ${bar}`.trimEnd();
  let before = 0;
  const lines = measured.map(({ name, micros }) => {
    const bar = formatBar(before, micros, Math.max(total, 1));
    before += micros;
    return line(name, formatMilliseconds(micros), bar);
  });
  const verdict = [outcome, reason].filter((part) => part !== null).join(': ');
  return [
    `${check.id} (${check.probe.type})`,
    ...lines,
    line(TOTAL, formatMilliseconds(total)),
    ...others.map(({ name, text }) => line(name, text.padStart(12))),
    detail === null ? verdict : `${verdict} (${detail})`,
    '',
  ].join('\n');
}

/** The same for programs. */
export function formatRunAsJson({ observation, detail }: CheckRun): string {
  const { check, atMs, everyMs, outcome, reason, values } = observation;
  return `${JSON.stringify({ check, at_ms: atMs, every_ms: everyMs, outcome, reason, detail, values })}\n`;
}

/** A bar in proportion to the whole run, shifted to where its phase begins; in eighths of a character. */
export function formatBar(fromMicros: number, micros: number, totalMicros: number): string {
  const scale = BAR_WIDTH / totalMicros;
  const start = Math.min(BAR_WIDTH, Math.floor(fromMicros * scale));
  const eighths = Math.min((BAR_WIDTH - start) * 8, Math.round(micros * scale * 8));
  const bar = '█'.repeat(eighths >> 3) + (EIGHTHS[eighths & 7] ?? '');
  return ' '.repeat(start) + (bar === '' ? '▏' : bar);
}

function formatMilliseconds(micros: number): string {
  return `${(micros / 1_000).toFixed(3).padStart(9)} ms`;
}

function formatValue(value: number, unit: ValueUnit): string {
  const FORMATS: Readonly<Record<ValueUnit, (value: number) => string>> = {
    microseconds: (micros) => `${(micros / 1_000).toFixed(3)} ms`,
    bytes: (bytes) => `${bytes} B`,
    count: String,
    ppm: (ppm) => `${ppm / 10_000} %`,
    'unix-seconds': (seconds) => new Date(seconds * 1_000).toISOString(),
    code: String,
  };
  return FORMATS[unit](value);
}

function length(text: string): number {
  return text.length;
}
