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
  issue(request: CertificateRequest): Certificate;
  remove(): void;
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

export function createAuthority(): Authority {
  const folder = mkdtempSync(join(tmpdir(), 'nines-ca-'));
  const [caKey, caFile] = [join(folder, 'ca.key'), join(folder, 'ca.pem')];
  openssl('req', '-x509', ...NEW_KEY, '-keyout', caKey, '-out', caFile, '-subj', '/CN=Nines test CA', '-days', '3650');
  let count = 0;
  return {
    caFile,
    issue({ names, days = 90 }) {
      const leaf = join(folder, `leaf-${++count}`);
      openssl('req', '-new', ...NEW_KEY, '-keyout', `${leaf}.key`, '-out', `${leaf}.csr`, '-subj', '/CN=leaf');
      const alternatives = names.map((name) => (/^[\d.]+$|:/.test(name) ? `IP:${name}` : `DNS:${name}`));
      writeFileSync(`${leaf}.ext`, `subjectAltName=${alternatives.join(',')}\n`);
      const signing = ['-CA', caFile, '-CAkey', caKey, '-set_serial', String(count), '-days', String(days)];
      openssl('x509', '-req', '-in', `${leaf}.csr`, '-out', `${leaf}.pem`, '-extfile', `${leaf}.ext`, ...signing);
      return { key: readFileSync(`${leaf}.key`, 'utf8'), cert: readFileSync(`${leaf}.pem`, 'utf8') };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function openssl(...args: readonly string[]): void {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
