import fc from 'fast-check';
import protobuf from 'protobufjs';
import { uncompress } from 'snappyjs';
import { expect, it } from 'vitest';
import { REMOTE_PROTOCOLS } from '../../../collector/src/remote-write/protocols.ts';
import type { RemoteSeries } from '../../../collector/src/remote-write/series.ts';

/** The messages as Prometheus publishes them, as far as samples need them (prompb/types.proto, io/prometheus/write/v2). */
const PUBLISHED = `
syntax = "proto3";
message WriteRequest { repeated TimeSeries timeseries = 1; reserved 2; }
message TimeSeries { repeated Label labels = 1; repeated Sample samples = 2; }
message Label { string name = 1; string value = 2; }
message Sample { double value = 1; int64 timestamp = 2; }
message Request { reserved 1 to 3; repeated string symbols = 4; repeated TimeSeriesV2 timeseries = 5; }
message TimeSeriesV2 { repeated uint32 labels_refs = 1; repeated Sample samples = 2; Metadata metadata = 5; }
message Metadata { enum MetricType { METRIC_TYPE_UNSPECIFIED = 0; METRIC_TYPE_COUNTER = 1; METRIC_TYPE_GAUGE = 2; } MetricType type = 1; uint32 help_ref = 3; uint32 unit_ref = 4; }
`;
const { root } = protobuf.parse(PUBLISHED, { keepCase: true });

const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 });
const sample = fc.record({ value: fc.double({ noNaN: true }), timestamp: fc.integer({ min: 0, max: 2 ** 45 }) });
const series = fc.array(
  fc.record({
    labels: fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 4 }),
    samples: fc.array(sample, { minLength: 1, maxLength: 5 }),
  }),
  { maxLength: 6 },
);

function decoded(message: string, body: Buffer): unknown {
  const type = root.lookupType(message);
  return type.toObject(type.decode(new Uint8Array(uncompress(body))), {
    longs: Number,
    arrays: true,
    defaults: true,
    enums: String,
  });
}

/** Zero has one sign on the wire of neither. */
const plain = (all: readonly RemoteSeries[]) =>
  all.map(({ labels, samples }) => ({
    labels: labels.map(([name, value]) => [name, value]),
    samples: samples.map((one) => ({ ...one })),
  }));

it('the first version reads back as it was, by the published messages', () => {
  fc.assert(
    fc.property(series, (all) => {
      const read = Object(decoded('WriteRequest', REMOTE_PROTOCOLS['1.0'].encode(all)));
      const back = read.timeseries.map((one: { labels: { name: string; value: string }[]; samples: unknown }) => ({
        labels: one.labels.map(({ name, value }) => [name, value]),
        samples: one.samples,
      }));
      expect(back).toEqual(plain(all));
    }),
    { numRuns: 200 },
  );
});

it('the second version reads back as it was, each text once and the empty one first', () => {
  fc.assert(
    fc.property(series, (all) => {
      const read = Object(decoded('Request', REMOTE_PROTOCOLS['2.0'].encode(all)));
      expect(read.symbols[0]).toBe('');
      expect(new Set(read.symbols).size).toBe(read.symbols.length);
      const back = read.timeseries.map((one: { labels_refs: number[]; samples: unknown; metadata: unknown }) => {
        expect(one.metadata).toMatchObject({ type: 'METRIC_TYPE_GAUGE' });
        const texts = one.labels_refs.map((ref) => read.symbols[ref]);
        const labels = texts.flatMap((name, index) => (index % 2 === 0 ? [[name, texts[index + 1]]] : []));
        return { labels, samples: one.samples };
      });
      expect(back).toEqual(plain(all));
    }),
    { numRuns: 200 },
  );
});

it('says which version it speaks', () => {
  expect(REMOTE_PROTOCOLS['1.0'].headers).toMatchObject({
    'content-type': 'application/x-protobuf',
    'x-prometheus-remote-write-version': '0.1.0',
  });
  expect(REMOTE_PROTOCOLS['2.0'].headers).toMatchObject({
    'content-type': 'application/x-protobuf;proto=io.prometheus.write.v2.Request',
    'x-prometheus-remote-write-version': '2.0.0',
  });
});
