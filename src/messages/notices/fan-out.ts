/**
 * The fan-out: from a frozen audience to queued messages, by set-based statements, a chunk a transaction. A chunk is its
 * messages and its cursor together, so a kill resumes behind the last one, and a household that was queued meets the unique key.
 * Several processes may try: one has the row, the others pass by.
 */
import { type Actor, systemActor } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { failpoint } from "#src/platform/failpoint.ts";
import type { Platform } from "#src/platform/route.ts";
import {
  cancelRegarding,
  firstUnsentRegarding,
  moveRegarding,
  queueMany,
  readTexts,
} from "#src/messages/messaging/index.ts";
import { freezeFollowing } from "./approve.ts";
import { findNoticeRow, moveNotice } from "./queries.ts";
import {
  advanceFanOut,
  CHUNK_SELECT,
  CHUNK_SELECT_AMOUNT,
  type FanOut,
  findChunkEnd,
  finishFanOut,
  moveSettling,
  moveUnsent,
  takeFanOut,
} from "./run-queries.ts";
import { type Notice, regardingOf } from "./schema.ts";
import { namesAmount } from "./text.ts";

export type FanOutSettings = {
  /** Messages a transaction: some tenths of a second, so that whoever stops the notice waits for no more. */
  readonly chunkMessages: number;
  /** Queued messages put off or taken back a transaction. */
  readonly settleMessages: number;
};
export const FAN_OUT_SETTINGS: FanOutSettings = { chunkMessages: 5000, settleMessages: 5000 };

/** Paused messages are called back by the resuming, not by the clock: until then nobody claims them. */
const UNTIL_RESUMED = new Date("9999-12-31T00:00:00Z");

/** `more`: call again at once; `later`: nothing to do until messages are gone; `over`; `taken`: another process has it. */
export type StepOutcome = "more" | "later" | "over" | "taken";

const queueChunk = async (
  context: CommandContext,
  notice: Notice,
  fan: FanOut,
  limit: number,
): Promise<StepOutcome> => {
  const { sql, now } = context;
  const noticeId = notice.id;
  const untilAccountId = await findChunkEnd(sql, { noticeId, after: fan.cursorAccountId, limit });
  if (untilAccountId === null) {
    await finishFanOut(sql, { noticeId, now });
    context.audit({ subject: regardingOf(noticeId), details: { fannedOut: fan.messages } });
    return "later";
  }
  await failpoint("notice-chunk-before");
  const texts = await readTexts(sql, now, notice.wordsPins);
  const select = namesAmount(texts, notice) ? CHUNK_SELECT_AMOUNT : CHUNK_SELECT;
  let messages = 0;
  for (const channel of notice.channels) {
    const made = await queueMany(context, {
      purpose: notice.purpose,
      channel,
      step: regardingOf(noticeId),
      regarding: regardingOf(noticeId),
      template: notice.template,
      locale: notice.locale,
      notBefore: fan.goesAt,
      ...(notice.expiresAt !== null && { expiresAt: notice.expiresAt }),
      ...(notice.quietWordBy !== null && { quietWordBy: notice.quietWordBy }),
      select,
      bindings: {
        noticeId,
        after: fan.cursorAccountId,
        untilAccountId,
        wayOfNotice: channel,
        fixedValues: JSON.stringify(notice.variables),
      },
    });
    messages += made.queued;
  }
  await advanceFanOut(sql, { noticeId, untilAccountId, messages });
  return "more";
};

/** What was queued before a pause, a stop or a resuming, some at a time. */
const settleChunk = async (
  context: CommandContext,
  notice: Notice,
  fan: FanOut,
  limit: number,
): Promise<StepOutcome> => {
  const { sql, now } = context;
  const { state } = notice;
  const afterId = fan.settlingState === state ? fan.settlingId : 0n;
  const chunk = { regarding: regardingOf(notice.id), afterId, limit, now };
  const { lastId, changed } =
    state === "stopped"
      ? await cancelRegarding(sql, { ...chunk, reason: "notice-stopped" })
      : await moveRegarding(sql, {
          ...chunk,
          notBefore: state === "paused" ? UNTIL_RESUMED : fan.goesAt,
        });
  await moveSettling(sql, {
    noticeId: notice.id,
    settlingState: state,
    settlingId: lastId ?? afterId,
    done: lastId === null,
  });
  if (changed > 0) context.audit({ subject: regardingOf(notice.id), details: { [state]: changed } });
  return lastId === null ? (state === "stopped" ? "over" : "later") : "more";
};

const step = async (
  context: CommandContext,
  noticeId: bigint,
  settings: FanOutSettings,
): Promise<StepOutcome> => {
  const { sql, now } = context;
  const fan = await takeFanOut(sql, noticeId);
  if (fan === null) return "taken";
  // Read after the lock: whoever paused it is seen.
  const notice = await findNoticeRow(sql, noticeId);
  if (notice === null || !["running", "paused", "stopped"].includes(notice.state)) return "over";
  if (fan.settledState !== notice.state) return settleChunk(context, notice, fan, settings.settleMessages);
  if (notice.state !== "running") return "over";
  if (!notice.frozen) {
    await freezeFollowing(context, notice);
    return "more";
  }
  if (fan.finishedAt === null) return queueChunk(context, notice, fan, settings.chunkMessages);
  const unsent = await firstUnsentRegarding(sql, regardingOf(noticeId), fan.unsentFrom);
  if (unsent !== null) {
    if (unsent !== fan.unsentFrom) await moveUnsent(sql, { noticeId, unsentFrom: unsent });
    return "later";
  }
  await moveNotice(sql, { id: noticeId, from: ["running"], to: "finished", reason: "", now });
  context.audit({ subject: regardingOf(noticeId), details: { state: "finished" } });
  return "over";
};

/**
 * Goes on with one notice until there is nothing to do for the moment. May be killed anywhere and run by several at once.
 * @returns how many chunks it did
 */
export const workOnNotice = async (
  platform: Pick<Platform, "commands">,
  noticeId: bigint,
  options: {
    readonly actor?: Actor;
    readonly settings?: FanOutSettings;
    /** Asked before each chunk. */
    readonly goesOn?: () => boolean;
  } = {},
): Promise<number> => {
  const { actor = systemActor("notices"), settings = FAN_OUT_SETTINGS, goesOn = () => true } = options;
  let chunks = 0;
  while (goesOn()) {
    const { result } = await platform.commands.run(
      { name: "notice.fan-out", actor, pool: "bulk" },
      (context) => step(context, noticeId, settings),
    );
    if (result !== "more") break;
    await failpoint("notice-chunk-after");
    chunks += 1;
  }
  return chunks;
};
