/** What is only kept for a while: to which numbers and addresses a notice went. Homes, reasons and what became of it stay. */
import { systemActor } from "#src/platform/actor.ts";
import type { Database } from "#src/platform/database.ts";
import { forgottenBefore } from "#src/platform/retention.ts";
import type { Platform } from "#src/platform/route.ts";
import { findForgettable, forgetContacts, markForgotten } from "./funnel-queries.ts";
import { lockNeverBegun, moveNotice } from "./queries.ts";
import { regardingOf } from "./schema.ts";

export const NOTICE_RETENTION_DAYS = {
  /** As long as the messages name whom they went to. */
  noticeContacts: 730,
  /** An approval that nobody begins for so long is about a town that is another by now. */
  noticeNeverBegun: 60,
} as const;

const BATCH = 2000;

const forgetNotice = async (database: Pick<Database, "bulk">, noticeId: bigint): Promise<number> => {
  let total = 0;
  for (let place = { leadAccountId: 0n, accountId: 0n }; ;) {
    const done = await database.bulk((sql) => forgetContacts(sql, { noticeId, ...place, limit: BATCH }));
    if (done === null) return total;
    total += done.forgotten;
    place = { leadAccountId: done.leadAccountId, accountId: done.accountId };
  }
};

/** Notice by notice, each from its first home to its last once. Repeating is safe; `now` is the business clock. */
export const forgetNoticeContacts = async (
  database: Pick<Database, "bulk">,
  now: Date,
): Promise<{ readonly noticeContacts: number }> => {
  const before = forgottenBefore(now, NOTICE_RETENTION_DAYS.noticeContacts);
  let noticeContacts = 0;
  for (;;) {
    const next = await database.bulk((sql) => findForgettable(sql, before));
    if (next === null) return { noticeContacts };
    noticeContacts += await forgetNotice(database, next.id);
    await database.bulk((sql) => markForgotten(sql, { id: next.id, now }));
  }
};

/** Throws away what was approved and never begun, until its use was over or for too long. Repeating is safe. */
export const cancelNeverBegun = async (
  platform: Pick<Platform, "commands">,
): Promise<{ readonly neverBegun: number }> => {
  const { result } = await platform.commands.run(
    { name: "notice.never-begun", actor: systemActor("notices"), pool: "bulk" },
    async (context) => {
      const { sql, now } = context;
      const before = forgottenBefore(now, NOTICE_RETENTION_DAYS.noticeNeverBegun);
      const left = await lockNeverBegun(sql, { before, now });
      for (const { id } of left) {
        await moveNotice(sql, { id, from: ["approved"], to: "cancelled", reason: "never-begun", now });
        context.audit({ subject: regardingOf(id), details: { cancelled: "never-begun" } });
      }
      return { neverBegun: left.length };
    },
  );
  return result;
};
