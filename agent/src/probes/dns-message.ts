import { DNS_RCODES, type DnsOptions } from '@nines/shared/probes/dns.ts';
import { type Answer, decode, encode, RECURSION_DESIRED } from 'dns-packet';
import { ProbeFailure } from '../failure-reason.ts';

/** DNS messages as bytes, and their records as text. Pure. */

export type RecordType = DnsOptions['record'];

export interface Question {
  readonly name: string;
  readonly type: RecordType;
  /** Whether the server shall ask others (a resolver) or speak for itself (an authoritative server). */
  readonly recursion: boolean;
}

export interface DnsAnswer {
  readonly rcode: string;
  readonly isAuthoritative: boolean;
  readonly isTruncated: boolean;
  /** Answers of the asked type, as text; those on the way to it (CNAME) are left out. */
  readonly answers: readonly string[];
  /** The serial of a SOA answer. */
  readonly serial: number | null;
}

/** What UDP answers may be long without being cut to pieces on the way (DNS flag day 2020). */
const UDP_PAYLOAD = 1232;

export function encodeQuestion(question: Question, id: number): Buffer {
  return encode({
    type: 'query',
    id,
    flags: question.recursion ? RECURSION_DESIRED : 0,
    questions: [{ type: question.type, name: question.name }],
    additionals: [
      {
        type: 'OPT',
        name: '.',
        udpPayloadSize: UDP_PAYLOAD,
        extendedRcode: 0,
        ednsVersion: 0,
        flags: 0,
        flag_do: false,
        options: [],
      },
    ],
  });
}

/**
 * The answer to this question; `null` for a message that answers another one (a late or forged datagram, which is to
 * be ignored). Throws `ProbeFailure` for bytes that are no DNS message.
 */
export function decodeAnswer(bytes: Buffer, question: Question, id: number): DnsAnswer | null {
  if (bytes.length < 12 || bytes.readUInt16BE(0) !== id) return null;
  const message = decodeOrFail(bytes);
  const asked = message.questions?.[0];
  if (message.type !== 'response' || asked === undefined) return null;
  if (asked.type !== question.type || canonicalName(asked.name) !== canonicalName(question.name)) return null;
  const flags = message.flags ?? 0;
  return {
    rcode: DNS_RCODES[flags & 0xf] ?? `RCODE${flags & 0xf}`,
    isAuthoritative: (flags & 0x0400) !== 0,
    isTruncated: (flags & 0x0200) !== 0,
    ...readRecords(message.answers ?? [], question.type),
  };
}

function decodeOrFail(bytes: Buffer): ReturnType<typeof decode> {
  try {
    return decode(bytes);
  } catch (error) {
    throw new ProbeFailure('invalid-response', `not a DNS message: ${String(error)}`);
  }
}

/** A record without the fields of its type is decoded all the same, and only fails to be written. */
function readRecords(answers: readonly Answer[], type: RecordType): Pick<DnsAnswer, 'answers' | 'serial'> {
  try {
    const records = answers.filter((answer) => answer.type === type);
    const soa = records.find((record) => record.type === 'SOA');
    return { answers: records.map(textOf), serial: soa?.data.serial ?? null };
  } catch (error) {
    throw new ProbeFailure('invalid-response', `a broken ${type} record: ${String(error)}`);
  }
}

/** A record as people write it in a zone file; two texts are equal when the records are. */
export function textOf(record: Answer): string {
  switch (record.type) {
    case 'A':
      return record.data;
    case 'AAAA':
      return canonicalText('AAAA', record.data);
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return canonicalName(record.data);
    case 'MX':
      return `${record.data.preference ?? 0} ${canonicalName(record.data.exchange)}`;
    case 'SRV': {
      const { priority, weight, port, target } = record.data;
      return `${priority ?? 0} ${weight ?? 0} ${port} ${canonicalName(target)}`;
    }
    case 'TXT':
      return [record.data].flat().map(String).join('');
    case 'CAA':
      return `${record.data.flags ?? 0} ${record.data.tag} "${record.data.value}"`;
    case 'DS': {
      const { keyTag, algorithm, digestType, digest } = record.data;
      return `${keyTag} ${algorithm} ${digestType} ${digest.toString('hex').toUpperCase()}`;
    }
    case 'SOA': {
      const { mname, rname, serial, refresh, retry, expire, minimum } = record.data;
      return [canonicalName(mname), canonicalName(rname), serial, refresh, retry, expire, minimum].join(' ');
    }
    default:
      return record.type;
  }
}

/** What an operator wrote as an expected answer, in the form of `textOf`. */
export function canonicalText(type: RecordType, text: string): string {
  switch (type) {
    case 'AAAA':
      return URL.canParse(`http://[${text}]`) ? new URL(`http://[${text}]`).hostname.slice(1, -1) : text;
    case 'A':
    case 'TXT':
    case 'CAA':
      return text;
    case 'DS':
      return text.toUpperCase();
    default:
      return text.split(/\s+/).map(canonicalName).join(' ');
  }
}

/** Lower case, without the dot of the root at its end. */
export function canonicalName(name: string): string {
  return name.toLowerCase().replace(/(?<=.)\.$/, '');
}
