import type { Clock } from '@nines/shared/time/clock.ts';
import * as z from 'zod';
import { alertId } from '../alerts/alert.ts';
import type { Alerting } from '../alerts/alerting.ts';
import { acknowledgeAlert } from '../ledger/acknowledge.ts';
import { DecisionError } from '../ledger/decision-error.ts';
import { decisionText } from '../ledger/decisions.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Person } from '../ledger/person.ts';
import { loadAssets } from '../web/assets.ts';
import { renderAlertsPage } from '../web/render-alerts.ts';
import { type AlertDocument, type AlertsDocument, alertDocument, alertsDocument } from './alerts-document.ts';
import { readBody } from './decision-request.ts';
import { toErrorAnswer } from './errors.ts';
import { HTML, send } from './pages.ts';
import { bad, refuseUnknown } from './query.ts';
import type { Server } from './server.ts';

/** What the resources of alerts need. */
export interface AlertsOptions {
  readonly alerting: Pick<Alerting, 'all' | 'undelivered'>;
  readonly ledger: Ledger;
  readonly clock: Pick<Clock, 'nowMs'>;
  /** Whose token a request holds; throws `Unauthorized`. */
  readonly person: (authorization: string | undefined) => Person;
}

const STATES = ['pending', 'firing', 'resolved'] as const;
const KEYS: ReadonlySet<string> = new Set(['state']);

const acknowledgement = z.strictObject({ acknowledge: z.string(), comment: decisionText.optional() });

/** The form of the page: an empty comment is none. */
const form = z.object({ id: z.string(), token: z.string(), comment: z.string().default('') });

/**
 * `GET /api/v1/alerts?state=` tells of all alerts, the oldest first, and of what was not delivered. `POST` with
 * `{ "acknowledge": ID }` says that somebody is on one (operator, provider). `/alerts` is the page for people.
 */
export function registerAlerts(server: Server, options: AlertsOptions): void {
  const { person } = options;
  server.get<{ Querystring: { state?: string } }>('/api/v1/alerts', async ({ query }, reply) => {
    refuseUnknown(query, KEYS);
    const { state } = query;
    if (state !== undefined && !STATES.some((one) => one === state)) {
      throw bad(`state: expected ${STATES.join(', ')}, not "${state}"`);
    }
    const { alerts, undelivered } = await documentNow(options);
    const wanted = alerts.filter((alert) => state === undefined || alert.state === state);
    return reply.header('cache-control', 'no-cache').send({ alerts: wanted, undelivered });
  });
  server.post('/api/v1/alerts', async ({ headers, body }, reply) => {
    const by = person(headers.authorization);
    const { acknowledge: id, comment = null } = readBody(acknowledgement, body);
    return reply.code(201).send(await acknowledge(options, by, { id, comment }));
  });
  void server.register(async (scope) => {
    scope.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
      done(null, Object.fromEntries(new URLSearchParams(String(body))));
    });
    registerPage(scope, options);
  });
}

function registerPage(server: Pick<Server, 'get' | 'post'>, options: AlertsOptions): void {
  const { clock, person } = options;
  const page = async (problem: string | null) =>
    renderAlertsPage({ ...(await documentNow(options)), nowMs: clock.nowMs(), problem }, loadAssets());
  server.get('/alerts', async (request, reply) =>
    send(request, reply.type(HTML).header('cache-control', 'no-cache'), await page(null)),
  );
  server.post('/alerts', async (request, reply) => {
    try {
      const { id, token, comment } = readBody(form, request.body);
      const said = comment.trim();
      await acknowledge(options, person(`Bearer ${token}`), { id, comment: said === '' ? null : said });
      return await reply.redirect('/alerts', 303);
    } catch (error) {
      const answer = toErrorAnswer(error);
      if (answer.status >= 500) throw error;
      reply.type(HTML).header('cache-control', 'no-store').code(answer.status);
      return await send(request, reply, await page(answer.message));
    }
  });
}

async function documentNow({ alerting, ledger }: AlertsOptions): Promise<AlertsDocument> {
  await ledger.refresh();
  return alertsDocument({ alerts: alerting.all(), undelivered: alerting.undelivered(), register: ledger.register });
}

async function acknowledge(
  { alerting, ledger }: AlertsOptions,
  by: Person,
  { id, comment }: { readonly id: string; readonly comment: string | null },
): Promise<AlertDocument> {
  await ledger.refresh();
  const alert = alerting.all().find((one) => one.state === 'firing' && alertId(one) === id);
  if (alert === undefined) throw new DecisionError('not-found', `no alert ${id} fires`);
  const { labels, sinceMs } = alert;
  await acknowledgeAlert(ledger, by, { alert: { id, labels, sinceMs }, comment });
  return alertDocument(alert, { undelivered: alerting.undelivered(), register: ledger.register });
}
