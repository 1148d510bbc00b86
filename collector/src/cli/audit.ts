import { type CommandContext, EXIT, type ExitCode } from '@nines/shared/command.ts';
import { canonicalJson } from '@nines/shared/config/canonical-json.ts';
import { loadNines } from '../config/nines.ts';
import type { LedgerEntry } from '../store/ledger.ts';
import { openStore } from '../store/open.ts';

export interface AuditOptions {
  readonly config: string;
  readonly head: boolean;
  readonly json: boolean;
  readonly subject?: string;
}

/** A body is shown up to here; `--json` has all of it. */
const SHOWN_BODY = 160;

/** `nines-collector audit`: prints the audit log, or only its head to be kept where nobody can change both. */
export async function auditCommand(options: AuditOptions, { env, out }: CommandContext): Promise<ExitCode> {
  const { dataDirectory } = loadNines(options.config, env);
  const store = await openStore({ directory: dataDirectory, readOnly: true });
  try {
    if (options.head) {
      const { sequence, hash } = await store.ledgerHead();
      out(options.json ? `${JSON.stringify({ sequence, hash })}\n` : `${sequence}:${hash}\n`);
      return EXIT.done;
    }
    const format = options.json ? formatJson : formatLine;
    for await (const entry of store.ledger(options.subject === undefined ? {} : { subject: options.subject })) {
      out(`${format(entry)}\n`);
    }
    return EXIT.done;
  } finally {
    await store.close();
  }
}

/** As it is hashed, and the hashes. */
function formatJson({ atMs, prevHash, hash, ...entry }: LedgerEntry): string {
  return canonicalJson({ ...entry, at_ms: atMs, prev_hash: prevHash, hash });
}

function formatLine({ sequence, atMs, actor, action, subject, body }: LedgerEntry): string {
  const text = canonicalJson(body);
  const shown = text.length > SHOWN_BODY ? `${text.slice(0, SHOWN_BODY)}…` : text;
  return `${sequence} ${new Date(atMs).toISOString()} ${actor} ${action} ${subject} ${shown}`;
}
