import * as z from 'zod';
import { port, secret } from '../config/fields.ts';
import { CALLS } from '../phone/call.ts';
import { queues } from '../phone/options.ts';
import { host, ipFamily, refineFamily } from './connection.ts';
import { queueValues } from './phone-values.ts';
import { type ProbeType, phaseValue, totalValue } from './probe.ts';

const PHASES = 'probe_event_socket_duration_seconds';

const options = z
  .strictObject({
    type: z.literal('freeswitch'),
    host,
    port: port.default(8021),
    ip: ipFamily,
    /** Of `event_socket.conf.xml`. It goes over the connection as it is, so the agent belongs onto the same host. */
    password: secret,
    /** Names with their domain, such as `support@default`. */
    queues,
  })
  .superRefine((options, context) => refineFamily(options.host, options.ip, context));

export type FreeswitchOptions = z.output<typeof options>;

/** FreeSWITCH's mod_callcenter: queues as they stand, and calls as events of the stream `calls`. */
export const freeswitch = {
  options,
  streams: [CALLS],
  // mod_callcenter lets everybody in; who cannot be served leaves with a reason.
  hearsRefused: () => true,
  values: {
    resolve: phaseValue(PHASES, 'resolve', 'Name resolution; absent while the connection of an earlier run holds.'),
    connect: phaseValue(PHASES, 'connect', 'TCP connection.'),
    login: phaseValue(PHASES, 'login', 'Greeting, password and asking for events.'),
    request: phaseValue(PHASES, 'request', 'Asking how the queues stand.'),
    total: totalValue,
    ...queueValues,
  },
} satisfies ProbeType;
