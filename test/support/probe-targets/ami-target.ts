import { createHash } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { captureText } from '../capture-text.ts';
import type { Certificate } from './certificates.ts';
import { type Listening, listen } from './listening.ts';

export interface AmiBehaviour {
  readonly secret: string;
  /** Which capture answers `QueueStatus`; `null` never answers, as a connection that is half open. */
  status: string | null;
  /** What is sent goes out in pieces of this many bytes. */
  readonly pieceBytes?: number;
  readonly tls?: Certificate;
}

export interface AmiTarget extends Listening {
  /** Names of the actions that came, over all connections. */
  readonly actions: readonly string[];
  /** Sends a captured event stream to whoever is logged in. */
  send(bytes: string): Promise<void>;
  /** Ends every connection, as a restart of Asterisk does. */
  hangUp(): void;
}

const CHALLENGE = /^Challenge: (\d+)$/m.exec(captureText('asterisk/transcripts/login-md5.s2c'))?.[1] ?? '';
const GREETING = 'Asterisk Call Manager/11.0.0\r\n';

/** A manager interface that answers with what Asterisk 22 answered, byte for byte but for the ids of the actions. */
export async function amiTarget(behaviour: AmiBehaviour): Promise<AmiTarget> {
  const actions: string[] = [];
  const sockets = new Set<Socket>();
  const serve = (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    let text = '';
    void write(socket, GREETING, behaviour);
    socket.on('data', async (bytes) => {
      text += bytes.toString();
      for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
        const fields = new Map(
          text
            .slice(0, end)
            .split('\r\n')
            .map((line) => splitField(line)),
        );
        text = text.slice(end + 4);
        actions.push(fields.get('Action') ?? '');
        await write(socket, answerTo(fields, behaviour), behaviour);
      }
    });
  };
  const server = behaviour.tls === undefined ? createServer(serve) : createTlsServer(behaviour.tls, serve);
  return {
    ...(await listen(server)),
    actions,
    async send(bytes) {
      for (const socket of sockets) await write(socket, bytes, behaviour);
    },
    hangUp() {
      for (const socket of sockets) socket.destroy();
    },
  };
}

function answerTo(fields: ReadonlyMap<string, string>, { secret, status }: AmiBehaviour): string {
  const id = fields.get('ActionID') ?? '';
  const action = fields.get('Action');
  if (action === 'Challenge') return captured('asterisk/transcripts/login-md5.s2c', 'Challenge-1', id);
  if (action === 'Login') {
    const key = createHash('md5').update(`${CHALLENGE}${secret}`).digest('hex');
    return fields.get('Key') === key
      ? captured('asterisk/transcripts/login-md5.s2c', 'Login-2', id)
      : captured('asterisk/transcripts/login-md5-wrong-key.s2c', 'Login-2', id);
  }
  return status === null ? '' : captured(status, 'QueueStatus-3', id);
}

/** The messages of a capture that carry an ActionID, with another in its place. */
function captured(name: string, actionId: string, id: string): string {
  const messages = captureText(name)
    .replace(/^Asterisk Call Manager.*\r\n/, '')
    .split('\r\n\r\n');
  const own = messages.filter((message) => message.split('\r\n').includes(`ActionID: ${actionId}`));
  return own.map((message) => `${message.replace(`ActionID: ${actionId}`, `ActionID: ${id}`)}\r\n\r\n`).join('');
}

async function write(socket: Socket, text: string, { pieceBytes }: AmiBehaviour): Promise<void> {
  const bytes = Buffer.from(text);
  const size = pieceBytes ?? Math.max(1, bytes.length);
  for (let at = 0; at < bytes.length; at += size) {
    await new Promise<void>((done) => socket.write(bytes.subarray(at, at + size), () => done()));
  }
}

function splitField(line: string): [string, string] {
  const colon = line.indexOf(': ');
  return [line.slice(0, colon), line.slice(colon + 2)];
}
