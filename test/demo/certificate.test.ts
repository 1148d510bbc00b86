import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { issueCertificate } from './certificate.ts';

const FROM_MS = Date.UTC(2026, 0, 1);
const TO_MS = Date.UTC(2045, 11, 31, 23, 59, 59);
const authority = issueCertificate({ name: 'Test authority', hosts: [], fromMs: FROM_MS, toMs: TO_MS });
const server = issueCertificate({
  name: 'api.example',
  hosts: ['api.example', '127.0.0.1'],
  fromMs: FROM_MS,
  toMs: TO_MS,
  issuer: authority,
});

describe('issueCertificate', () => {
  it('the authority signs itself and the server, and nobody else does', () => {
    const root = new X509Certificate(authority.certificatePem);
    const leaf = new X509Certificate(server.certificatePem);
    expect(root.ca).toBe(true);
    expect(leaf.ca).toBe(false);
    expect(root.verify(root.publicKey)).toBe(true);
    expect(leaf.checkIssued(root)).toBe(true);
    expect(leaf.verify(root.publicKey)).toBe(true);
    expect(leaf.verify(leaf.publicKey)).toBe(false);
  });

  it('names, validity and key are those asked for', () => {
    const leaf = new X509Certificate(server.certificatePem);
    expect(leaf.subjectAltName).toBe('DNS:api.example, IP Address:127.0.0.1');
    expect(leaf.validFromDate.getTime()).toBe(FROM_MS);
    expect(leaf.validToDate.getTime()).toBe(TO_MS);
    expect(leaf.checkPrivateKey(server.key)).toBe(true);
  });

  it('many names make lengths of one, two and three bytes, and all are read back', () => {
    for (const count of [1, 8, 40]) {
      const hosts = Array.from({ length: count }, (_, index) => `host-${index}.example`);
      const issued = issueCertificate({ name: 'x', hosts, fromMs: FROM_MS, toMs: TO_MS, issuer: authority });
      const names = new X509Certificate(issued.certificatePem).subjectAltName;
      expect(names).toBe(hosts.map((host) => `DNS:${host}`).join(', '));
    }
  });

  it('a client that trusts the authority accepts the server by name and by address', async () => {
    const listening = createServer({ cert: server.certificatePem, key: server.keyPem }).listen(0, '127.0.0.1');
    await once(listening, 'listening');
    const { port } = listening.address() as AddressInfo;
    for (const servername of ['api.example', undefined]) {
      const options = servername === undefined ? {} : { servername };
      const socket = connect({ host: '127.0.0.1', port, ca: authority.certificatePem, ...options });
      await once(socket, 'secureConnect');
      expect(socket.authorized).toBe(true);
      socket.destroy();
    }
    listening.close();
  });
});
