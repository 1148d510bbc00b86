import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../support/manual-clock.ts';
import { type Listening, listen } from '../../support/probe-targets/listening.ts';
import { probe, TIMEOUT_MS, verdict } from '../../support/probe-targets/probe.ts';
import { answerTo, type SipAnswering, type SipTarget, sipTarget } from '../../support/probe-targets/sip-target.ts';

const open: (SipTarget | Listening)[] = [];
afterEach(async () => {
  for (const target of open.splice(0)) await target.close();
});

async function serving(answering: SipAnswering): Promise<SipTarget> {
  const target = await sipTarget(answering);
  open.push(target);
  return target;
}

const asking = (port: number, written: Record<string, unknown> = {}, clock?: ManualClock) =>
  probe({ type: 'sip_options', host: '127.0.0.1', port, ...written }, clock === undefined ? {} : { clock });

describe('over UDP', () => {
  it.each(['200 OK', '401 Unauthorized', '404 Not Found', '503 Service Unavailable'])(
    '%s is reachable',
    async (status) => {
      const target = await serving((request) => [answerTo(request, status)]);
      const { observation } = await asking(target.port);
      expect(observation).toMatchObject({
        outcome: 'up',
        values: { resolve: 0, status: Number(status.slice(0, 3)), retransmissions: 0 },
      });
      expect(observation.values.request).toBeGreaterThan(0);
      expect(target.requests).toHaveLength(1);
    },
  );

  it('another status than those named is down, and which one it was is kept', async () => {
    const target = await serving((request) => [answerTo(request, '503 Shutting down')]);
    const run = await asking(target.port, { expect: { status: ['2xx', 404] } });
    expect(verdict(run)).toBe('down status-unexpected');
    expect(run.detail).toBe('503 Shutting down');
    expect(run.observation.values.status).toBe(503);
  });

  it('waits for the final answer', async () => {
    const target = await serving((request) => [answerTo(request, '100 Trying'), answerTo(request, '200 OK')]);
    expect((await asking(target.port)).observation.values.status).toBe(200);
  });

  it('hears no answer to another request', async () => {
    const other = { branch: false };
    const target = await serving((request) => [answerTo(request, '500 Other', other), answerTo(request, '200 OK')]);
    expect((await asking(target.port)).observation.values.status).toBe(200);
  });

  it('asks again after 0.5, 1.5 and 3.5 s, the same request, and no more once it is answered', async () => {
    const clock = new ManualClock();
    const target = await serving((request, asked) => (asked === 4 ? [answerTo(request, '200 OK')] : []));
    const running = asking(target.port, {}, clock);
    for (const [index, waitMs] of [500, 1_000, 2_000].entries()) {
      await target.asked(index + 1);
      await clock.advance(waitMs - 1);
      expect(target.requests).toHaveLength(index + 1);
      await clock.advance(1);
    }
    const { observation } = await running;
    expect(observation).toMatchObject({ outcome: 'up', values: { retransmissions: 3 } });
    expect(new Set(target.requests).size).toBe(1);
    expect(clock.pendingTimers).toBe(0);
  });

  it('silence is down when the deadline strikes, and the asking ends with it', async () => {
    const clock = new ManualClock();
    const target = await serving(() => []);
    const running = asking(target.port, {}, clock);
    await target.asked(1);
    await clock.advance(TIMEOUT_MS);
    expect(verdict(await running)).toBe('down response-timeout');
    expect(clock.pendingTimers).toBe(0);
  });

  it('a port where nobody listens is down at once', async () => {
    const target = await sipTarget(() => []);
    target.close();
    expect(verdict(await asking(target.port))).toBe('down connection-refused');
  });

  it('what is no SIP is an invalid response', async () => {
    const target = await serving(() => ['HTTP/1.1 200 OK\r\n\r\n']);
    expect(verdict(await asking(target.port))).toBe('down invalid-response');
  });
});

describe('over TCP', () => {
  async function serve(answering: (request: string) => readonly string[]): Promise<Listening> {
    const server = createServer((socket) => {
      socket.once('data', (bytes) => {
        for (const piece of answering(bytes.toString())) socket.write(piece);
      });
    });
    const target = await listen(server);
    open.push(target);
    return target;
  }

  it('an answer in pieces is whole, and the connection is closed after it', async () => {
    const target = await serve((request) => {
      const answer = answerTo(request, '100 Trying') + answerTo(request, '200 OK');
      return [answer.slice(0, 50), answer.slice(50)];
    });
    const { observation } = await asking(target.port, { transport: 'tcp' });
    expect(observation).toMatchObject({ outcome: 'up', values: { status: 200 } });
    expect(observation.values.connect).toBeGreaterThan(0);
    await target.drained();
  });

  it('a server that is none of SIP, and one that hangs up, are told apart', async () => {
    const web = await serve(() => ['HTTP/1.1 400 Bad Request\r\n\r\n']);
    expect(verdict(await asking(web.port, { transport: 'tcp' }))).toBe('down invalid-response');
    const server = createServer((socket) => socket.end());
    const target = await listen(server);
    open.push(target);
    expect(verdict(await asking(target.port, { transport: 'tcp' }))).toBe('down connection-closed');
  });
});
