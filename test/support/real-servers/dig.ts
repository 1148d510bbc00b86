import { runTool } from './tool.ts';

/** What dig saw of an answer. */
export interface DigView {
  readonly rcode: string;
  readonly isAuthoritative: boolean;
  /** The answers of the asked type as dig writes them, sorted, names without the dot of the root and in lower case. */
  readonly answers: readonly string[];
}

/** Asks one server with dig; `server` is `ADDRESS:PORT`. */
export async function askDig(
  server: string,
  name: string,
  record: string,
  ...args: readonly string[]
): Promise<DigView> {
  const [address, port] = server.split(':');
  // The payload that the probe offers, too: what does not fit is asked again by TCP.
  const options = ['+noall', '+comments', '+answer', '+bufsize=1232', '+tries=1', '+time=3', ...args];
  const { out } = await runTool('dig', [`@${address}`, '-p', `${port}`, name, record, ...options]);
  const flags = /flags: ([^;]*);/.exec(out)?.[1] ?? '';
  const answers = out
    .split('\n')
    .flatMap((line) => /^[^;\s]\S*\s+\d+\s+IN\s+(\S+)\s+(.*)$/.exec(line)?.slice(1, 3).join(' ') ?? [])
    .flatMap((line) => (line.startsWith(`${record} `) ? [line.slice(record.length + 1)] : []));
  return {
    rcode: /status: (\w+)/.exec(out)?.[1] ?? 'no answer',
    isAuthoritative: flags.split(' ').includes('aa'),
    answers: answers.map(canonical).sort(),
  };
}

function canonical(answer: string): string {
  if (answer.startsWith('"')) return [...answer.matchAll(/"([^"]*)"/g)].map(([, text]) => text).join('');
  return answer.replaceAll(/([A-Za-z\d])\.(?=\s|$)/g, '$1').replaceAll(/\b[A-Z][\w.-]*/g, (word) => word.toLowerCase());
}
