import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

export interface CertificateRequest {
  /** Names and addresses that the certificate is for. */
  readonly names: readonly string[];
  /** From now on; below zero the certificate has already expired. */
  readonly days?: number;
}

/** A certificate authority that lives as long as a test file. */
export interface Authority {
  /** The CA's own certificate as a file, for `createTrust`. */
  readonly caFile: string;
  /** `cert` is the whole chain that a server presents, without the root. */
  issue(request: CertificateRequest): Certificate;
  /** An authority below this one, whose own certificate is good for so many days. */
  intermediate(days: number): Pick<Authority, 'issue'>;
  remove(): void;
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

export function createAuthority(): Authority {
  const folder = mkdtempSync(join(tmpdir(), 'nines-ca-'));
  const [caKey, caFile] = [join(folder, 'ca.key'), join(folder, 'ca.pem')];
  openssl('req', '-x509', ...NEW_KEY, '-keyout', caKey, '-out', caFile, '-subj', '/CN=Nines test CA', '-days', '3650');
  const root = { key: caKey, file: caFile, chain: '' };
  let count = 0;
  const sign = (
    issuer: Issuer,
    subject: string,
    { extensions, days }: { extensions: string; days: number },
  ): Issuer => {
    const path = join(folder, `certificate-${++count}`);
    openssl('req', '-new', ...NEW_KEY, '-keyout', `${path}.key`, '-out', `${path}.csr`, '-subj', subject);
    writeFileSync(`${path}.ext`, `${extensions}\n`);
    const signing = ['-CA', issuer.file, '-CAkey', issuer.key, '-set_serial', String(count), '-days', String(days)];
    openssl('x509', '-req', '-in', `${path}.csr`, '-out', `${path}.pem`, '-extfile', `${path}.ext`, ...signing);
    return { key: `${path}.key`, file: `${path}.pem`, chain: readFileSync(`${path}.pem`, 'utf8') + issuer.chain };
  };
  const issueBelow =
    (issuer: Issuer) =>
    ({ names, days = 90 }: CertificateRequest): Certificate => {
      const alternatives = names.map((name) => (/^[\d.]+$|:/.test(name) ? `IP:${name}` : `DNS:${name}`));
      const leaf = sign(issuer, '/CN=leaf', { extensions: `subjectAltName=${alternatives.join(',')}`, days });
      return { key: readFileSync(leaf.key, 'utf8'), cert: leaf.chain };
    };
  return {
    caFile,
    issue: issueBelow(root),
    intermediate(days) {
      const extensions = 'basicConstraints=critical,CA:true\nkeyUsage=keyCertSign';
      return { issue: issueBelow(sign(root, '/CN=Nines test intermediate', { extensions, days })) };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Files of one that signs, and the certificates that a server shows beside those it signed. */
interface Issuer {
  readonly key: string;
  readonly file: string;
  readonly chain: string;
}

function openssl(...args: readonly string[]): void {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
