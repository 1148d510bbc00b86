import type { Check } from '@nines/shared/check.ts';
import { streamsOf } from '@nines/shared/probes/index.ts';
import type { EventSink } from './probes/probe-run.ts';

/**
 * A sink for what a check's type declares that it brings, under the check's own name. A collector refuses anything else for
 * ever: a source that ships it has a fault, which shows in its first run and not in a folder of refused events.
 */
export function declaredEvents({ id, probe }: Pick<Check, 'id' | 'probe'>, sink: EventSink): EventSink {
  return {
    place: () => sink.place(),
    ship: async (events, place) => {
      const streams = streamsOf(probe.type);
      const foreign = events.find(({ stream, labels }) => !streams.includes(stream) || labels.check !== id);
      if (foreign !== undefined) {
        const { stream, labels } = foreign;
        throw new Error(`a ${probe.type} check named ${id} ships ${stream} events of check ${labels.check}`);
      }
      await sink.ship(events, place);
    },
  };
}
