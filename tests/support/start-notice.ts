/** A drafted notice on its way: sample, request, approval by the second person, start, and everything queued. */
import {
  approveNotice,
  askNoticeApproval,
  findNotice,
  sendSample,
  startNotice,
  workOnNotice,
} from "#src/messages/notices/index.ts";
import type { TestDatabase } from "./database.ts";
import type { NoticeDesk } from "./notice-town.ts";
import { as } from "./tickets.ts";

export const startDrafted = async (
  db: TestDatabase,
  desk: Pick<NoticeDesk, "maker" | "checker">,
  noticeId: bigint,
): Promise<void> => {
  await as(db, desk.maker, (context) => sendSample(context, noticeId));
  const version = (await findNotice(db.database.sql, noticeId))?.version ?? 0;
  await as(db, desk.maker, (context) => askNoticeApproval(context, noticeId, version));
  await as(db, desk.checker, (context) => approveNotice(context, noticeId, null, { again: true }));
  await as(db, desk.maker, (context) => startNotice(context, noticeId, null));
  await workOnNotice({ commands: db.commands }, noticeId);
};

export const noticeOfRun = async (db: TestDatabase, runId: bigint | null): Promise<bigint> =>
  (
    await db.owner.sql.one<{ id: bigint }>("select id from notices where source = :source", {
      source: `reminder-run:${runId}`,
    })
  ).id;
