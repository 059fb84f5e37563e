/**
 * Which row of a list that is read anew is shown beside it: the one that was seen first, or chosen, and no other by itself. A key decides
 * about what somebody has read; when that is gone, nothing is shown until somebody chooses.
 */
import { useState } from "react";

type Marked = {
  readonly list: string;
  /** Null: nothing is shown until somebody chooses. */
  readonly id: string | null | undefined;
  /** Dealt with last. */
  readonly done?: string | undefined;
};

export const useMarked = <Row>(
  rows: readonly Row[],
  idOf: (row: Row) => string,
  /** Another filter is another list. */
  list: string,
  first?: string,
) => {
  const [marked, setMarked] = useState<Marked>({ list, id: first });
  const isNew = marked.list !== list || marked.id === undefined;
  // What was dealt with may stand in the rows for a moment longer: it is not shown again.
  const top = rows.find((row) => marked.list !== list || idOf(row) !== marked.done);
  // While it is drawn: between showing a row and keeping it no other may come in between.
  if (isNew && top !== undefined) setMarked({ list, id: idOf(top) });
  const id = isNew ? (top === undefined ? undefined : idOf(top)) : marked.id;
  const at = id === undefined || id === null ? -1 : rows.findIndex((row) => idOf(row) === id);
  return {
    row: rows[at],
    /** Decided by somebody elsewhere, while others are left. */
    isGone: id !== undefined && id !== null && at < 0 && rows.length > 0,
    mark: (chosen: string): void => setMarked({ list, id: chosen }),
    move: (by: number): void => {
      const to = rows[Math.min(rows.length - 1, Math.max(0, at + by))];
      const target = at < 0 ? rows.find((one) => idOf(one) !== marked.done) : to;
      if (target !== undefined) setMarked({ list, id: idOf(target) });
    },
    /** What is shown is dealt with by who saw it: the first of the rest is shown next. */
    release: (): void => setMarked({ list, id: undefined, done: id ?? undefined }),
    /** The same, and nothing comes in its place by itself: a key that is pressed twice has nothing to decide about. */
    letGo: (): void => setMarked({ list, id: null, done: id ?? undefined }),
  };
};
