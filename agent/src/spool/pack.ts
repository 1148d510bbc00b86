import { constants, zstdCompressSync } from 'node:zlib';
import type { Observation } from '@nines/shared/observation.ts';
import { type AgentStatus, type Batch, toColumns } from '@nines/shared/wire.ts';
import { WIRE_VERSION } from '@nines/shared/wire-version.ts';
import type { BatchIdentity } from './journal.ts';

/** Observations → the body that is delivered: JSON in columns, packed with zstd. */
export function packBatch(
  identity: BatchIdentity,
  observations: readonly Observation[],
  status: AgentStatus | undefined,
): Uint8Array {
  const batch: Batch = {
    version: WIRE_VERSION,
    agent: identity.agent,
    spool: identity.spool,
    sequence: identity.sequence,
    checks: toColumns(observations),
    status,
  };
  return packJson(JSON.stringify(batch));
}

/** The text of a body → the body as it lies in the spool and is sent. */
export function packJson(text: string): Uint8Array {
  const json = Buffer.from(text);
  // Telling the size lets zstd take tables of that size instead of megabytes.
  return zstdCompressSync(json, {
    pledgedSrcSize: json.length,
    params: { [constants.ZSTD_c_compressionLevel]: 3 },
  });
}
