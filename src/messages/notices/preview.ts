/** A notice before it goes: how many, by which way, at what cost, what it looks like; and one to the own phone. */
import { fail } from "#src/kernel/errors.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { dayOfInstant } from "#src/kernel/day.ts";
import type { Platform } from "#src/platform/route.ts";
import {
  queueMessage,
  readSegmentPrice,
  readTexts,
  STANDARD_SIGNATURE,
  type WordsPins,
} from "#src/messages/messaging/index.ts";
import { audienceQueryOf } from "./approve.ts";
import { type AudienceCounts, countAudience, type SampleRow, sampleAudience } from "./audience-queries.ts";
import { beginNoticeChange, type boundsOf, refuseUnknown, requireAudience, requireState } from "./draft.ts";
import { findWaysTo, markSampled } from "./queries.ts";
import { findSameWordsAhead, type SameWords } from "./same-words.ts";
import { type Audience, type Notice, type NoticeChannel, regardingOf } from "./schema.ts";
import {
  INVENTED,
  renderSample,
  requireFitValues,
  requireTakenValues,
  type Sample,
  valuesOf,
} from "./text.ts";

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
  /** Homes that have the same words from another notice within a day, or will get them. */
  readonly sameWords: SameWords;
  /** It reaches homes that whoever asks may not see: all figures are of those of his areas. */
  readonly isPart: boolean;
};

type Bounds = ReturnType<typeof boundsOf>;

/** As much of a notice as its preview asks about: one that is being written has no more. */
export type Previewed = Pick<
  Notice,
  "id" | "purpose" | "channels" | "template" | "locale" | "variables" | "audience" | "scopeKind" | "scopeIds"
> & { readonly wordsPins?: WordsPins };

/** What the notice reaches, and whoever looks may see. */
const seenBy = (notice: Previewed, reader: Bounds): { readonly bounds: Bounds; readonly isPart: boolean } => {
  const own = { scopeKind: notice.scopeKind, scopeIds: notice.scopeIds };
  if (reader.scopeKind === "everything") return { bounds: own, isPart: false };
  if (notice.scopeKind === "everything") return { bounds: reader, isPart: true };
  const shared = own.scopeIds.filter((id) => reader.scopeIds.includes(id));
  return { bounds: { ...own, scopeIds: shared }, isPart: shared.length < own.scopeIds.length };
};

/**
 * What the audience is at this instant, of the homes that the reader may see. Reads only; a whole town takes some seconds.
 * @throws DomainError `template.text-too-long`, those of `requireTexts`
 */
export const previewNotice = async (
  platform: Pick<Platform, "database" | "clock" | "messages">,
  notice: Previewed,
  reader: Bounds,
): Promise<NoticePreview> => {
  const now = platform.clock.now();
  const { bounds, isPart } = seenBy(notice, reader);
  const query = audienceQueryOf({ ...notice, ...bounds }, { now, today: dayOfInstant(now) });
  return platform.database.bulk(async (sql) => {
    const counts = await countAudience(sql, query);
    const rows = await sampleAudience(sql, query, MEASURED);
    // What was approved goes in the words of then.
    const texts = await readTexts(sql, now, notice.wordsPins);
    const signature = platform.messages?.signature ?? STANDARD_SIGNATURE;
    const samples = shownOf(rows).map((row) => renderSample(texts, notice, row, signature));
    const parts = rows.flatMap((row) => {
      const segments = row.largest ? null : renderSample(texts, notice, row, signature).segments;
      return segments === null ? [] : [segments];
    });
    const measured = parts.reduce((sum, one) => sum + one, 0);
    const segments =
      parts.length === 0 ? 0 : Math.ceil((measured * (counts.byChannel["sms"] ?? 0)) / parts.length);
    const price = await readSegmentPrice(sql);
    const sameWords = await findSameWordsAhead(sql, notice, query);
    return { counts, samples, segments, costMilliFen: BigInt(segments) * price, sameWords, isPart };
  });
};

/** What is being written: its text may still be missing. */
export type Draft = Pick<Previewed, "purpose" | "channels"> & {
  readonly audience: Audience;
  readonly text?: Pick<Previewed, "template" | "locale" | "variables"> | undefined;
};

