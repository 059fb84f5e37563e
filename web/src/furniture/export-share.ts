/** How far an export is that is being written. */
import type { Answer } from "#web/api/types.ts";

type Written = Pick<Answer<"get", "/exports/{id}">, "state" | "rows" | "ofRows">;

/** Rows written of rows known, in whole percent; null while nobody can say. Never 100 before the file is whole. */
export const writtenPercent = ({ state, rows, ofRows }: Written): number | null =>
  state !== "writing" || ofRows === null || ofRows === 0
    ? null
    : Math.min(99, Math.floor((rows * 100) / ofRows));
