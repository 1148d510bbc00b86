/** One version of a contract by its meaning: canonical JSON, and its SHA-256 in 64 hexadecimal digits. */
export interface ContractVersion {
  readonly contract: string;
  readonly version: number;
  readonly digest: string;
  readonly canonical: string;
}

/** A version, and when a collector first worked with it. */
export interface RecordedContract extends ContractVersion {
  readonly recordedAtMs: number;
}

/** What contracts said when they were first used: YAML can be edited, this cannot. */
export interface ContractStore {
  /**
   * Remembers the versions that are not known yet, all of them or none. One that is known stays as it was first recorded,
   * whatever it says now.
   */
  recordContracts(versions: readonly ContractVersion[], atMs: number): Promise<void>;
  /** Every version ever recorded, by contract and version; those that no configuration lists any more included. */
  contracts(): Promise<readonly RecordedContract[]>;
}
