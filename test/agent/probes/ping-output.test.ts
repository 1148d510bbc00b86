import { describe, expect, it } from 'vitest';
import { readFping, readPing, summarize } from '../../../agent/src/probes/ping-output.ts';

// Captured from fping 5.1 and iputils 20221126 on Debian 12; BusyBox 1.35 writes the third form.
const IPUTILS = `PING 127.0.0.1 (127.0.0.1) 56(84) bytes of data.
64 bytes from 127.0.0.1: icmp_seq=1 ttl=64 time=0.010 ms
64 bytes from 127.0.0.1: icmp_seq=2 ttl=64 time=0.042 ms
64 bytes from 127.0.0.1: icmp_seq=3 ttl=64 time=0.043 ms

--- 127.0.0.1 ping statistics ---
3 packets transmitted, 3 received, 0% packet loss, time 407ms
rtt min/avg/max/mdev = 0.010/0.031/0.043/0.015 ms
`;

const IPUTILS_V6 = `PING ::1(::1) 56 data bytes
64 bytes from ::1: icmp_seq=1 ttl=64 time=0.029 ms
64 bytes from ::1: icmp_seq=2 ttl=64 time=0.046 ms

--- ::1 ping statistics ---
2 packets transmitted, 2 received, 0% packet loss, time 203ms
rtt min/avg/max/mdev = 0.029/0.037/0.046/0.008 ms
`;

describe('the output of fping', () => {
  it.each([
    ['127.0.0.1 : 0.269 0.042 0.047\n', [269, 42, 47]],
    ['::1 : 0.452 0.096 0.101\n', [452, 96, 101]],
    ['10.9.9.1 : - - -\n', [null, null, null]],
    ['192.0.2.1 : 12.3 - 1234\n', [12_300, null, 1_234_000]],
    ['192.0.2.1    : 0.61\n', [610]],
    ['ICMP Host Unreachable from 10.0.0.1 for ICMP Echo sent to 10.0.0.9\n10.0.0.9 : - 0.5\n', [null, 500]],
  ])('%j', (output, trips) => {
    expect(readFping(output)).toEqual(trips);
  });

  it.each(['', 'nosuch.invalid: Name or service not known\n', "fping: can't create raw socket (must run as root?)\n"])(
    'without results is not read as loss: %j',
    (output) => expect(readFping(output)).toBeNull(),
  );
});

describe('the output of ping', () => {
  it('iputils', () => {
    expect(readPing(IPUTILS, 3)).toEqual([10, 42, 43]);
    expect(readPing(IPUTILS_V6, 2)).toEqual([29, 46]);
  });

  it('a packet without an answer is lost, an answer that comes twice counts once', () => {
    const output = IPUTILS.replace(
      /.*icmp_seq=2.*\n/,
      '64 bytes from 127.0.0.1: icmp_seq=1 ttl=64 time=9.9 ms (DUP!)\n',
    );
    expect(readPing(output, 3)).toEqual([10, null, 43]);
  });

  it('all lost', () => {
    const output =
      'PING 10.9.9.1 (10.9.9.1) 56(84) bytes of data.\n\n--- 10.9.9.1 ping statistics ---\n3 packets transmitted, 0 received, 100% packet loss, time 400ms\n\n';
    expect(readPing(output, 3)).toEqual([null, null, null]);
  });

  it('BusyBox counts from 0', () => {
    const output = `PING 127.0.0.1 (127.0.0.1): 56 data bytes
64 bytes from 127.0.0.1: seq=0 ttl=64 time=0.064 ms
64 bytes from 127.0.0.1: seq=1 ttl=64 time=0.111 ms

--- 127.0.0.1 ping statistics ---
2 packets transmitted, 2 packets received, 0% packet loss
`;
    expect(readPing(output, 2)).toEqual([64, 111]);
  });

  it.each(['', 'ping: connect: Network is unreachable\n', 'ping: nosuch.invalid: Name or service not known\n'])(
    'that never began to send is not read as loss: %j',
    (output) => expect(readPing(output, 3)).toBeNull(),
  );
});

describe('what round trips add up to', () => {
  it('mean, extremes, mean step between neighbours, and the share lost', () => {
    // (100 + 200 + 150) / 3 = 150; steps |200-100| and |150-200|, mean 75; 1 of 4 lost.
    expect(summarize([100, 200, null, 150])).toEqual({
      rtt: 150,
      rtt_min: 100,
      rtt_max: 200,
      jitter: 75,
      loss: 250_000,
    });
  });

  it('one answer has no jitter, none has no round trip', () => {
    expect(summarize([null, 100, null])).toEqual({ rtt: 100, rtt_min: 100, rtt_max: 100, loss: 666_667 });
    expect(summarize([null, null])).toEqual({ loss: 1_000_000 });
  });
});
