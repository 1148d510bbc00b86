import * as z from 'zod';
import { hostPort } from '../config/fields.ts';
import { type ProbeType, phaseValue, totalValue } from './probe.ts';

const PHASES = 'probe_dns_duration_seconds';

export const DNS_TYPES = ['A', 'AAAA', 'CAA', 'CNAME', 'DS', 'MX', 'NS', 'PTR', 'SOA', 'SRV', 'TXT'] as const;
export const DNS_RCODES = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'] as const;

const options = z.strictObject({
  type: z.literal('dns'),
  name: z.string().min(1).max(253),
  record: z.enum(DNS_TYPES).default('A'),
  /** A resolver `host:port`, or the system's own. */
  resolver: hostPort.optional(),
  /** Ask every server that the zone's NS records name, each of which has to answer with authority and alike. */
  authoritative: z.boolean().default(false),
  /** Port of the authoritative servers. */
  authoritative_port: z.int().min(1).max(65_535).default(53),
  transport: z.enum(['udp', 'tcp']).default('udp'),
  /** With `NOERROR` at least one answer of the asked type is expected. */
  expect: z
    .strictObject({
      rcode: z.enum(DNS_RCODES).default('NOERROR'),
      /** The complete set of answers in any order, as text: `192.0.2.1`, `10 mx.example.net`. */
      answers: z.array(z.string().min(1)).min(1).optional(),
      /** Answers that have to be among them. */
      contains: z.array(z.string().min(1)).min(1).optional(),
    })
    .prefault({}),
});

export type DnsOptions = z.output<typeof options>;

/** One DNS question, to one resolver or to every authoritative server of the zone. */
export const dns = {
  options,
  values: {
    resolve: phaseValue(PHASES, 'resolve', 'Finding the address of the server to ask, or the authoritative servers.'),
    connect: phaseValue(PHASES, 'connect', 'TCP connection; 0 over UDP.'),
    request: phaseValue(
      PHASES,
      'request',
      'Question sent until the answer; the slowest server when there are several.',
    ),
    total: totalValue,
    answers: {
      unit: 'count',
      help: 'Answers received.',
      metric: { name: 'probe_dns_answer_rrs', help: 'Answer records in the last run.' },
    },
    servers: {
      unit: 'count',
      help: 'Servers that answered.',
      metric: { name: 'probe_dns_servers_answered', help: 'Servers that answered in the last run.' },
    },
    serial: {
      unit: 'code',
      help: 'Serial of the SOA record.',
      metric: { name: 'probe_dns_serial', help: 'Serial of the zone.' },
    },
  },
} satisfies ProbeType;
