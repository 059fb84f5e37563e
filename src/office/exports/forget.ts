/** Files go when their time is over, and what was said of them a season later; the audit keeps who took what. */
import { systemActor } from "#src/platform/actor.ts";
import type { Database } from "#src/platform/database.ts";
import { forgetInBatches, forgottenBefore } from "#src/platform/retention.ts";
import type { Platform } from "#src/platform/route.ts";
import { dropPiecesOf, expireReady, removeOld } from "./writing-queries.ts";

export const EXPORT_RETENTION_DAYS = {
  /** Exports whose file is gone: as long as somebody may look for one in the own list. */
  endedExports: 90,
} as const;

const TOGETHER = 20;

/** Deletes the files whose time is over, audited one by one; answers how many. Repeating is safe. */
export const expireExports = async ({ commands }: Pick<Platform, "commands">): Promise<number> => {
  for (let total = 0; ;) {
    const { result } = await commands.run(
      { name: "export.expire", actor: systemActor("exports") },
      async (context) => {
        const expired = await expireReady(context.sql, { now: context.now, limit: TOGETHER });
        if (expired.length > 0) {
          await dropPiecesOf(
            context.sql,
            expired.map(({ id }) => id),
          );
        }
        for (const { id, subject } of expired) {
          context.audit({ subject: `export:${id}`, details: { of: subject } });
        }
        return expired.length;
      },
    );
    total += result;
    if (result < TOGETHER) return total;
  }
};

/** Forgets exports that ended long ago. Repeating is safe. */
export const forgetExports = async (
  database: Pick<Database, "bulk">,
  now: Date,
): Promise<{ readonly endedExports: number }> => {
  const before = forgottenBefore(now, EXPORT_RETENTION_DAYS.endedExports);
  return {
    endedExports: await forgetInBatches(database, (sql, limit) => removeOld(sql, { before, limit })),
  };
};
