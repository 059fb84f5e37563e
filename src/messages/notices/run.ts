/**
 * A notice at work. It is a row with a state that everybody reads again: the fan-out before each chunk, the sender before each
 * message. So pausing and stopping hold as soon as they are committed; what was queued before is put off or taken back behind
 * that, in chunks.
 */
import { fail } from "#src/kernel/errors.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { contactTimeFrom } from "#src/office/calendars/index.ts";
import { beginNoticeChange, refuseUnknown, requireState } from "./draft.ts";
import { lockNotice, moveNotice } from "./queries.ts";
import { insertFanOut } from "./run-queries.ts";
import type { Notice, NoticeState } from "./schema.ts";

/** Its own hour or now, and not in the quiet hours unless the duty officer said so. */
const goesAt = async ({ sql, now }: CommandContext, notice: Notice): Promise<Date> => {
  const wanted = notice.startsAt !== null && notice.startsAt > now ? notice.startsAt : now;
  return notice.quietWordBy !== null ? wanted : contactTimeFrom(sql, wanted);
};

const moveTo = async (
  context: CommandContext,
  id: bigint,
  move: { readonly from: readonly NoticeState[]; readonly to: NoticeState; readonly reason: string },
): Promise<number> => {
  const moved = (await moveNotice(context.sql, { id, ...move, now: context.now })) ?? refuseUnknown();
  context.audit({ subject: `notice:${id}`, details: { state: move.to, reason: move.reason } });
  return moved.version;
};

/** Begins an approved notice; within a command whose caller has asked who may. */
export const startApproved = async (context: CommandContext, id: bigint): Promise<number> => {
  const notice = (await lockNotice(context.sql, id)) ?? refuseUnknown();
  requireState(notice, "approved");
  const at = await goesAt(context, notice);
  if (notice.expiresAt !== null && notice.expiresAt <= at) {
    fail("notice.expires-first", "it would be of no use before it may go", {
      field: "expiresAt",
      facts: { goesAt: at.toISOString(), expiresAt: notice.expiresAt.toISOString() },
    });
  }
  await insertFanOut(context.sql, { noticeId: id, goesAt: at });
  return moveTo(context, id, { from: ["approved"], to: "running", reason: "" });
};

/**
 * Begins an approved notice: its messages are queued behind this, and go at its hour. Repeating is refused.
 * @throws DomainError as `beginNoticeChange`, and `notice.wrong-state`, `notice.expires-first`
 */
export const startNotice = async (
  context: CommandContext,
  id: bigint,
  version: number | null,
): Promise<number> => {
  await beginNoticeChange(context, id, version);
  return startApproved(context, id);
};

/** Holds it: nothing of it is called from now on. @throws DomainError as `beginNoticeChange`, and `notice.wrong-state` */
export const pauseNotice = async (context: CommandContext, id: bigint, reason: string): Promise<number> => {
  requireState(await beginNoticeChange(context, id, null), "running");
  return moveTo(context, id, { from: ["running"], to: "paused", reason });
};

/** Goes on where it was held. @throws DomainError as `pauseNotice` */
export const resumeNotice = async (context: CommandContext, id: bigint, reason: string): Promise<number> => {
  requireState(await beginNoticeChange(context, id, null), "paused");
  return moveTo(context, id, { from: ["paused"], to: "running", reason });
};

/** Ends it for good: what has not been called is not called any more. @throws DomainError as `pauseNotice` */
export const stopNotice = async (context: CommandContext, id: bigint, reason: string): Promise<number> => {
  requireState(await beginNoticeChange(context, id, null), "running", "paused");
  return moveTo(context, id, { from: ["running", "paused"], to: "stopped", reason });
};
