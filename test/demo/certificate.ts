import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';

/** A certificate with its private key, both as PEM for `node:tls`, and what signs others. */
export interface Identity {
  readonly name: string;
  readonly certificatePem: string;
  readonly keyPem: string;
  readonly key: KeyObject;
}

export interface CertificateRequest {
  readonly name: string;
  /** Host names and addresses that it is valid for; empty for an authority. */
  readonly hosts: readonly string[];
  readonly fromMs: number;
  readonly toMs: number;
  /** Who signs; itself when absent, which makes it an authority. */
  readonly issuer?: Identity;
}

/** A new P-256 key and its X.509 certificate (RFC 5280), in plain Node: a newcomer's machine may have no `openssl`. */
export function issueCertificate(request: CertificateRequest): Identity {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicInfo = publicKey.export({ type: 'spki', format: 'der' });
  const issuerName = request.issuer?.name ?? request.name;
  const body = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([0x40]), randomBytes(15)])),
    ECDSA_WITH_SHA256,
    distinguishedName(issuerName),
    sequence(time(request.fromMs), time(request.toMs)),
    distinguishedName(request.name),
    publicInfo,
    explicit(3, extensions(request, publicInfo)),
  );
  const signature = sign('sha256', body, request.issuer?.key ?? privateKey);
  const certificate = sequence(body, ECDSA_WITH_SHA256, bitString(signature));
  return {
    name: request.name,
    certificatePem: pem('CERTIFICATE', certificate),
    keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    key: privateKey,
  };
}

function extensions({ hosts, issuer }: CertificateRequest, publicInfo: Buffer): Buffer {
  const isAuthority = issuer === undefined;
  const list = [
    // basicConstraints, keyUsage (keyCertSign or digitalSignature), subjectKeyIdentifier: RFC 5280, 4.2.1.
    extension('2.5.29.19', isAuthority ? sequence(boolean(true)) : sequence(), true),
    extension('2.5.29.15', isAuthority ? Buffer.from([3, 2, 2, 4]) : Buffer.from([3, 2, 7, 0x80]), true),
    extension('2.5.29.14', octets(keyId(publicInfo))),
  ];
  if (!isAuthority) {
    // authorityKeyIdentifier, and serverAuth as extKeyUsage.
    const issuerInfo = createPublicKey(issuer.key).export({ type: 'spki', format: 'der' });
    list.push(extension('2.5.29.35', sequence(tag(0x80, keyId(issuerInfo)))));
    list.push(extension('2.5.29.37', sequence(objectId('1.3.6.1.5.5.7.3.1'))));
  }
  if (hosts.length > 0) list.push(extension('2.5.29.17', sequence(...hosts.map(alternativeName))));
  return sequence(...list);
}

function keyId(publicInfo: Buffer): Buffer {
  return createHash('sha1').update(publicInfo).digest();
}

function alternativeName(host: string): Buffer {
  if (isIP(host) === 0) return tag(0x82, Buffer.from(host, 'ascii'));
  if (isIP(host) === 6) throw new Error('only IPv4 addresses are known here');
  return tag(0x87, Buffer.from(host.split('.').map(Number)));
}

function distinguishedName(commonName: string): Buffer {
  return sequence(tag(0x31, sequence(objectId('2.5.4.3'), tag(0x0c, Buffer.from(commonName, 'utf8')))));
}

function extension(id: string, value: Buffer, isCritical = false): Buffer {
  return sequence(objectId(id), ...(isCritical ? [boolean(true)] : []), octets(value));
}

/** UTCTime, as RFC 5280, 4.1.2.5 wants it until 2049: `YYMMDDHHMMSSZ`. */
function time(atMs: number): Buffer {
  return tag(
    0x17,
    Buffer.from(
      `${new Date(atMs)
        .toISOString()
        .replace(/[-:T]|\.\d+/g, '')
        .slice(2)}`,
      'ascii',
    ),
  );
}

function objectId(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  return tag(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(value: number): number[] {
  const bytes = [value & 0x7f];
  for (let left = value >>> 7; left > 0; left >>>= 7) bytes.unshift((left & 0x7f) | 0x80);
  return bytes;
}

/** One DER element: tag, length in its shortest form, contents (less than 64 KiB). */
function tag(number: number, ...parts: readonly Buffer[]): Buffer {
  const contents = Buffer.concat(parts);
  const { length } = contents;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([number, ...size]), contents]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tag(0x30, ...parts);
}

function explicit(number: number, part: Buffer): Buffer {
  return tag(0xa0 + number, part);
}

function integer(bytes: Buffer): Buffer {
  return tag(0x02, bytes);
}

function boolean(value: boolean): Buffer {
  return tag(0x01, Buffer.from([value ? 0xff : 0]));
}

function octets(bytes: Buffer): Buffer {
  return tag(0x04, bytes);
}

function bitString(bytes: Buffer): Buffer {
  return tag(0x03, Buffer.from([0]), bytes);
}

const ECDSA_WITH_SHA256 = sequence(objectId('1.2.840.10045.4.3.2'));

function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
