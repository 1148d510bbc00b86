import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AmiMessage, AmiParser, encodeAction } from '../../../shared/src/phone/ami-message.ts';
import { ProtocolError } from '../../../shared/src/phone/protocol-error.ts';
import { captureBytes } from '../../support/capture-text.ts';

const FOLDER = join(import.meta.dirname, '../../captures/asterisk/transcripts');
const TRANSCRIPTS = readdirSync(FOLDER).filter((name) => name.endsWith('.s2c'));

const plain = (messages: readonly AmiMessage[]) => messages.map((one) => ({ ...one, fields: [...one.fields] }));

/** So much is parsed anew for each cut; of longer ones each message is cut beside its neighbours, which is the same. */
const WHOLE_BYTES = 8_000;

/** Bytes that a parser is given from an empty state, and where they are cut. */
function piecesOf(bytes: Uint8Array): Uint8Array[] {
  if (bytes.length <= WHOLE_BYTES) return [bytes];
  const text = Buffer.from(bytes).toString('latin1');
  const [greeting = '', ...messages] = text.split(/(?<=\r\n\r\n|^[^\r]*\r\n)/);
  return messages.map((message, index) => Buffer.from(`${greeting}${messages[index - 1] ?? ''}${message}`, 'latin1'));
}

describe('what Asterisk says on its manager port', () => {
  it.each(TRANSCRIPTS)('%s is the same, byte by byte and cut into two at every offset', (name) => {
    const bytes = captureBytes(`asterisk/transcripts/${name}`);
    const whole = new AmiParser().take(bytes);
    // An independent count: every message has one of these lines at its beginning.
    expect(whole).toHaveLength(bytes.toString().match(/^(?:Response|Event): /gm)?.length ?? 0);
    for (const piece of piecesOf(bytes)) expectSameAtEveryCut(piece);
    const parser = new AmiParser();
    const single = Array.from(bytes, (_, index) => parser.take(bytes.subarray(index, index + 1))).flat();
    expect(plain(single)).toEqual(plain(whole));
  });

  it('the first calls of a busy run are the same cut at every offset', () => {
    const bytes = captureBytes('asterisk/run1/events-monitor.s2c').subarray(0, 40_000);
    for (const piece of piecesOf(bytes.subarray(0, bytes.lastIndexOf('\r\n\r\n') + 4))) expectSameAtEveryCut(piece);
  });

  it('has names in every script, also when a letter is cut', () => {
    const parser = new AmiParser();
    const bytes = captureBytes('asterisk/run1/events-monitor.s2c').subarray(0, 8_000);
    const single = Array.from(bytes, (_, index) => parser.take(bytes.subarray(index, index + 1))).flat();
    expect(single.some(({ fields }) => fields.get('calleridname') === '李 雷')).toBe(true);
  });

  it('any other greeting is refused at its first wrong letter', () => {
    expect(() => new AmiParser().take(Buffer.from('HTTP/1.1 400'))).toThrow(ProtocolError);
    expect(() => new AmiParser().take(Buffer.from('Asterisk Call Manages'))).toThrow(ProtocolError);
  });

  it('a message without end is refused before it fills the memory', () => {
    const parser = new AmiParser();
    parser.take(Buffer.from('Asterisk Call Manager/11.0.0\r\n'));
    expect(() => parser.take(Buffer.alloc(2 ** 20 + 1, 'x'))).toThrow(ProtocolError);
  });

  it('no bytes make it fail in another way', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 80 })), (pieces) => {
        const parser = new AmiParser();
        parser.take(Buffer.from('Asterisk Call Manager/11.0.0\r\n'));
        for (const piece of pieces) expect(Array.isArray(parser.take(piece))).toBe(true);
      }),
    );
  });
});

function expectSameAtEveryCut(bytes: Uint8Array): void {
  const whole = new AmiParser().take(bytes);
  const expected = JSON.stringify(plain(whole));
  for (let cut = 0; cut <= bytes.length; cut++) {
    const parser = new AmiParser();
    const pieces = [...parser.take(bytes.subarray(0, cut)), ...parser.take(bytes.subarray(cut))];
    if (pieces.length !== whole.length) expect.fail(`cut at ${cut}`);
    // Comparing is dearer than parsing: a cut that keeps the number changes what is beside it, within some bytes.
    if (cut % 7 === 0 && JSON.stringify(plain(pieces)) !== expected) expect.fail(`other messages when cut at ${cut}`);
  }
}

describe('an action', () => {
  it('is a message with its id', () => {
    const text = encodeAction('QueueStatus', '7', { Queue: 'support' });
    expect(text).toBe('Action: QueueStatus\r\nActionID: 7\r\nQueue: support\r\n\r\n');
  });

  it('cannot smuggle in another one', () => {
    expect(() => encodeAction('Login', '1', { Username: 'a\r\nAction: Originate' })).toThrow(ProtocolError);
  });
});
