import type { HttpOptions } from '@nines/shared/probes/http.ts';
import { ProbeFailure } from '../failure-reason.ts';
import { expectValidFor } from './handshake.ts';
import { HttpExchange } from './http-exchange.ts';
import { followRedirect, redirectOf } from './http-redirect.ts';
import { type PreparedHttp, prepareHttp, readHeaders } from './http-request.ts';
import { PatternBudget } from './pattern-budget.ts';
import type { ProbeContext } from './probe-run.ts';
import type { Family } from './target.ts';
import { runTogether } from './together.ts';

/** One exchange, redirects included; with `ip: both` one over each family at the same time. */
export function runHttp(options: HttpOptions, context: ProbeContext): Promise<void> {
  const prepared = prepareHttp(options);
  const [first = 0, ...others] = prepared.families;
  if (others.length === 0) return visit(prepared, first, context);
  return runTogether(
    prepared.families.map((family) => (part) => visit(prepared, family, part)),
    context,
  );
}

/** Follows the redirects to the last answer and judges that one. */
async function visit(prepared: PreparedHttp, family: Family, context: ProbeContext): Promise<void> {
  const { options, expectation } = prepared;
  let hop = prepared.first;
  let exchange: HttpExchange | null = null;
  context.onDeadline(() => exchange?.abandon());
  for (let redirects = 0; ; redirects++) {
    exchange = new HttpExchange(
      {
        hop,
        headers: readHeaders(prepared, hop, context.allowed.secret),
        family,
        offersHttp2: options.version === '2',
        stopsAtRedirect: options.follow_redirects,
        maxBody: options.max_body,
        keepsBody: expectation.needsBody,
      },
      context,
    );
    await exchange.run();
    context.values.status = exchange.status;
    context.values.bytes = exchange.bytes;
    context.values.redirects = redirects;
    const location = options.follow_redirects ? redirectOf(exchange.status, exchange.headers) : null;
    if (location === null) break;
    if (redirects === options.max_redirects) {
      throw new ProbeFailure('too-many-redirects', `more than ${options.max_redirects} redirects`);
    }
    context.signal.throwIfAborted();
    hop = followRedirect(prepared, hop, { status: exchange.status, location });
  }
  expectation.check(exchange, new PatternBudget(context));
  expectValidFor(options.expect.certificate_valid_for, exchange.certificateExpiry, context.clock.nowMs());
}
