import { type CommandContext, EXIT, type ExitCode } from '@nines/shared/command.ts';
import { loadNines } from '../config/nines.ts';
import { verifyStore } from '../store/sqlite/verify-store.ts';

export interface VerifyOptions {
  readonly config: string;
  readonly json: boolean;
}

/** `nines-collector verify`: looks at everything that the store holds; exit code 1 when something is not as it should be. */
export function verifyCommand({ config, json }: VerifyOptions, { env, out }: CommandContext): ExitCode {
  const { dataDirectory } = loadNines(config, env);
  const { findings, looked } = verifyStore(dataDirectory, (finding) => {
    const { table, agent, check, fromMs, toMs, what } = finding;
    const series = check === null ? '' : ` ${check} from ${agent}`;
    const stretch = fromMs === null || toMs === null ? '' : ` ${instant(fromMs)} to ${instant(toMs)}`;
    out(json ? `${JSON.stringify(finding)}\n` : `${table}:${series}${stretch}: ${what}\n`);
  });
  const { chunks, observations, batches } = looked;
  if (json) out(`${JSON.stringify({ findings, chunks, observations, batches })}\n`);
  else {
    out(`${chunks} chunks with ${observations} observations, ${batches} batches in the journal: `);
    out(findings === 0 ? 'everything is as it should be\n' : `${findings} findings\n`);
  }
  return findings === 0 ? EXIT.done : EXIT.failed;
}

function instant(atMs: number): string {
  return new Date(atMs).toISOString();
}
