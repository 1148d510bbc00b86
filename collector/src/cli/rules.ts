import { type CommandContext, EXIT, type ExitCode } from '@nines/shared/command.ts';
import { printYaml } from '@nines/shared/config/print.ts';
import { loadNines } from '../config/nines.ts';
import { rulesDocument } from '../prometheus/rules-document.ts';

export interface RulesCommandOptions {
  readonly config: string;
  readonly json: boolean;
}

/** `nines-collector rules`: a rule file for people whose Prometheus calls them. */
export function rulesCommand({ config, json }: RulesCommandOptions, context: CommandContext): ExitCode {
  const { alerts, publicUrl } = loadNines(config, context.env);
  const document = rulesDocument({ settings: alerts.settings, publicUrl });
  context.out(json ? `${JSON.stringify(document)}\n` : printYaml(document));
  return EXIT.done;
}
