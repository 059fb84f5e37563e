/** A notice before it goes: how many, by which way, at what cost, what it looks like; and one to the own phone. */
import { fail } from "#src/kernel/errors.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { dayOfInstant } from "#src/kernel/day.ts";
import type { Platform } from "#src/platform/route.ts";
import { queueMessage, readSegmentPrice, STANDARD_SIGNATURE } from "#src/messages/messaging/index.ts";
import { audienceQueryOf } from "./approve.ts";
import { type AudienceCounts, countAudience, type SampleRow, sampleAudience } from "./audience-queries.ts";
import { beginNoticeChange, requireState } from "./draft.ts";
import { findMobileOf, markSampled } from "./queries.ts";
import { type Notice, regardingOf } from "./schema.ts";
import { renderSample, type Sample, valuesOf } from "./text.ts";

const SAMPLES = 8;
/** Over so many the length of a message is estimated; an audience of no more messages is counted. */
const MEASURED = 400;

/** Shown: the largest, and some others; nobody reads the same message twice. */
const shownOf = (rows: readonly SampleRow[]): SampleRow[] => {
  const largest = rows.filter((row) => row.largest);
  const ids = new Set(largest.map((row) => row.accountId));
  return [...largest, ...rows.filter((row) => !row.largest && !ids.has(row.accountId))].slice(0, SAMPLES);
};

export type NoticePreview = {
  readonly counts: AudienceCounts;
  readonly samples: readonly Sample[];
  /** Parts that are charged: of up to 400 messages exact, of more by the mean of 400 that were drawn. */
  readonly segments: number;
  readonly costMilliFen: bigint;
};

/**
 * What the audience is at this instant. Reads only; a whole town takes some seconds.
 * @throws DomainError `template.text-too-long`, those of `requireTexts`
 */
export const previewNotice = async (
  platform: Pick<Platform, "database" | "clock" | "messages">,
  notice: Notice,
): Promise<NoticePreview> => {
  const now = platform.clock.now();
  const query = audienceQueryOf(notice, { now, today: dayOfInstant(now) });
  return platform.database.bulk(async (sql) => {
    const counts = await countAudience(sql, query);
    const rows = await sampleAudience(sql, query, MEASURED);
    const signature = platform.messages?.signature ?? STANDARD_SIGNATURE;
    const samples = shownOf(rows).map((row) => renderSample(notice, row, signature));
    const parts = rows.flatMap((row) => {
      const segments = row.largest ? null : renderSample(notice, row, signature).segments;
      return segments === null ? [] : [segments];
    });
    const measured = parts.reduce((sum, one) => sum + one, 0);
    const segments =
      parts.length === 0 ? 0 : Math.ceil((measured * (counts.byChannel["sms"] ?? 0)) / parts.length);
    const price = await readSegmentPrice(sql);
    return { counts, samples, segments, costMilliFen: BigInt(segments) * price };
  });
};

type Target = { readonly number?: string | undefined; readonly email?: string | undefined };

const targetOf = async ({ sql, actor }: CommandContext, given: Target): Promise<Target> => {
  if (given.number !== undefined || given.email !== undefined) return given;
  const staffId = staffIdOf(actor);
  const number = staffId === null ? null : await findMobileOf(sql, staffId);
  return number !== null
    ? { number }
    : fail("notice.whose-phone", "your login has no mobile to send a sample to", {
        field: "number",
        remedy: "give a number or a mail address, or have your mobile entered with your login",
      });
};

/**
 * Sends the first sample to a number or an address of the maker's own; asked for, so it goes at once. Marks this version as seen.
 * @param given.number,given.email neither: the mobile of whoever asks
 * @throws DomainError as `beginNoticeChange`, and `notice.wrong-state`, `notice.nobody`, `notice.whose-phone`, `phone.unreadable`
 */
export const sendSample = async (context: CommandContext, id: bigint, given: Target): Promise<bigint> => {
  const { sql } = context;
  const to = await targetOf(context, given);
  const notice = await beginNoticeChange(context, id, null);
  requireState(notice, "draft", "waiting", "approved");
  const channel = to.email !== undefined ? "email" : notice.channels.includes("sms") ? "sms" : "voice";
  if (!notice.channels.includes(channel)) {
    fail("notice.other-channel", `this notice does not go by ${channel}`, {
      field: "to",
      facts: { channels: notice.channels },
    });
  }
  const query = { ...audienceQueryOf(notice, context), channels: [channel] as const };
  const [row] = await sampleAudience(sql, query, 1);
  if (row === undefined) fail("notice.nobody", "no home is in this audience", { field: "audience" });
  const { messageId } = await queueMessage(context, {
    purpose: "reply",
    channel,
    to,
    template: notice.template,
    locale: notice.locale,
    variables: valuesOf(notice.variables, row),
    regarding: `notice-sample:${id}`,
    uniqueKey: `${regardingOf(id)}:sample:${notice.version}:${context.now.getTime()}`,
  });
  await markSampled(sql, id);
  context.audit({ subject: regardingOf(id), details: { sample: messageId, version: notice.version } });
  return messageId;
};
