/** Wire format version 1, described for implementers in `shared/WIRE.md`. Field names are those of the JSON. */
export const WIRE_VERSION = 1;
