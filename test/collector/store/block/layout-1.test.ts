import { expect, it } from 'vitest';
import { decodeBlock } from '../../../../collector/src/store/block/block.ts';
import { splitBlocks } from '../../../../collector/src/store/block/chunk.ts';
import { RunsBuilder } from '../../../../collector/src/store/runs-builder.ts';

const START_MS = 1_790_000_000_000;

// Written by the encoder of layout 1, before there was layout 2.
const FEW =
  'Scpp7QMBAAAAAMAGRQx6QgAADCRFDHpCBQAAAAEFsOoBAYDYwaKMNAEBAAQBAQEABCIiAk4CAgEBAAEBAQICDmFnZW50LWlzb2xhdGVkB3RpbWVvdXQCAAECAQABAQUHY29ubmVjdA0BAAEBWAEBBVDGOP4ABm9mZnNldCwAAAAoAAAAAAAAFMAAAAAAAAAcQAAAAAAAAAAAAAAAAAAAMMMAAAAAAAAIQApwcm9jZXNzaW5nFwEAAwFiFQIAIAAAAAAAAAABBYBp8P2fBnN0YXR1cyMBAAMBADUBAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAEBIQV0b3RhbAUBDQUAZA==';
const MANY =
  'G+EbSUEDAAAAAMAGRQx6QgAAKJBODHpCKQAAAAEosOoBAeDUAwADAW7QAQEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAgSANggyIGxJSY4lJiSkxxKTElpriUmBJTXEpMiSkuJabEFJcSU2KKS4kpMcWlxJSY4lJiSkxxKTElpriUmBJTXEpMiSkuDQyvASkBAAYFYmVsb3cWAigBAQAAAwECCgEgAAAgBgEDAwMDAwNiaWeaAgIoAQEAAAMBAPQBAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABCTAZrwgpYmvKClCS9oacILWprwgpYmvKClCS9oacILWprwgpYmvKClCS9oacILWprwgpYmvKClCS9oacILWprwgpYmvKClCS9oacILWprwgpYmvKClCS9oacILWprwgpYmvKClCS9oacILWprwgpYmvKClCS9oacILWprwgpYmvKClCS9oacILWprwgpYmvKClCS9oAQdjb25uZWN0QgIoAQEAAAMBKjcBAAAAAAAAAAAAAAAAAAAAAAAAAAAAIAAAAAACG0M5T0IIIYQQQgghhBBCCCGEEEIIIYQQQgghBAVsZXZlbDYCKAEBAAADAQREAgABAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIAlDJUmSJEmSJAEKcHJvY2Vzc2luZ1ECKAEBAAADAWYRAQAAAAAAAAABPYEpiZGYppOYppOYppOYppOYppOYppOYppOYppOYppOYppOYppOYppOYppOYppOYppOYppOYppOYppOYpgMFdG90YWw4AigBAQAcBAFHAhEsnqquur7Kztre6u4nVtzYcWTJlS1n1tw5NevWsGPTro07N+/ey5k/hz6d+hU=';

it('a block of layout 1 is read as it was written: absent values, reasons, doubles', () => {
  const builder = new RunsBuilder();
  builder.addColumns({
    check: 'shop',
    every_ms: 30_000,
    at_ms: [0, 30_002, 59_999, 90_001, 120_000].map((at) => START_MS + at),
    up: [1, 1, 0, 1, null],
    reasons: { 2: 'timeout', 4: 'agent-isolated' },
    values: {
      connect: [9_000, 9_100, null, 8_700, null],
      processing: [60_000, 71_000, null, 55_000, null],
      status: [200, 200, null, 200, null],
      total: [69_300, 80_400, null, 64_000, null],
      offset: [-5, 7, 0, -4_503_599_627_370_496, 3],
    },
  });
  const runs = builder.build();
  expect(decodeBlock(Buffer.from(FEW, 'base64'))).toEqual(runs);
  expect(decodeBlock(Buffer.from(FEW, 'base64'), new Set(['total'])).values).toEqual(
    runs.values.filter(({ name }) => name === 'total'),
  );
});

it('a block of layout 1 is read as it was written: differences, signed numbers, parts, two intervals', () => {
  const rows = Array.from({ length: 40 }, (_, row) => row);
  const [connect, processing] = [
    (row: number) => 9_000 + ((row * 7_919) % 4_000),
    (row: number) => 60_000 + ((row * 104_729) % 30_000),
  ];
  const builder = new RunsBuilder();
  builder.addColumns({
    check: 'shop',
    every_ms: 30_000,
    at_ms: rows.map((row) => START_MS + row * 30_000 + (row % 3)),
    up: rows.map(() => 1 as const),
    reasons: {},
    values: {
      connect: rows.map(connect),
      processing: rows.map(processing),
      level: rows.map((row) => 1_000 + row * 3 + (row % 2)),
      total: rows.map((row) => connect(row) + processing(row) + (row % 11)),
      big: rows.map((row) => row * 3_000_000_019),
      below: rows.map((row) => (row % 7) - 3),
    },
  });
  builder.addColumns({
    check: 'shop',
    every_ms: 60_000,
    at_ms: [START_MS + 10_000_000],
    up: [1],
    reasons: {},
    values: {},
  });
  const bytes = Buffer.from(MANY, 'base64');
  expect(decodeBlock(bytes)).toEqual(builder.build());
  const [block] = splitBlocks(bytes);
  expect(block).toMatchObject({ fromMs: START_MS, toMs: START_MS + 10_000_000, length: 41 });
});
