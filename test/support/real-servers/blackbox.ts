import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../programs.ts';
import { answersHttp, startDaemon } from './daemon.ts';
import { MAIL_NAME } from './postfix.ts';

/** Debian's blackbox_exporter, the peer whose metric names Nines takes. */
export interface Blackbox {
  /** `127.0.0.1:PORT`. */
  readonly address: string;
  /** Probes once, by one of the modules below, and gives the page. */
  probe(module: string, target: string): Promise<string>;
  stop(): Promise<void>;
}

export async function startBlackbox(folder: string, caFile: string): Promise<Blackbox> {
  const address = `127.0.0.1:${await freePort()}`;
  const config = join(folder, 'blackbox.yml');
  // JSON is YAML.
  writeFileSync(config, JSON.stringify({ modules: modules(caFile) }, null, 1));
  const daemon = await startDaemon({
    program: 'prometheus-blackbox-exporter',
    // Half a second less than the scrape's timeout, as is the default, would be half of a scrape each second.
    args: [`--config.file=${config}`, `--web.listen-address=${address}`, '--timeout-offset=0.1'],
    isReady: () => answersHttp(`http://${address}/-/healthy`),
  });
  return {
    address,
    async probe(module, target) {
      const response = await fetch(`http://${address}/probe?${new URLSearchParams({ module, target })}`);
      return response.text();
    },
    async stop() {
      await daemon.stop();
    },
  };
}

function modules(caFile: string): Readonly<Record<string, unknown>> {
  const v4 = { preferred_ip_protocol: 'ip4', ip_protocol_fallback: false };
  const tls = { ca_file: caFile };
  return {
    http: { prober: 'http', http: v4 },
    https: { prober: 'http', http: { ...v4, tls_config: tls } },
    smtp: {
      prober: 'tcp',
      tcp: {
        ...v4,
        tls_config: { ...tls, server_name: MAIL_NAME },
        query_response: [
          { expect: '^220 ' },
          { send: 'EHLO monitor.nines.test\r' },
          { expect: '^250[ -]STARTTLS' },
          { expect: '^250 ' },
          { send: 'STARTTLS\r' },
          { expect: '^220 ' },
          { starttls: true },
          { send: 'QUIT\r' },
        ],
      },
    },
    dns: { prober: 'dns', dns: { ...v4, query_name: 'nines.test', query_type: 'SOA' } },
    icmp: { prober: 'icmp', icmp: v4 },
  };
}
