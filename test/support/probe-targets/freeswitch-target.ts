import { createServer, type Socket } from 'node:net';
import { type Listening, listen } from './listening.ts';

export interface FreeswitchBehaviour {
  readonly password: string;
  /** What `api callcenter_config …` answers, by what follows it; `null` for one that never answers. */
  answers: Record<string, string | null>;
  /** Nobody may hear events (`esl-allowed-events` of a user). */
  readonly refusesEvents?: boolean;
  /** What is sent goes out in pieces of this many bytes. */
  readonly pieceBytes?: number;
}

export interface FreeswitchTarget extends Listening {
  /** The commands that came, over all connections, without the password. */
  readonly commands: readonly string[];
  /** Sends an event of mod_callcenter to whoever asked for events. */
  send(fields: Readonly<Record<string, string>>): void;
  hangUp(): void;
}

/** An event socket as mod_event_socket's documentation and source describe it. */
export async function freeswitchTarget(behaviour: FreeswitchBehaviour): Promise<FreeswitchTarget> {
  const commands: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    write(socket, 'Content-Type: auth/request\n\n', behaviour);
    let text = '';
    socket.on('data', (bytes) => {
      text += bytes.toString();
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const command = text.slice(0, end);
        text = text.slice(end + 2);
        commands.push(command.replace(/^auth .*/, 'auth'));
        const answer = answerTo(command, behaviour);
        if (answer !== null) write(socket, answer, behaviour);
      }
    });
  });
  return {
    ...(await listen(server)),
    commands,
    send(fields) {
      for (const socket of sockets) write(socket, plainEvent(fields), behaviour);
    },
    hangUp() {
      for (const socket of sockets) socket.destroy();
    },
  };
}

function answerTo(command: string, { password, answers, refusesEvents }: FreeswitchBehaviour): string | null {
  if (command.startsWith('auth ')) return reply(command === `auth ${password}` ? '+OK accepted' : '-ERR invalid');
  if (command.startsWith('event ')) {
    return reply(refusesEvents === true ? '-ERR permission denied' : '+OK event listener enabled plain');
  }
  const answer = answers[command.replace('api callcenter_config ', '')];
  if (answer === null) return null;
  return withBody('api/response', answer ?? '-ERR Invalid!\n');
}

function reply(text: string): string {
  return `Content-Type: command/reply\nReply-Text: ${text}\n\n`;
}

function withBody(contentType: string, body: string): string {
  return `Content-Length: ${Buffer.byteLength(body)}\nContent-Type: ${contentType}\n\n${body}`;
}

/** An event in the form `plain`: names as they are, values percent-encoded. */
export function plainEvent(fields: Readonly<Record<string, string>>): string {
  const own = { 'Event-Name': 'CUSTOM', 'Event-Subclass': 'callcenter::info', ...fields };
  const lines = Object.entries(own).map(([name, value]) => `${name}: ${encodeURIComponent(value)}\n`);
  return withBody('text/event-plain', `${lines.join('')}\n`);
}

function write(socket: Socket, text: string, { pieceBytes }: FreeswitchBehaviour): void {
  const bytes = Buffer.from(text);
  const size = pieceBytes ?? Math.max(1, bytes.length);
  for (let at = 0; at < bytes.length; at += size) socket.write(bytes.subarray(at, at + size));
}
