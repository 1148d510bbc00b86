/** A writer of metrics that can be interrupted wherever it yields: a long page is not written in one turn. */
export type Pauses = Generator<void, void, void>;

/** So many samples are written in well below a millisecond. */
export const SAMPLES_A_PAUSE = 64;
