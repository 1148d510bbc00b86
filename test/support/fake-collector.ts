import { createServer, type IncomingHttpHeaders } from 'node:http';
import { zstdDecompressSync } from 'node:zlib';
import { type Event, parseEvents } from '@nines/shared/event.ts';
import { countObservations } from '@nines/shared/observation.ts';
import { type Batch, parseBatch } from '@nines/shared/wire.ts';
import { onTestFinished } from 'vitest';
import { listen } from './probe-targets/listening.ts';

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Received {
  readonly batch: Batch;
  readonly headers: IncomingHttpHeaders;
}

/** A collector's two addresses for agents on a real loopback server, answering as the test says. */
export class FakeCollector {
  url = '';
  /** Every batch that arrived, stored or not, in order of arrival. */
  readonly received: Received[] = [];
  /** Batches acknowledged, by identity. */
  readonly stored = new Map<string, Batch>();
  /** Events acknowledged, in order of arrival. */
  readonly events: Event[] = [];
  /** What happens to events; `null` stores and acknowledges them. */
  onEvents: (events: readonly Event[]) => Reply | null = () => null;
  readonly checkRequests: IncomingHttpHeaders[] = [];
  /** What happens to a batch; `null` stores and acknowledges it, `silence` never answers. */
  onBatch: (received: Received) => Reply | 'silence' | null = () => null;
  checks: Reply = { status: 404 };

  /** The checks that agents get, under an ETag. */
  assign(agent: string, checks: readonly unknown[], etag = '"1"'): void {
    this.checks = { status: 200, headers: { etag }, body: JSON.stringify({ version: 1, agent, checks }) };
  }

  get observations(): number {
    let count = 0;
    for (const batch of this.stored.values()) count += countObservations(batch);
    return count;
  }

  static async start(): Promise<FakeCollector> {
    const collector = new FakeCollector();
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const answer = collector.#answer(request.url ?? '', request.headers, Buffer.concat(chunks));
        if (answer === 'silence') return;
        const { status, headers, body } = answer;
        response.writeHead(status, headers);
        response.end(body ?? '');
      });
    });
    const listening = await listen(server);
    onTestFinished(() => listening.close());
    collector.url = `http://127.0.0.1:${listening.port}`;
    return collector;
  }

  #answer(path: string, headers: IncomingHttpHeaders, body: Buffer): Reply | 'silence' {
    if (path === '/api/v1/agents/self/checks') {
      this.checkRequests.push(headers);
      const isSame = headers['if-none-match'] !== undefined && headers['if-none-match'] === this.checks.headers?.etag;
      return isSame ? { status: 304 } : this.checks;
    }
    if (path === '/api/v1/events') return this.#takeEvents(zstdDecompressSync(body).toString());
    const received = { batch: parseBatch(zstdDecompressSync(body).toString()), headers };
    this.received.push(received);
    const reply = this.onBatch(received);
    if (reply !== null) return reply;
    const key = `${received.batch.agent} ${received.batch.spool} ${received.batch.sequence}`;
    const duplicate = this.stored.has(key);
    if (!duplicate) this.stored.set(key, received.batch);
    return {
      status: 200,
      body: JSON.stringify({ stored: duplicate ? 0 : countObservations(received.batch), duplicate }),
    };
  }

  #takeEvents(text: string): Reply {
    const events = parseEvents(text, 'fra-web03');
    const reply = this.onEvents(events);
    if (reply !== null) return reply;
    this.events.push(...events);
    return { status: 200, body: JSON.stringify({ stored: events.length, unchanged: 0 }) };
  }
}
