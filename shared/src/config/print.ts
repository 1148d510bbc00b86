import { stringify } from 'yaml';

/** A document as YAML, long lines left whole: what is printed for other programs has expressions that people search for. */
export function printYaml(document: unknown): string {
  return stringify(document, { lineWidth: 0 });
}
