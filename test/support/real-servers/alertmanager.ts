import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../programs.ts';
import { answersHttp, type Daemon, startDaemon } from './daemon.ts';

export interface AlertmanagerOptions {
  /** Where its own folder is made, or was made at an earlier start. */
  readonly folder: string;
  readonly port: number;
  /** Address of the webhook that it tells. */
  readonly pager: string;
  /** Its part of a cluster: where it gossips, and with whom; alone when absent. */
  readonly cluster?: { readonly port: number; readonly peer: number | null };
  /** Lines of its `--web.config.file`. */
  readonly web?: object;
}

/** Debian's Alertmanager, which tells its pager at once. */
export function startAlertmanager({ folder, port, pager, cluster, web }: AlertmanagerOptions): Promise<Daemon> {
  const directory = join(folder, `alertmanager-${port}`);
  mkdirSync(directory, { recursive: true });
  const write = (name: string, content: object) => {
    const path = join(directory, name);
    // JSON is YAML.
    writeFileSync(path, JSON.stringify(content));
    return path;
  };
  const route = { receiver: 'pager', group_by: ['alertname'], group_wait: '100ms', group_interval: '1s' };
  const config = write('alertmanager.yml', {
    route,
    receivers: [{ name: 'pager', webhook_configs: [{ url: pager }] }],
  });
  const gossip = cluster === undefined ? '' : `127.0.0.1:${cluster.port}`;
  return startDaemon({
    program: 'prometheus-alertmanager',
    args: [
      `--config.file=${config}`,
      `--storage.path=${directory}`,
      `--web.listen-address=127.0.0.1:${port}`,
      `--cluster.listen-address=${gossip}`,
      ...(cluster === undefined
        ? []
        : ['--cluster.pushpull-interval=1s', '--cluster.gossip-interval=50ms', '--cluster.peer-timeout=2s']),
      ...(cluster?.peer == null ? [] : [`--cluster.peer=127.0.0.1:${cluster.peer}`]),
      ...(web === undefined ? [] : [`--web.config.file=${write('web.yml', web)}`]),
    ],
    isReady: () => (web === undefined ? answersHttp(`http://127.0.0.1:${port}/-/ready`) : Promise.resolve(true)),
  });
}

/** Two that tell each other. */
export async function startAlertmanagers(
  folder: string,
  pager: string,
): Promise<readonly { readonly port: number; readonly daemon: Daemon }[]> {
  const [first, second, firstGossip, secondGossip] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  return [
    {
      port: first,
      daemon: await startAlertmanager({ folder, port: first, pager, cluster: { port: firstGossip, peer: null } }),
    },
    {
      port: second,
      daemon: await startAlertmanager({
        folder,
        port: second,
        pager,
        cluster: { port: secondGossip, peer: firstGossip },
      }),
    },
  ];
}
