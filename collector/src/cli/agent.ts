import { randomBytes } from 'node:crypto';
import { type CommandContext, EXIT, type ExitCode } from '@nines/shared/command.ts';
import { configErrorAt } from '@nines/shared/errors.ts';
import { systemClock } from '@nines/shared/time/clock.ts';
import { loadNines, type Nines } from '../config/nines.ts';
import { Authenticator, hashToken, knownAgentsOf } from '../http/authenticate.ts';
import { openStore } from '../store/open.ts';
import type { AgentToken, Store } from '../store/store.ts';

export interface AgentCommandOptions {
  readonly config: string;
  readonly json: boolean;
}

const TOKEN_BYTES = 32;

/** `agent add NAME`: issues a token for an agent or importer and prints it, this once; the store keeps its SHA-256. */
export async function addAgentToken(
  name: string,
  options: AgentCommandOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const nines = requireAgent(name, options, context);
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  await withStore(nines, (store) =>
    store.addToken({ agent: name, sha256: hashToken(token), createdAtMs: systemClock.nowMs(), revokedAtMs: null }),
  );
  context.out(options.json ? `${JSON.stringify({ agent: name, token })}\n` : `${token}\n`);
  return EXIT.done;
}

/** `agent revoke NAME`: every token of the agent is invalid from now on, one in the configuration included. */
export async function revokeAgent(
  name: string,
  options: AgentCommandOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const nines = requireAgent(name, options, context);
  const revoked = await withStore(nines, async (store) => {
    const authenticator = new Authenticator(store);
    await authenticator.reload(knownAgentsOf(nines));
    return authenticator.revoke(name, systemClock.nowMs());
  });
  context.out(
    options.json ? `${JSON.stringify({ agent: name, revoked })}\n` : `${revoked} tokens of ${name} revoked\n`,
  );
  return revoked > 0 ? EXIT.done : EXIT.failed;
}

/** `agent list`: the configured agents and importers, where they stand, and how many issued tokens each has. */
export async function listAgents(options: AgentCommandOptions, context: CommandContext): Promise<ExitCode> {
  const nines = loadNines(options.config, context.env);
  const tokens = await withStore(nines, (store) => store.tokens());
  const agents = nines.agents.map((agent) => ({ location: agent.location, ...tokensOf(agent, tokens) }));
  const importers = nines.importers.map((importer) => ({ streams: importer.streams, ...tokensOf(importer, tokens) }));
  if (options.json) context.out(`${JSON.stringify({ agents, importers })}\n`);
  else {
    for (const row of agents) context.out(formatRow(row, row.location));
    for (const row of importers) context.out(formatRow(row, `→ ${row.streams.join(' ')}`));
  }
  return EXIT.done;
}

interface TokenRow {
  readonly name: string;
  readonly configured_token: boolean;
  readonly issued_tokens: number;
  readonly revoked_tokens: number;
}

function tokensOf(sender: { readonly name: string; readonly token: string | null }, tokens: readonly AgentToken[]) {
  const own = tokens.filter(({ agent }) => agent === sender.name);
  const issued = own.filter(isLive).length;
  return {
    name: sender.name,
    configured_token: sender.token !== null,
    issued_tokens: issued,
    revoked_tokens: own.length - issued,
  } satisfies TokenRow;
}

function formatRow(row: TokenRow, place: string): string {
  const configured = row.configured_token ? 'token in the configuration, ' : '';
  const name = row.name.padEnd(24);
  return `${name} ${place.padEnd(16)} ${configured}${row.issued_tokens} issued, ${row.revoked_tokens} revoked\n`;
}

function isLive({ revokedAtMs }: AgentToken): boolean {
  return revokedAtMs === null;
}

function requireAgent(name: string, options: AgentCommandOptions, { env }: CommandContext): Nines {
  const nines = loadNines(options.config, env);
  if (![...nines.agents, ...nines.importers].some((sender) => sender.name === name)) {
    throw configErrorAt(options.config, `no agent "${name}"; add it under agents: (or importers:) first`, 'agents');
  }
  return nines;
}

async function withStore<Value>(nines: Nines, use: (store: Store) => Promise<Value>): Promise<Value> {
  const store = await openStore({ directory: nines.dataDirectory, beside: true });
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}
