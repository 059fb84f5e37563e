/** BullMQ hangs a listener on our pool for each queue and worker, and leaves it there when that is closed: with it all of its maker stays. */
import type pg from "pg";

type Closed = { close(): Promise<void> };

/** What `make` makes on the pool; its closing takes off the listeners that its making hung there. */
export const closedWhole = <T extends Closed>(pool: pg.Pool, make: () => T): T => {
  const before = new Set(pool.listeners("error"));
  const made = make();
  const added = pool.listeners("error").filter((listener) => !before.has(listener));
  const close = made.close.bind(made);
  made.close = async () => {
    try {
      await close();
    } finally {
      for (const listener of added) pool.off("error", listener as (error: Error) => void);
    }
  };
  return made;
};
