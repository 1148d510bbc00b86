import protobuf from 'protobufjs/light.js';
import { compress } from 'snappyjs';
import type { RemoteSeries } from './series.ts';

/** How series are written for a receiver. */
export interface RemoteProtocol {
  readonly headers: Readonly<Record<string, string>>;
  /** The body of a request, packed with snappy's block format. */
  encode(series: readonly RemoteSeries[]): Buffer;
}

/** The messages of both versions, as far as samples need them; the rest of each is left out. */
const ROOT = protobuf.Root.fromJSON({
  nested: {
    Sample: { fields: { value: { type: 'double', id: 1 }, timestamp: { type: 'int64', id: 2 } } },
    Label: { fields: { name: { type: 'string', id: 1 }, value: { type: 'string', id: 2 } } },
    TimeSeries: {
      fields: {
        labels: { rule: 'repeated', type: 'Label', id: 1 },
        samples: { rule: 'repeated', type: 'Sample', id: 2 },
      },
    },
    WriteRequest: { fields: { timeseries: { rule: 'repeated', type: 'TimeSeries', id: 1 } } },
    Metadata: { fields: { type: { type: 'uint32', id: 1 } } },
    TimeSeriesV2: {
      fields: {
        labelsRefs: { rule: 'repeated', type: 'uint32', id: 1 },
        samples: { rule: 'repeated', type: 'Sample', id: 2 },
        metadata: { type: 'Metadata', id: 5 },
      },
    },
    Request: {
      fields: {
        symbols: { rule: 'repeated', type: 'string', id: 4 },
        timeseries: { rule: 'repeated', type: 'TimeSeriesV2', id: 5 },
      },
    },
  },
});

const [FIRST, SECOND] = [ROOT.lookupType('WriteRequest'), ROOT.lookupType('Request')];
const [PROTO_1, PROTO_2] = ['prometheus.WriteRequest', 'io.prometheus.write.v2.Request'];
/** `METRIC_TYPE_GAUGE` of the second version. */
const GAUGE = 2;

/** THE table of versions. Receivers of before 2025 know the first alone. */
export const REMOTE_PROTOCOLS = {
  '1.0': {
    headers: headersOf(PROTO_1, '0.1.0'),
    encode: (series) =>
      pack(FIRST, {
        timeseries: series.map(({ labels, samples }) => ({
          labels: labels.map(([name, value]) => ({ name, value })),
          samples,
        })),
      }),
  },
  '2.0': { headers: headersOf(PROTO_2, '2.0.0'), encode: (series) => pack(SECOND, withSymbols(series)) },
} as const satisfies Readonly<Record<string, RemoteProtocol>>;

export type RemoteVersion = keyof typeof REMOTE_PROTOCOLS;

// Safe: the keys of the table are its names.
export const REMOTE_VERSIONS = Object.keys(REMOTE_PROTOCOLS) as RemoteVersion[];

function headersOf(proto: string, version: string): Readonly<Record<string, string>> {
  return {
    'content-type': proto === PROTO_1 ? 'application/x-protobuf' : `application/x-protobuf;proto=${proto}`,
    'content-encoding': 'snappy',
    'x-prometheus-remote-write-version': version,
  };
}

function pack(type: protobuf.Type, message: Readonly<Record<string, unknown>>): Buffer {
  return Buffer.from(compress(type.encode(message).finish()));
}

/** Every name and value once, the empty text first, as the second version wants it. */
function withSymbols(series: readonly RemoteSeries[]): Readonly<Record<string, unknown>> {
  const places = new Map<string, number>([['', 0]]);
  const placeOf = (text: string): number => {
    const place = places.get(text) ?? places.size;
    places.set(text, place);
    return place;
  };
  const timeseries = series.map(({ labels, samples }) => ({
    labelsRefs: labels.flatMap(([name, value]) => [placeOf(name), placeOf(value)]),
    samples,
    metadata: { type: GAUGE },
  }));
  return { symbols: [...places.keys()], timeseries };
}
