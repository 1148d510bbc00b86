import { duration } from '@nines/shared/config/fields.ts';
import * as z from 'zod';
import type { Receiver } from '../alerts/receiver.ts';
import { type Settings, settingsOf } from '../alerts/settings.ts';
import { duplicateNames, receiverSections } from './alert-receivers.ts';
import { ruleSections, toWrittenSettings } from './alert-rules.ts';
import { type ReceiversContext, toReceivers } from './to-receivers.ts';

/** `alerts:` what is watched, and who is told. All rules are on; without a receiver they are metrics only. */
export const alertsSchema = z
  .strictObject({ every: duration.prefault('15s'), ...receiverSections, ...ruleSections })
  .superRefine((section, context) => {
    for (const name of duplicateNames(section)) {
      context.addIssue({ code: 'custom', message: `two receivers are called "${name}"; give each a name of its own` });
    }
  });

export type AlertsFile = z.output<typeof alertsSchema>;

/** The section with its secrets read. */
export interface AlertsConfig {
  readonly everyMs: number;
  readonly receivers: readonly Receiver[];
  readonly settings: Settings;
}

/** What the section refers to, and the objectives that settings may be about. */
export interface AlertsContext extends ReceiversContext {
  readonly objectivesOf: (contract: string) => readonly string[];
}

/** Throws `ConfigError` when what a secret holds is not what it has to be; those that are missing, `secrets` will say. */
export function toAlerts(file: AlertsFile, { objectivesOf, ...context }: AlertsContext): AlertsConfig {
  return {
    everyMs: file.every,
    receivers: toReceivers(file, context),
    settings: settingsOf(toWrittenSettings(file, objectivesOf)),
  };
}
