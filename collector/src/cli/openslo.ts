import { readFileSync } from 'node:fs';
import { type CommandContext, EXIT, type ExitCode } from '@nines/shared/command.ts';
import { printYaml } from '@nines/shared/config/print.ts';
import { configErrorAt, errorMessage } from '@nines/shared/errors.ts';
import { loadNines } from '../config/nines.ts';
import { readOpenSlo } from '../openslo/document.ts';
import { contractOmissions, exportObjective } from '../openslo/export.ts';
import { type ImportedObjective, importSlo } from '../openslo/import.ts';

/** `nines-collector openslo export`: a document for each objective, and on the other stream what it does not say. */
export function openSloExport({ config }: { readonly config: string }, context: CommandContext): ExitCode {
  const { contracts, checks } = loadNines(config, context.env);
  const everyMsOf = (check: string) => checks.find(({ id }) => id === check)?.everyMs ?? null;
  const exported = contracts.flatMap(({ objectives }) => objectives).map((one) => exportObjective(one, { everyMsOf }));
  const documents = exported.flatMap(({ document }) => (document === null ? [] : [printYaml(document)]));
  context.out(documents.join('---\n'));
  tellOmissions([...contracts.flatMap(contractOmissions), ...exported.flatMap(({ omissions }) => omissions)], context);
  return EXIT.done;
}

export interface OpenSloImportOptions {
  readonly customer: string;
  readonly check: readonly string[];
}

/** `nines-collector openslo import`: draft contracts of one service and time zone each. Throws `ConfigError`. */
export function openSloImport(
  path: string,
  { customer, check }: OpenSloImportOptions,
  context: CommandContext,
): ExitCode {
  const imported = documentsIn(readText(path)).flatMap((text) => {
    const document = readOpenSlo(text, path);
    if ('spec' in document) return [importSlo(document, { checks: check })];
    return [{ objectives: [], omissions: [`${document.name}: a ${document.kind} has no counterpart`] }];
  });
  const objectives = imported.flatMap((one) => one.objectives);
  tellOmissions(
    imported.flatMap((one) => one.omissions),
    context,
  );
  if (objectives.length === 0) return EXIT.failed;
  context.out(printYaml({ customers: [{ id: customer }], contracts: contractsOf(objectives, customer) }));
  return EXIT.done;
}

/** A contract for each service and time zone; what has no zone goes with the others of its service. */
function contractsOf(objectives: readonly ImportedObjective[], customer: string): unknown[] {
  return [...Map.groupBy(objectives, ({ service }) => service)].flatMap(([service, ofService]) => {
    const first = ofService.find(({ timeZone }) => timeZone !== null)?.timeZone ?? 'UTC';
    const groups = Map.groupBy(ofService, ({ timeZone }) => timeZone ?? first);
    return [...groups].map(([timeZone, group], index) => ({
      id: index === 0 ? service : `${service}-${index + 1}`,
      customer,
      draft: true,
      time_zone: timeZone,
      objectives: group.map(({ written }) => written),
    }));
  });
}

/** YAML documents, each behind as many empty lines as it has lines before it, so that mistakes name the file's lines. */
function documentsIn(text: string): string[] {
  const lines = text.split('\n');
  const starts = lines.flatMap((line, index) => (/^---(\s|$)/.test(line) ? [index + 1] : []));
  return [0, ...starts]
    .map((start, index, all) => ({ start, end: (all[index + 1] ?? lines.length + 1) - 1 }))
    .map(({ start, end }) => '\n'.repeat(start) + lines.slice(start, end).join('\n'))
    .filter((one) => one.replace(/^\s*#.*$/gm, '').trim() !== '');
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw configErrorAt(path, errorMessage(error));
  }
}

function tellOmissions(omissions: readonly string[], context: CommandContext): void {
  for (const omission of omissions) context.err(`not taken over: ${omission}\n`);
}
