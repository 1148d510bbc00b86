import { once } from 'node:events';
import { type CommandContext, EXIT, type ExitCode } from '@nines/shared/command.ts';
import { configErrorAt, errorCode } from '@nines/shared/errors.ts';
import { systemClock } from '@nines/shared/time/clock.ts';
import { loadNines, type Nines } from '../config/nines.ts';
import type { ExportContents } from '../export/format.ts';
import { exportFormats } from '../export/formats.ts';
import { readInstant } from '../http/query.ts';
import { ExportSource } from '../store/sqlite/export-source.ts';
import { statusLine } from './progress.ts';

export interface ExportOptions {
  readonly config: string;
  readonly format: string;
  readonly from?: string;
  readonly to?: string;
  readonly check?: readonly string[];
  readonly stream?: readonly string[];
}

/** What `export` may write. */
export type Exported = 'observations' | 'events';

/**
 * `nines-collector export observations|events`: writes one moment of the store to the output, beside a running collector
 * or without one. Exit code 1 when something is damaged, which is left out.
 */
export async function exportCommand(
  what: Exported,
  options: ExportOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const nines = loadNines(options.config, context.env);
  const format = exportFormats[options.format];
  if (format === undefined) throw configErrorAt('--format', `there is no format "${options.format}"`);
  const source = new ExportSource(nines.dataDirectory, {
    fromMs: instant('--from', options.from) ?? 0,
    toMs: instant('--to', options.to) ?? systemClock.nowMs(),
    checks: options.check ?? null,
    maxSkewMs: nines.maxSkewMs,
  });
  try {
    requireKnown(
      '--check',
      options.check,
      source.series.map(({ check }) => check),
    );
    requireKnown('--stream', options.stream, source.streams());
    await writeAll(format[what](contentsOf(source, nines, options)), context);
    if (source.damages === 0) return EXIT.done;
    context.err(`${source.damages} damaged stretches are left out; see nines-collector verify\n`);
    return EXIT.failed;
  } finally {
    source.close();
  }
}

function contentsOf(source: ExportSource, nines: Nines, { stream }: ExportOptions): ExportContents {
  const probes = new Map(nines.checks.map(({ id, probe }) => [id, probe.type]));
  const locations = new Map(nines.agents.map(({ name, location }) => [name, location]));
  return {
    series: source.series.map(({ check, agent }) => ({
      check,
      agent,
      location: locations.get(agent) ?? null,
      probe: probes.get(check) ?? null,
    })),
    runs: (series, wanted) => source.runs(series, wanted),
    streams: stream ?? source.streams(),
    events: (name) => source.events(name),
  };
}

/** As fast as the reader takes it: what is not yet taken would otherwise fill the memory. A reader that left is the end. */
async function writeAll(pieces: Iterable<string>, { out, err }: CommandContext): Promise<void> {
  const progress = statusLine(err, process.stderr.isTTY === true);
  let isGone = false;
  const onError = (error: Error): void => {
    if (errorCode(error) !== 'EPIPE') throw error;
    isGone = true;
  };
  process.stdout.on('error', onError);
  try {
    let characters = 0;
    for (const piece of pieces) {
      out(piece);
      characters += piece.length;
      progress.show(`${(characters / 1e6).toFixed(0)} MB`);
      if (process.stdout.writableNeedDrain)
        await Promise.race([once(process.stdout, 'drain'), once(process.stdout, 'close')]);
      if (isGone) return;
    }
  } finally {
    process.stdout.off('error', onError);
    progress.end();
  }
}

function instant(option: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  try {
    return readInstant(text, 'instant');
  } catch (error) {
    throw configErrorAt(option, error instanceof Error ? error.message : String(error));
  }
}

/** A misspelt name would be an empty file that looks like nothing happened. */
function requireKnown(option: string, wanted: readonly string[] | undefined, known: readonly string[]): void {
  const missing = wanted?.find((name) => !known.includes(name));
  if (missing !== undefined) throw configErrorAt(option, `the store has nothing of "${missing}"`);
}
