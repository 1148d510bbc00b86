import { type CommandContext, EXIT, type ExitCode } from '@nines/shared/command.ts';
import { counted } from '@nines/shared/counted.ts';
import { configErrorAt } from '@nines/shared/errors.ts';
import { loadNines } from '../config/nines.ts';
import type { LedgerHead } from '../store/ledger.ts';
import type { Finding } from '../store/sqlite/finding.ts';
import { verifyStore } from '../store/sqlite/verify-store.ts';

export interface VerifyOptions {
  readonly config: string;
  /** `SEQUENCE:HASH` of the audit log as it was kept elsewhere. */
  readonly head?: string;
  readonly json: boolean;
}

/** `nines-collector verify`: looks at everything that the store holds; exit code 1 when something is not as it should be. */
export function verifyCommand({ config, head, json }: VerifyOptions, { env, out }: CommandContext): ExitCode {
  const { dataDirectory } = loadNines(config, env);
  const anchor = head === undefined ? null : parseHead(head);
  const tell = (finding: Finding) => {
    const { table, agent, check, fromMs, toMs, what } = finding;
    const series = check === null ? '' : ` ${check} from ${agent}`;
    const stretch = fromMs === null || toMs === null ? '' : ` ${instant(fromMs)} to ${instant(toMs)}`;
    out(json ? `${JSON.stringify(finding)}\n` : `${table}${series}${stretch}: ${what}\n`);
  };
  const { findings, looked } = verifyStore(dataDirectory, tell, anchor);
  const { chunks, observations, batches } = looked;
  if (json) out(`${JSON.stringify({ findings, chunks, observations, batches })}\n`);
  else {
    const journal = `${batches} ${batches === 1 ? 'batch' : 'batches'} in the journal`;
    out(`${counted(chunks, 'chunk')} with ${counted(observations, 'observation')}, ${journal}: `);
    out(findings === 0 ? 'everything is as it should be\n' : `${counted(findings, 'finding')}\n`);
  }
  return findings === 0 ? EXIT.done : EXIT.failed;
}

function instant(atMs: number): string {
  return new Date(atMs).toISOString();
}

/** As `audit --head` prints it. */
function parseHead(text: string): LedgerHead {
  const match = /^([1-9]\d{0,14}):([0-9a-f]{64})$/.exec(text);
  if (match === null) throw configErrorAt('--head', `"${text}" is no head such as audit --head prints it: 17:9f86d0…`);
  return { sequence: Number(match[1]), hash: match[2] ?? '' };
}
