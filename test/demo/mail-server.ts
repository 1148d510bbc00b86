import { createServer, type Socket } from 'node:net';
import { type Listener, listenerOf } from './listener.ts';
import type { Behaviour } from './timetable.ts';

/** An SMTP server that greets, introduces itself and takes no mail (RFC 5321). */
export function createMailServer({
  port,
  name,
  behaviour,
}: {
  readonly port: number;
  readonly name: string;
  readonly behaviour: () => Behaviour;
}): Listener {
  return listenerOf(
    createServer((socket) => converse(socket, name, behaviour())),
    port,
  );
}

function converse(socket: Socket, name: string, behaviour: Behaviour): void {
  if (behaviour.kind === 'failing') {
    socket.end(`421 ${name} Service not available, closing transmission channel\r\n`);
    return;
  }
  const replies: Readonly<Record<string, string>> = {
    EHLO: `250-${name}\r\n250-SIZE 52428800\r\n250 8BITMIME\r\n`,
    HELO: `250 ${name}\r\n`,
    NOOP: '250 OK\r\n',
    QUIT: `221 ${name} closing\r\n`,
  };
  let pending = '';
  socket.setEncoding('latin1');
  socket.write(`220 ${name} ESMTP\r\n`);
  socket.on('data', (text: string) => {
    const lines = (pending + text).split('\r\n');
    pending = (lines.pop() ?? '').slice(-1_000);
    for (const line of lines) {
      const verb = line.slice(0, 4).toUpperCase();
      socket.write(replies[verb] ?? '502 Command not implemented\r\n');
      if (verb === 'QUIT') socket.end();
    }
  });
}
