import { repeat } from '../repeat.ts';
import type { RemoteReceiver } from './receiver.ts';
import { RemoteWriter, type RemoteWriterOptions } from './remote-writer.ts';

/** How often is looked whether there is something to send, and how long is waited after a failure. */
const EVERY_MS = 1_000;

/** Begins to send to every receiver, each apart from the others; the returned function ends it. Rejects with `StoreError`. */
export async function startRemoteWrite(
  receivers: readonly RemoteReceiver[],
  options: RemoteWriterOptions,
): Promise<() => void> {
  const { store, clock, log } = options;
  const positions = await store.keepFor(receivers.map(({ name }) => name));
  const stops = receivers.map((receiver) => {
    const writer = new RemoteWriter(receiver, positions.get(receiver.name) ?? 0, options);
    const onError = (err: unknown) =>
      log.warn({ err, receiver: receiver.name }, 'remote write failed; it is tried again');
    const cancel = repeat({ clock, everyMs: EVERY_MS, work: () => writer.step(), onError });
    return () => {
      cancel();
      writer.stop();
    };
  });
  return () => {
    for (const stop of stops) stop();
  };
}
