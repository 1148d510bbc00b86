/** Prometheus text exposition (version 0.0.4), written straight into strings: no registry, no objects per sample. */

export type MetricType = 'counter' | 'gauge' | 'histogram';

export const EXPOSITION_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Collects samples by metric name, so that each name's HELP and TYPE stand once, before all its samples. */
export class Exposition {
  readonly #families = new Map<string, { readonly head: string; readonly lines: string[] }>();

  /** Declares a metric; a later call with the same name adds to the same family. */
  family(name: string, type: MetricType, help: string): (labels: string, value: number, suffix?: string) => void {
    let family = this.#families.get(name);
    if (family === undefined) {
      family = { head: `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n`, lines: [] };
      this.#families.set(name, family);
    }
    const { lines } = family;
    return (labels, value, suffix = '') => {
      lines.push(`${name}${suffix}${labels === '' ? '' : `{${labels}}`} ${formatNumber(value)}\n`);
    };
  }

  toString(): string {
    let text = '';
    for (const { head, lines } of this.#families.values()) if (lines.length > 0) text += head + lines.join('');
    return text;
  }
}

/** `{ check: 'a"b' }` → `check="a\"b"`; the text inside the braces. */
export function formatLabels(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escapeLabel(value)}"`)
    .join(',');
}

/** A number as Prometheus reads it. */
export function formatNumber(value: number): string {
  if (Number.isFinite(value)) return String(value);
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? '+Inf' : '-Inf';
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
