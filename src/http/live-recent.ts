/** The newest events, read once for all listeners; who is further behind reads from the database. */
import { type LiveRow, readLive } from "#src/platform/live-queries.ts";
import type { Sql } from "#src/platform/sql.ts";

export type LivePage = {
  readonly rows: readonly LiveRow[];
  /** Up to here the page is complete. */
  readonly toId: bigint;
};

export type Recent = {
  /** A page of what came after a cursor, up to the horizon. */
  after(cursor: bigint, settledTo: bigint): Promise<LivePage>;
};

/** How many events are kept at hand. */
const KEPT = 2000;

export const createRecent = (sql: Sql, pageSize: number): Recent => {
  /** Everything in (fromId, toId], in order of id. */
  let rows: LiveRow[] = [];
  let fromId: bigint | null = null;
  let toId = 0n;

  const readPage = async (afterId: bigint, settledTo: bigint): Promise<LivePage> => {
    const found = await readLive(sql, { afterId, toId: settledTo, limit: pageSize });
    const last = found.at(-1);
    return { rows: found, toId: found.length < pageSize || last === undefined ? settledTo : last.id };
  };

  /**
   * Where to read on from: never further back than what is kept, so that the first listener of the morning, or one with an old
   * id, does not have a night's events read into memory. Whoever is behind that reads pages of the database.
   */
  const startNear = (cursor: bigint, settledTo: bigint): void => {
    const oldest = settledTo > KEPT ? settledTo - BigInt(KEPT) : 0n;
    if (fromId !== null && toId >= oldest) return;
    const newest = cursor < settledTo ? cursor : settledTo;
    rows = [];
    fromId = newest > oldest ? newest : oldest;
    toId = fromId;
  };

  const extend = async (settledTo: bigint): Promise<void> => {
    while (toId < settledTo) {
      const page = await readPage(toId, settledTo);
      rows.push(...page.rows);
      ({ toId } = page);
    }
    if (rows.length > KEPT) {
      const dropped = rows.splice(0, rows.length - KEPT);
      fromId = dropped.at(-1)?.id ?? fromId;
    }
  };

  /** Ids ascend: the first row after the cursor. */
  const firstAfter = (cursor: bigint): number => {
    let low = 0;
    let high = rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((rows[middle]?.id ?? 0n) <= cursor) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  return {
    after: async (cursor, settledTo) => {
      startNear(cursor, settledTo);
      await extend(settledTo);
      if (cursor < (fromId ?? 0n)) return readPage(cursor, settledTo);
      const at = firstAfter(cursor);
      const page = rows.slice(at, at + pageSize);
      const last = page.at(-1);
      return { rows: page, toId: page.length < pageSize || last === undefined ? settledTo : last.id };
    },
  };
};
