import type { Socket } from 'node:net';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CheckRun } from '../../../agent/src/run-check.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { type HttpTarget, rawTarget } from '../../support/probe-targets/http-targets.ts';
import { probe, TIMEOUT_MS, verdict } from '../../support/probe-targets/probe.ts';

interface Behaviour {
  readonly name: string;
  readonly verdict: string;
  speak(socket: Socket): void;
}

const BEHAVIOURS: readonly Behaviour[] = [
  { name: 'answers', verdict: 'up', speak: (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok') },
  {
    name: 'keeps the connection',
    verdict: 'up',
    speak: (socket) => socket.write('HTTP/1.1 200 OK\r\nconnection: keep-alive\r\ncontent-length: 2\r\n\r\nok'),
  },
  { name: 'ends with the connection', verdict: 'up', speak: (socket) => socket.end('HTTP/1.0 200 OK\r\n\r\nok') },
  {
    name: 'says more than it announced',
    verdict: 'up',
    speak: (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokHTTP/1.1 500 No\r\n\r\n'),
  },
  {
    name: 'ends too early',
    verdict: 'down response-truncated',
    speak: (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nok'),
  },
  { name: 'closes', verdict: 'down connection-closed', speak: (socket) => socket.end() },
  { name: 'resets', verdict: 'down connection-reset', speak: (socket) => socket.resetAndDestroy() },
  { name: 'speaks no HTTP', verdict: 'down invalid-response', speak: (socket) => socket.end('220 mail\r\n') },
  {
    name: 'sends too much',
    verdict: 'up',
    speak: (socket) => socket.end(`HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(5_000)}`),
  },
  { name: 'hangs', verdict: 'down response-timeout', speak: () => {} },
];

interface Target extends HttpTarget {
  readonly behaviour: Behaviour;
  /** Connections that were made so far. */
  connections: number;
  /** The `Host` of each request. */
  readonly hosts: string[];
}

const targets: Target[] = [];

beforeAll(async () => {
  for (const behaviour of BEHAVIOURS) {
    const hosts: string[] = [];
    const listening = await rawTarget((socket, head) => {
      target.connections++;
      hosts.push(/^host: (.*)$/im.exec(head)?.[1] ?? '');
      behaviour.speak(socket);
    });
    const target: Target = { ...listening, behaviour, connections: 0, hosts };
    targets.push(target);
  }
});

afterAll(async () => {
  for (const target of targets) await target.close();
});

/** A target that hangs is given up as soon as it has been asked. */
async function visit(target: Target): Promise<CheckRun> {
  const settings = { type: 'http', url: target.url, max_body: '1kB' };
  if (target.behaviour.name !== 'hangs') return probe(settings);
  const clock = new ManualClock();
  const askedBefore = target.connections;
  const running = probe(settings, { clock });
  while (target.connections === askedBefore) await new Promise((resolve) => setImmediate(resolve));
  await clock.advance(TIMEOUT_MS);
  return running;
}

describe('http runs that take over a client', () => {
  it('say of a target what the first run said, over a connection of their own, whatever the runs before them met', async () => {
    const turns = fc.array(fc.uniqueArray(fc.nat(BEHAVIOURS.length - 1), { minLength: 1, maxLength: 4 }), {
      maxLength: 6,
    });
    await fc.assert(
      fc.asyncProperty(turns, async (plan) => {
        for (const together of plan) {
          const visited = together.flatMap((index) => targets[index] ?? []);
          const before = visited.map(({ connections }) => connections);
          const runs = await Promise.all(visited.map(visit));
          expect(runs.map(verdict)).toEqual(visited.map(({ behaviour }) => behaviour.verdict));
          expect(visited.map(({ connections }, at) => connections - (before[at] ?? 0))).toEqual(visited.map(() => 1));
        }
      }),
      { numRuns: 25 },
    );
    for (const { hosts, port } of targets) expect(new Set(hosts)).toEqual(new Set([`127.0.0.1:${port}`]));
  });
});
