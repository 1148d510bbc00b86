import * as z from 'zod';
import { type ExchangeTools, exchange } from '../exchange.ts';
import type { Connection } from '../receiver.ts';
import type { Silence } from './silence.ts';

/** A silence as an Alertmanager has it. */
export interface FoundSilence extends Omit<Silence, 'createdBy' | 'comment'> {
  readonly id: string;
  readonly isExpired: boolean;
}

const instant = z.string().transform((text) => Date.parse(text));

const silencesSchema = z.array(
  z.object({
    id: z.string(),
    status: z.object({ state: z.enum(['active', 'pending', 'expired']) }),
    comment: z.string(),
    startsAt: instant,
    endsAt: instant,
    matchers: z.array(
      z.object({ name: z.string(), value: z.string(), isRegex: z.boolean(), isEqual: z.boolean().default(true) }),
    ),
  }),
);

const TAG = /\[(nines: [^\]]+)\]$/;

/** Where an Alertmanager has its API v2. */
export function alertmanagerApi({ url }: Pick<Connection, 'url'>): string {
  return `${url.replace(/\/$/, '')}/api/v2`;
}

/** The silences of one Alertmanager that are ours (API v2). Each verb rejects when it is away or refuses. */
export class AlertmanagerSilences {
  readonly #connection: Connection;
  readonly #tools: ExchangeTools;
  readonly #base: string;

  constructor(connection: Connection, tools: ExchangeTools) {
    this.#connection = connection;
    this.#tools = tools;
    this.#base = alertmanagerApi(connection);
  }

  async list(): Promise<FoundSilence[]> {
    const found = silencesSchema.parse(JSON.parse(await this.#ask('GET', '/silences', null)));
    return found.flatMap(({ id, status, comment, startsAt, endsAt, matchers }) => {
      const tag = TAG.exec(comment)?.[1];
      if (tag === undefined) return [];
      return [{ id, tag, matchers, fromMs: startsAt, toMs: endsAt, isExpired: status.state === 'expired' }];
    });
  }

  /** `id` names the one that it replaces. */
  async put({ fromMs, toMs, matchers, createdBy, comment }: Silence, id: string | null): Promise<void> {
    const times = { startsAt: new Date(fromMs).toISOString(), endsAt: new Date(toMs).toISOString() };
    const body = { ...(id === null ? {} : { id }), matchers, ...times, createdBy, comment };
    await this.#ask('POST', '/silences', JSON.stringify(body));
  }

  async expire(id: string): Promise<void> {
    await this.#ask('DELETE', `/silence/${encodeURIComponent(id)}`, null);
  }

  #ask(method: 'GET' | 'POST' | 'DELETE', path: string, body: string | null): Promise<string> {
    return exchange(this.#connection, { method, url: `${this.#base}${path}`, headers: {}, body }, this.#tools);
  }
}