/**
 * The same of what nobody has stored yet, while somebody chooses homes and words; without a text the homes alone are counted.
 * @throws DomainError `notice.audience-open`, `notice.audience-contradicts`, `notice.audience-unknown`, and with a text those of
 * `requireTakenValues` and `requireFitValues`
 */
export const previewDraft = async (
  platform: Pick<Platform, "database" | "clock" | "messages">,
  { text, ...draft }: Draft,
  writer: Bounds,
): Promise<NoticePreview> => {
  const now = platform.clock.now();
  const at = { now, today: dayOfInstant(now) };
  const audience = await requireAudience(platform.database.sql, draft.audience, {
    ...writer,
    scopeDay: at.today,
  });
  if (text === undefined) {
    const counts = await platform.database.bulk((sql) =>
      countAudience(sql, audienceQueryOf({ ...draft, ...writer, audience }, at)),
    );
    return {
      counts,
      samples: [],
      segments: 0,
      costMilliFen: 0n,
      sameWords: { homes: 0, noticeIds: [] },
      isPart: false,
    };
  }
  const written = { ...draft, ...text, ...writer, audience, id: NOT_STORED };
  const texts = await readTexts(platform.database.sql, now);
  requireTakenValues(texts, written);
  requireFitValues(texts, written);
  return previewNotice(platform, written, writer);
};
/** No notice has it, so that none is left out as itself. */
const NOT_STORED = 0n;

/** So many samples a person gets on a day, of all notices together: enough to mend a text, too few to write to anybody with. */
const SAMPLES_A_DAY = 20;

/** The mobile or mailbox of the login, and no other: what is sampled has not been approved by anybody. */
const ownWay = async (
  { sql }: CommandContext,
  staffId: bigint,
  channel: NoticeChannel,
): Promise<{ readonly number?: string; readonly email?: string }> => {
  const ways = await findWaysTo(sql, staffId);
  const way = channel === "email" ? ways?.mail : ways?.mobile;
  if (way === null || way === undefined) {
    const what = channel === "email" ? "mail address" : "mobile";
    fail("notice.whose-phone", `your login has no ${what} to send a sample to`, {
      remedy: `have your ${what} entered with your login (PATCH /staff/{id})`,
    });
  }
  return channel === "email" ? { email: way } : { number: way };
};

/**
 * Sends a sample, with a home that does not exist, to the own mobile or mailbox; asked for, so it goes at once. Marks this version as
 * seen by whoever asked.
 * @param given one of its channels; the first, when nothing is said
 * @throws DomainError as `beginNoticeChange`, and `notice.wrong-state`, `notice.whose-phone`, `notice.other-channel`,
 * `notice.samples-used-up`
 */
export const sendSample = async (
  context: CommandContext,
  id: bigint,
  given?: NoticeChannel,
): Promise<bigint> => {
  const { sql } = context;
  const staffId = staffIdOf(context.actor) ?? refuseUnknown();
  const notice = await beginNoticeChange(context, id, null);
  requireState(notice, "draft", "waiting", "approved");
  const channel = given ?? notice.channels[0] ?? "sms";
  if (!notice.channels.includes(channel)) {
    fail("notice.other-channel", `this notice does not go by ${channel}`, {
      field: "channel",
      facts: { channels: notice.channels },
    });
  }
  const to = await ownWay(context, staffId, channel);
  for (let n = 1; n <= SAMPLES_A_DAY; n += 1) {
    const { messageId, queued } = await queueMessage(context, {
      purpose: "reply",
      channel,
      to,
      template: notice.template,
      locale: notice.locale,
      variables: valuesOf(notice.variables, INVENTED),
      regarding: `notice-sample:${id}`,
      uniqueKey: `notice-sample:${staffId}:${context.today}:${n}`,
    });
    if (!queued) continue;
    await markSampled(sql, { id, by: staffId });
    context.audit({ subject: regardingOf(id), details: { sample: messageId, version: notice.version } });
    return messageId;
  }
  return fail("notice.samples-used-up", `you had ${SAMPLES_A_DAY} samples today`, {
    remedy: "read the preview, and have another look tomorrow",
  });
};
