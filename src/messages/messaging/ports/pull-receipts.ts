/**
 * Receipts that a gateway does not push but gives out (拉取回执): page by page behind a mark, the mark stored in the transaction
 * that stores the page. A page that was read twice is stored once.
 */
import { systemActor } from "#src/platform/actor.ts";
import type { Platform } from "#src/platform/route.ts";
import { recordReceipts } from "../sending/receipts.ts";
import { gatewayOf } from "./choose-ports.ts";
import { advancePull, findPullCursor, notePullTrouble } from "./receipt-pull-queries.ts";

const PAGE = 500;
/** A gateway that never ends is left for the next time. */
const MOST_PAGES = 200;

export type Pulled = { readonly stored: number; readonly unreadable: number; readonly trouble: string };

const troubleOf = (error: unknown): string => {
  const { code, name } = error as { code?: unknown; name?: unknown };
  return typeof code === "string"
    ? code.slice(0, 60)
    : typeof name === "string"
      ? name.slice(0, 60)
      : "error";
};

/** Pulls what there is; a gateway that does not answer is noted and asked again the next time. Null: nothing is pulled here. */
export const pullReceiptsOnce = async (platform: Platform): Promise<Pulled | null> => {
  const gateway = gatewayOf(platform);
  if (gateway === undefined || platform.messages?.gateway?.receipts !== "pull") return null;
  const { sql } = platform.database;
  const provider = gateway.name;
  let [stored, unreadable] = [0, 0];
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const after = await findPullCursor(sql, provider);
    let pulled;
    try {
      pulled = await gateway.pull(after, PAGE);
    } catch (error) {
      const trouble = troubleOf(error);
      await notePullTrouble(sql, { provider, trouble, now: platform.clock.now() });
      return { stored, unreadable, trouble };
    }
    const { receipts, next } = pulled;
    const skipped = pulled.unreadable;
    if (receipts.length + skipped === 0) break;
    const { result } = await platform.commands.run(
      { name: "message.receipts", actor: systemActor("sms-gateway") },
      async (context) => {
        const recorded = await recordReceipts(context, receipts);
        await advancePull(context.sql, { provider, after, next, unreadable: skipped, now: context.now });
        return recorded.stored;
      },
    );
    [stored, unreadable] = [stored + result, unreadable + skipped];
    if (next === after) break;
  }
  return { stored, unreadable, trouble: "" };
};
