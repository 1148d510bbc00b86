import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { type Answer, decode, encode, type Packet, streamDecode, streamEncode } from 'dns-packet';
import { type Listener, listenerOf } from './listener.ts';
import type { Behaviour } from './timetable.ts';

export interface NameServerOptions {
  readonly port: number;
  readonly zone: string;
  readonly records: readonly Answer[];
  readonly behaviour: () => Behaviour;
}

const SERVFAIL = 2;
const NXDOMAIN = 3;
const REFUSED = 5;
/** Bit of the DNS header that says "with authority" (RFC 1035, 4.1.1). */
const AUTHORITATIVE = 1 << 10;

/** An authoritative name server for one zone, over UDP and TCP. */
export async function createNameServer(options: NameServerOptions): Promise<Listener & { close: () => void }> {
  const udp = createSocket('udp4');
  udp.on('message', (message, sender) => {
    const question = readOrNull(() => decode(message));
    if (question !== null) udp.send(encode(reply(question, options)), sender.port, sender.address);
  });
  udp.bind(options.port, '127.0.0.1');
  await once(udp, 'listening');
  const tcp = createServer((socket) => {
    socket.on('data', (bytes: Buffer) => {
      const question = readOrNull(() => streamDecode(bytes));
      if (question !== null) socket.end(streamEncode(reply(question, options)));
    });
  });
  return { ...listenerOf(tcp, options.port), close: () => udp.close() };
}

function reply(question: Packet, { zone, records, behaviour }: NameServerOptions): Packet {
  const [asked] = question.questions ?? [];
  const name = asked?.name.toLowerCase() ?? '';
  const here = records.filter((record) => record.name === name);
  const answers = here.filter((record) => record.type === asked?.type);
  let rcode = here.length > 0 ? 0 : NXDOMAIN;
  if (name !== zone && !name.endsWith(`.${zone}`)) rcode = REFUSED;
  if (behaviour().kind === 'failing') rcode = SERVFAIL;
  return {
    type: 'response',
    ...(question.id === undefined ? {} : { id: question.id }),
    flags: AUTHORITATIVE | rcode,
    questions: question.questions ?? [],
    answers: rcode === 0 ? answers : [],
  };
}

/** `null` for bytes that are no DNS message: a server answers nothing to those. */
function readOrNull(read: () => Packet): Packet | null {
  try {
    return read();
  } catch {
    return null;
  }
}
