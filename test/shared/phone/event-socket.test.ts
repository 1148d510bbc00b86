import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventSocketParser, encodeCommand, eventFields } from '../../../shared/src/phone/event-socket.ts';
import { ProtocolError } from '../../../shared/src/phone/protocol-error.ts';
import { plainEvent } from '../../support/probe-targets/freeswitch-target.ts';

/** A login, an answer with a body, an event, one more answer: as mod_event_socket sends them. */
const BODY = 'name|strategy\nbüro@default|ring-all\n+OK\n';
const TRANSCRIPT = [
  'Content-Type: auth/request\n\n',
  'Content-Type: command/reply\nReply-Text: +OK accepted\n\n',
  `Content-Type: api/response\nContent-Length: ${Buffer.byteLength(BODY)}\n\n${BODY}`,
  plainEvent({ 'CC-Queue': 'büro@default', 'CC-Action': 'member-queue-start', 'CC-Member-CID-Name': 'a: b\n\nc' }),
  'Content-Type: command/reply\nReply-Text: +OK event listener enabled plain\n\n',
  'Content-Type: text/disconnect-notice\nContent-Length: 14\n\nDisconnected.\n',
].join('');

function messagesOf(...pieces: readonly Uint8Array[]) {
  const parser = new EventSocketParser();
  return pieces.flatMap((piece) => parser.take(piece));
}

describe('what FreeSWITCH says on its event socket', () => {
  const bytes = Buffer.from(TRANSCRIPT);
  const whole = messagesOf(bytes);

  it('is read message by message, bodies counted in bytes', () => {
    expect(whole.map(({ contentType }) => contentType)).toEqual([
      'auth/request',
      'command/reply',
      'api/response',
      'text/event-plain',
      'command/reply',
      'text/disconnect-notice',
    ]);
    expect(whole[2]?.body).toBe(BODY);
  });

  it('is the same split at every offset, and byte by byte', () => {
    for (let cut = 0; cut <= bytes.length; cut++) {
      expect(messagesOf(bytes.subarray(0, cut), bytes.subarray(cut))).toEqual(whole);
    }
    expect(messagesOf(...Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(whole);
  });

  it('has events whose values are decoded, whatever is in them', () => {
    const [event] = messagesOf(Buffer.from(plainEvent({ 'CC-Queue': 'büro@default', name: 'a: b\n\nc|%' })));
    const fields = event === undefined ? new Map() : eventFields(event);
    expect([fields.get('CC-Queue'), fields.get('name')]).toEqual(['büro@default', 'a: b\n\nc|%']);
  });

  it.each(['HTTP/1.1 400 Bad Request\r\n\r\n', 'SSH-2.0-OpenSSH_9.2\r\n', 'Content-Length: 5\n\nhello', 'x'])(
    'something else is noticed: %j',
    (text) => {
      expect(() => messagesOf(Buffer.from(text))).toThrow(ProtocolError);
    },
  );

  it('rubbish is refused or waited for, and never hangs', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (rubbish) => {
        try {
          messagesOf(Buffer.from('Content-Type: auth/request\n\n'), rubbish);
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('a command is one line', () => {
    expect(encodeCommand('api status')).toBe('api status\n\n');
    expect(() => encodeCommand('auth a\n\nb')).toThrow(ProtocolError);
  });
});
