import type { Socket } from 'node:net';
import type { TcpOptions } from '@nines/shared/probes/tcp.ts';
import { microseconds, openConnection, resolve, secureConnection } from './connection.ts';
import { Conversation } from './conversation.ts';
import { PatternBudget } from './pattern-budget.ts';
import type { ProbeContext } from './probe-run.ts';
import { FAMILIES, targetOf } from './target.ts';

type Step = TcpOptions['dialogue'][number];

/** One connection and its dialogue. Without steps, being accepted is enough. */
export async function runTcp(options: TcpOptions, context: ProbeContext): Promise<void> {
  const target = targetOf(options.host, options.port);
  const address = await resolve(target, FAMILIES[options.ip], context);
  const opened = await openConnection(address, target.port, context);
  let socket: Socket = opened;
  try {
    if (options.tls !== undefined) socket = await secure(opened, options, context);
    if (options.dialogue.length > 0) socket = await hold(socket, options, context);
  } finally {
    socket.destroy();
    opened.destroy();
  }
}

/** Goes through the steps; reports `dialogue`, the handshake of a `starttls` step not counted. */
async function hold(opened: Socket, options: TcpOptions, context: ProbeContext): Promise<Socket> {
  const { clock } = context;
  const patterns = new PatternBudget(context);
  let conversation = new Conversation(opened, patterns);
  let socket = opened;
  let spentUs = 0;
  for (const step of options.dialogue) {
    if ('starttls' in step) {
      conversation.end();
      socket = await secure(socket, options, context);
      conversation = new Conversation(socket, patterns);
      continue;
    }
    context.enter('exchange');
    const startedMs = clock.elapsedMs();
    await take(step, conversation);
    spentUs += microseconds(startedMs, clock.elapsedMs());
    context.values.dialogue = spentUs;
  }
  return socket;
}

function take(step: Exclude<Step, { starttls: true }>, conversation: Conversation): Promise<void> {
  return 'send' in step ? conversation.send(step.send) : conversation.expect(new RegExp(step.expect, 'm'));
}

function secure(socket: Socket, options: TcpOptions, context: ProbeContext): Promise<Socket> {
  const { verify, server_name } = options.tls ?? options.starttls;
  return secureConnection(socket, { name: server_name ?? options.host, verify }, context);
}
