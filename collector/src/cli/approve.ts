import { type CommandContext, EXIT, type ExitCode } from '@nines/shared/command.ts';
import * as z from 'zod';
import { signatureSchema } from '../http/signature-document.ts';
import { type AskOptions, askCollector } from './ask-collector.ts';
import { printAnswer } from './print-answer.ts';

const PATH = '/api/v1/approvals';

export interface ApproveOptions extends AskOptions {
  readonly json: boolean;
  readonly period?: string;
  readonly contractVersion?: string;
  readonly role?: string;
  readonly digest?: string;
  readonly comment?: string;
  readonly dispute: boolean;
  readonly claim: boolean;
  readonly show: boolean;
}

const signableSchema = z.object({
  subject: z.string(),
  digest: z.string(),
  roles: z.array(z.string()),
  state: z.string(),
  claim_until: z.string().nullable(),
  signatures: z.array(signatureSchema),
});

/**
 * `approve CONTRACT`: signs a statement (`--period`) or a contract version, as it stands now or as `--digest` says; with
 * `--show` only says what there is to sign.
 */
export async function approve(contract: string, options: ApproveOptions, context: CommandContext): Promise<ExitCode> {
  const { period, contractVersion: version, role, comment } = options;
  const query = { contract, period, version };
  const there = await askCollector({ path: PATH, query }, options, context);
  if (there === null) return EXIT.failed;
  const printing = { json: options.json, context, say: (answer: unknown) => say(answer, context) };
  if (options.show) return printAnswer(there, printing);
  const decision = options.dispute ? 'disputed' : options.claim ? 'claimed' : 'approved';
  const body = {
    contract,
    period,
    version: version === undefined ? undefined : Number(version),
    role,
    comment,
    decision,
    digest: options.digest ?? signableSchema.parse(there).digest,
  };
  return printAnswer(await askCollector({ path: PATH, body }, options, context), printing);
}

function say(answer: unknown, { out }: CommandContext): void {
  const { subject, digest, roles, state, claim_until: until, signatures } = signableSchema.parse(answer);
  out(`${subject} ${state}, SHA-256 ${digest}\n`);
  out(
    `  to be signed by ${roles.length === 0 ? 'nobody' : roles.join(', then ')}${until === null ? '' : `; claims until ${until}`}\n`,
  );
  for (const { by, role, decision, comment, at } of signatures) {
    out(`  ${decision} by ${by} (${role}) at ${at}${comment === null ? '' : `: ${comment}`}\n`);
  }
}
