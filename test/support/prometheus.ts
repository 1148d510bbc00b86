import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from './programs.ts';
import { answersHttp, startDaemon } from './real-servers/daemon.ts';
import { runTool, type ToolResult } from './real-servers/tool.ts';

/** One series as a range selector finds it: scraped values, oldest first. */
export interface Samples {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly { readonly atMs: number; readonly value: number }[];
}

/** Debian's Prometheus with a configuration of the test's. */
export interface Prometheus {
  /** An instant vector at that instant, as value by the text of its labels; a scalar under `''`. */
  query(expression: string, atMs: number): Promise<ReadonlyMap<string, number>>;
  /** The one value of an expression; throws when there is another number of them. */
  value(expression: string, atMs: number): Promise<number>;
  /** The scraped samples of a selector in `(atMs - lengthMs, atMs]`. */
  samples(selector: string, range: { readonly atMs: number; readonly lengthMs: number }): Promise<readonly Samples[]>;
  stop(): Promise<void>;
  readonly url: string;
}

/** Starts it with the text of a `prometheus.yml`; everything it writes is below `folder`. */
export async function startPrometheus(
  folder: string,
  configuration: string,
  flags: readonly string[] = [],
): Promise<Prometheus> {
  const port = await freePort();
  const directory = join(folder, 'prometheus');
  mkdirSync(directory);
  const config = join(directory, 'prometheus.yml');
  writeFileSync(config, configuration);
  const url = `http://127.0.0.1:${port}`;
  const daemon = await startDaemon({
    program: 'prometheus',
    args: [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(directory, 'tsdb')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      ...flags,
    ],
    isReady: () => answersHttp(`${url}/-/ready`),
  });
  const query = async (expression: string, atMs: number) => {
    const result = await ask(url, expression, atMs);
    return new Map(result.map(({ metric, value }) => [formatMetric(metric), Number(value?.[1])]));
  };
  return {
    url,
    query,
    async value(expression, atMs) {
      const [value, ...others] = [...(await query(expression, atMs)).values()];
      if (value === undefined || others.length > 0) throw new Error(`${expression} has ${value} and ${others}`);
      return value;
    },
    async samples(selector, { atMs, lengthMs }) {
      const result = await ask(url, `${selector}[${lengthMs}ms]`, atMs);
      return result.map(({ metric, values = [] }) => ({
        labels: metric,
        samples: values.map(([seconds, value]) => ({ atMs: Math.round(seconds * 1_000), value: Number(value) })),
      }));
    },
    async stop() {
      await daemon.stop();
    },
  };
}

interface ResultEntry {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}

async function ask(url: string, expression: string, atMs: number): Promise<readonly ResultEntry[]> {
  const parameters = new URLSearchParams({ query: expression, time: (atMs / 1_000).toFixed(3) });
  const response = await fetch(`${url}/api/v1/query?${parameters}`);
  const answer = asAnswer(await response.json());
  if (answer.status !== 'success') throw new Error(`${expression}: ${answer.error}`);
  return answer.data.result;
}

/** Safe: the answer of Prometheus' query API for vectors and matrices, which is all that is asked for here. */
function asAnswer(value: unknown) {
  return value as
    | { readonly status: 'success'; readonly data: { readonly result: readonly ResultEntry[] } }
    | { readonly status: 'error'; readonly error: string };
}

/** `{a="1",b="2"}` without the metric's name, labels in order; empty when there are none. */
function formatMetric(metric: Readonly<Record<string, string>>): string {
  return Object.entries(metric)
    .filter(([name]) => name !== '__name__')
    .map(([name, value]) => `${name}="${value}"`)
    .sort()
    .join(',');
}

/** What `promtool check metrics` says of a page; nothing when it is clean. */
export function promtoolCheckMetrics(page: string): Promise<ToolResult> {
  return runTool('promtool', ['check', 'metrics'], page);
}
