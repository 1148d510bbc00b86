import { BlockError, type ByteReader, type ByteWriter } from './byte-stream.ts';

/** Names that are one byte, by their place plus one; others are written out. Released places never change. */
const KNOWN = [
  'total',
  'resolve',
  'connect',
  'tls',
  'processing',
  'transfer',
  'status',
  'bytes',
  'redirects',
  'certificate_expires_at',
];

export function writeName(writer: ByteWriter, name: string): void {
  const place = KNOWN.indexOf(name) + 1;
  writer.number(place);
  if (place === 0) writer.text(name);
}

/** Throws `BlockError`. */
export function readName(reader: ByteReader): string {
  const place = reader.number();
  if (place === 0) return reader.text();
  const name = KNOWN[place - 1];
  if (name === undefined) throw new BlockError(`there is no name ${place}; update the collector`);
  return name;
}
