import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asAfterBoot } from './as-after-boot.ts';
import { requireProgram } from './needs.ts';
import { freePort, type Running, startProcess } from './process.ts';

export interface Blackbox {
  readonly running: Running;
  /** `127.0.0.1:PORT`. */
  readonly address: string;
  /** Path and query of a probe; the module is `http` for both schemes. */
  probePath(url: string): string;
}

export interface BlackboxOptions {
  /** The only core that it may use, and then its only Go processor. */
  readonly core?: number;
  /** See `asAfterBoot`. */
  readonly isAsAfterBoot?: boolean;
}

/** Debian's blackbox_exporter. */
export async function startBlackbox(
  folder: string,
  caFile: string | null,
  { core, isAsAfterBoot = false }: BlackboxOptions = {},
): Promise<Blackbox> {
  const program = requireProgram('prometheus-blackbox-exporter');
  const config = join(folder, 'blackbox.yml');
  const tls = caFile === null ? {} : { tls_config: { ca_file: caFile } };
  const http = { preferred_ip_protocol: 'ip4', ip_protocol_fallback: false, ...tls };
  // JSON is YAML.
  writeFileSync(config, JSON.stringify({ modules: { http: { prober: 'http', timeout: '10s', http } } }));
  const address = `127.0.0.1:${await freePort()}`;
  const running = await startProcess({
    command: [
      isAsAfterBoot ? asAfterBoot(program, folder) : program,
      `--config.file=${config}`,
      `--web.listen-address=${address}`,
      '--log.level=error',
    ],
    ...(core === undefined ? {} : { core, env: { GOMAXPROCS: '1' } }),
    readyUrl: `http://${address}/-/healthy`,
  });
  return {
    running,
    address,
    probePath: (url) => `/probe?${new URLSearchParams({ module: 'http', target: url })}`,
  };
}

/** The samples of a probe's page by their name and labels as they are written. */
export function readPage(page: string): Map<string, number> {
  const samples = new Map<string, number>();
  for (const line of page.split('\n')) {
    const space = line.lastIndexOf(' ');
    if (!line.startsWith('#') && space > 0) samples.set(line.slice(0, space), Number(line.slice(space + 1)));
  }
  return samples;
}
