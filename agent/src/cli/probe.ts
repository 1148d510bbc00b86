import type { Check } from '@nines/shared/check.ts';
import type { CommandContext, ExitCode } from '@nines/shared/command.ts';
import { parseConfig, readDocument } from '@nines/shared/config/parse.ts';
import { ConfigError, configErrorAt } from '@nines/shared/errors.ts';
import { probeOptions } from '@nines/shared/probes/index.ts';
import { parseDuration } from '@nines/shared/time/duration.ts';
import { allowNothing, createAllowance } from '../allowance.ts';
import { loadAgentConfig } from '../config.ts';
import { runOnce } from './run-once.ts';

export interface ProbeCommandOptions {
  /** The agent's file, whose `trust` and `allow` then hold; without it no secret, file or program is allowed. */
  readonly config: string | undefined;
  readonly timeout: string;
  readonly json: boolean;
}

/** `nines-agent probe TYPE key=value…`: runs a probe once, now, without any configuration. */
export async function runProbeOnce(
  type: string,
  settings: readonly string[],
  options: ProbeCommandOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const timeoutMs = parseDuration(options.timeout);
  if (timeoutMs === null || timeoutMs === 0) {
    throw configErrorAt('--timeout', `expected a duration such as 10s, not "${options.timeout}"`);
  }
  const check: Check = { id: 'probe', everyMs: timeoutMs, timeoutMs, probe: parseProbe(type, settings) };
  const config = options.config === undefined ? null : loadAgentConfig(options.config, context.env);
  const allowed =
    config === null
      ? allowNothing('secrets, files and programs need --config with an agent.yaml that allows them')
      : createAllowance(config, context.env);
  return runOnce(check, { trust: config ?? { caFile: null }, json: options.json, allowed }, context);
}

/** `['url=https://…', 'expect.status=[200]']` → options; each value is YAML. Throws `ConfigError` with every mistake. */
export function parseProbe(type: string, settings: readonly string[]): Check['probe'] {
  const options: Record<string, unknown> = { type };
  for (const setting of settings) {
    const at = setting.indexOf('=');
    if (at < 1) throw configErrorAt('probe', `expected key=value, not "${setting}"`);
    const path = setting.slice(0, at).split('.');
    // Assigned to, this key would change the prototype that all objects share.
    if (path.includes('__proto__')) throw configErrorAt('probe', `"${setting.slice(0, at)}" is no option`);
    place(options, path, readDocument(setting.slice(at + 1), setting).value);
  }
  try {
    // JSON is YAML: the parser of files also names every mistake here, only that its places mean nothing.
    return parseConfig(JSON.stringify(options), probeOptions, 'probe');
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError(error.mistakes.map((mistake) => ({ ...mistake, line: 0, column: 0 })));
  }
}

function place(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [key = '', ...rest] = path;
  if (rest.length === 0) {
    target[key] = value;
    return;
  }
  const known = Object.hasOwn(target, key) ? target[key] : undefined;
  const inner = isRecord(known) ? known : {};
  target[key] = inner;
  place(inner, rest, value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
