import { runTool } from './tool.ts';

/** What curl reports of an exchange. */
export interface CurlView {
  /** 0 when it got an answer; 60 for a certificate that it does not trust, 28 for a timeout, 7 for no connection. */
  readonly exitCode: number;
  readonly status: number;
  /** `1.1` or `2`. */
  readonly version: string;
  /** Bytes of the body as they came over the wire. */
  readonly bytes: number;
  readonly redirects: number;
  readonly contentType: string | null;
}

/** Fetches the address with curl and further arguments of its own. */
export async function askCurl(url: string, ...args: readonly string[]): Promise<CurlView> {
  const { out } = await runTool('curl', ['--silent', '--output', '/dev/null', '--write-out', '%{json}', ...args, url]);
  const { exitcode, http_code, http_version, size_download, num_redirects, content_type } = JSON.parse(out);
  return {
    exitCode: exitcode,
    status: http_code,
    version: http_version,
    bytes: size_download,
    redirects: num_redirects,
    contentType: content_type,
  };
}
