/**
 * How far the live feed can be read without missing anything. Ids are not the order of commit: a transaction may have drawn
 * a lower id and commit later. So a candidate is taken, the newest id drawn, and whoever holds the id sequence at that
 * moment has to end first (as the sealer does, see seal.ts). Transactions that announce nothing hold nothing up.
 */
import { readLiveHolders, readNewestLive } from "./live-queries.ts";
import type { Sql } from "./sql.ts";

export type LiveHorizon = {
  /** Every event up to here is committed or never will be; null until the first time that is known. */
  readonly settledTo: bigint | null;
  /** A newer id waits for somebody who announces: worth asking again soon. */
  readonly waiting: boolean;
};

/** Asks again at each call; at most three short statements, two when nothing is announced. */
export const createHorizon = (sql: Sql): (() => Promise<LiveHorizon>) => {
  let settledTo: bigint | null = null;
  let candidate: { readonly id: bigint; readonly holders: readonly string[] } | null = null;
  return async () => {
    if (candidate !== null) {
      const now = new Set(await readLiveHolders(sql));
      if (candidate.holders.some((holder) => now.has(holder))) return { settledTo, waiting: true };
      settledTo = candidate.id;
      candidate = null;
    }
    const newest = await readNewestLive(sql);
    if (settledTo === null || newest > settledTo) {
      // Read after the newest id: whoever draws a lower one later does not exist.
      const holders = await readLiveHolders(sql);
      if (holders.length === 0) settledTo = newest;
      else candidate = { id: newest, holders };
    }
    return { settledTo, waiting: candidate !== null };
  };
};
