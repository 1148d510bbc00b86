import { spawn } from 'node:child_process';
import { requireProgram } from './daemon.ts';

/** What an independent tool (curl, dig, openssl …) said. */
export interface ToolResult {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a tool of the system to its end, in the C locale, with `input` as what it reads. */
export function runTool(program: string, args: readonly string[], input = ''): Promise<ToolResult> {
  const child = spawn(requireProgram(program), args, { env: { ...process.env, LC_ALL: 'C' }, stdio: 'pipe' });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => {
    out += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    err += String(chunk);
  });
  // A tool that ends before it has read everything is no failure of the test.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, out, err }));
  });
}

/** What `openssl s_client` saw of a TLS server. */
export interface OpensslView {
  /** Unix seconds at which the first of the presented certificates expires. */
  readonly earliestExpiry: number;
  /** `X509_V_ERR_*` as a number; 0 when the chain is good for the name. */
  readonly verifyCode: number;
}

/** Asks `openssl` for the certificates of `host:port`, as a client that trusts `caFile` and wants `name`. */
export async function askOpenssl(
  connect: string,
  { caFile, name, starttls }: { readonly caFile: string; readonly name: string; readonly starttls?: string },
): Promise<OpensslView> {
  const identity = /^[\d.]+$/.test(name)
    ? ['-verify_ip', name, '-noservername']
    : ['-verify_hostname', name, '-servername', name];
  const upgrade = starttls === undefined ? [] : ['-starttls', starttls];
  const args = ['s_client', '-connect', connect, '-CAfile', caFile, '-showcerts', ...identity, ...upgrade];
  const { out, err } = await runTool('openssl', args, 'Q\n');
  const certificates = out.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const code = /Verify return code: (\d+)/.exec(out)?.[1];
  if (certificates.length === 0 || code === undefined) throw new Error(`openssl s_client ${connect}: ${err}${out}`);
  const expiries = await Promise.all(certificates.map(expiryOf));
  return { earliestExpiry: Math.min(...expiries), verifyCode: Number(code) };
}

async function expiryOf(certificate: string): Promise<number> {
  const { out } = await runTool('openssl', ['x509', '-noout', '-enddate', '-dateopt', 'iso_8601'], certificate);
  const text = /notAfter=(\S+ \S+)/.exec(out)?.[1] ?? '';
  return Date.parse(text.replace(' ', 'T')) / 1000;
}
