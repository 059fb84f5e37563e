/**
 * Which row of a list that is read anew is shown beside it: the one that was seen first, or chosen, and no other by itself. A key decides
 * about what somebody has read; when that is gone, nothing is shown until somebody chooses.
 */
import { useState } from "react";

export const useMarked = <Row>(
  rows: readonly Row[],
  idOf: (row: Row) => string,
  /** Another filter is another list. */
  list: string,
  first?: string,
) => {
  const [marked, setMarked] = useState<{ readonly list: string; readonly id: string | undefined }>({
    list,
    id: first,
  });
  const [top] = rows;
  const isNew = marked.list !== list || marked.id === undefined;
  // While it is drawn: between showing a row and keeping it no other may come in between.
  if (isNew && top !== undefined) setMarked({ list, id: idOf(top) });
  const id = isNew ? (top === undefined ? undefined : idOf(top)) : marked.id;
  const at = rows.findIndex((row) => idOf(row) === id);
  return {
    row: rows[at],
    /** Decided by somebody, here or elsewhere, while others are left. */
    isGone: at < 0 && rows.length > 0,
    mark: (chosen: string): void => setMarked({ list, id: chosen }),
    move: (by: number): void => {
      const target = rows[Math.min(rows.length - 1, Math.max(0, at < 0 ? 0 : at + by))];
      if (target !== undefined) setMarked({ list, id: idOf(target) });
    },
    /** What was shown is dealt with by who saw it: the first of the rest is shown next. */
    release: (): void => setMarked({ list, id: undefined }),
  };
};
