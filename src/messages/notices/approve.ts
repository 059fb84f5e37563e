/**
 * Approval of a notice: exactly this content, to the homes that the question finds at that instant, frozen as rows. Two people;
 * a text that two people approved beforehand needs one, and what follows an approved notice to the same homes (the all-clear, a
 * new time) needs none.
 */
import { fail } from "#src/kernel/errors.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import { canonicalJson, type CommandContext } from "#src/platform/command.ts";
import type { Sql } from "#src/platform/sql.ts";
import {
  type DecidedApproval,
  decideApproval,
  followDecisions,
  registerApprovalKinds,
  requestApproval,
  useApproval,
} from "#src/office/approvals/index.ts";
import { MESSAGE_PURPOSES, pinsOf, readTexts, type TemplateTexts } from "#src/messages/messaging/index.ts";
import {
  type AudienceCounts,
  type AudienceQuery,
  countAudience,
  freezeAudience,
} from "./audience-queries.ts";
import { beginNoticeChange, refuseUnknown, requireState, requireVersion } from "./draft.ts";
import {
  findEmergencyTemplate,
  findNoticeRow,
  countStrangers,
  lockNotice,
  markApproved,
  markFrozen,
  markSentBack,
  markWaiting,
} from "./queries.ts";
import { findSameWordsAhead, leaveOutSameWords, requireOtherWords, type SameWords } from "./same-words.ts";
import { type Notice, storedAudienceIn } from "./schema.ts";
import { contentDigest, filledWords, requireTexts } from "./text.ts";

export const NOTICE_APPROVAL = "notice";
const SUBJECT = "notice:";
registerApprovalKinds({ [NOTICE_APPROVAL]: "notice.approve" });

/** The audience of a notice as a query at an instant, within the bounds of whoever made it. */
export const audienceQueryOf = (
  notice: Pick<Notice, "audience" | "purpose" | "channels" | "scopeKind" | "scopeIds">,
  context: Pick<CommandContext, "now" | "today">,
): AudienceQuery => ({
  audience: storedAudienceIn.parse(notice.audience),
  purpose: notice.purpose,
  consent: MESSAGE_PURPOSES[notice.purpose].consent ?? "",
  channels: notice.channels,
  scope: { scopeKind: notice.scopeKind, scopeIds: notice.scopeIds, scopeDay: context.today },
  at: context.now,
});

/** So much an audience may grow between the request and the approval: people move in, bills fall due. */
const MOST_GROWTH_PERCENT = 10;
const SMALL = 20;

const requireLikeAsked = (notice: Notice, households: number): void => {
  const asked = notice.askedHouseholds;
  if (asked === null || households <= asked + Math.max(SMALL, (asked * MOST_GROWTH_PERCENT) / 100)) return;
  fail(
    "notice.audience-grew",
    `the audience was ${asked} homes when this was asked for, and is ${households} now`,
    {
      remedy: "look at it again and ask for another approval",
      facts: { asked, now: households },
    },
  );
};

const requestOf = (texts: TemplateTexts, notice: Notice) => ({
  notice: notice.id,
  version: notice.version,
  title: notice.title,
  template: notice.template,
  digest: contentDigest(texts, notice),
  words: filledWords(texts, notice),
  atNightToo: notice.passesQuietHours,
  households: notice.askedHouseholds,
});

/**
 * Asks for the approval of a draft that its maker has seen on the own phone.
 * @throws DomainError as `beginNoticeChange`, and `notice.wrong-state`, `notice.sample-first`, `notice.nobody`,
 * `approval.person-needed`, those of `requireTexts`
 */
export const askNoticeApproval = async (
  context: CommandContext,
  id: bigint,
  version: number,
): Promise<{
  readonly approvalId: bigint;
  readonly counts: AudienceCounts;
  readonly sameWords: SameWords;
}> => {
  const { sql, now } = context;
  const notice = await beginNoticeChange(context, id, version);
  requireState(notice, "draft");
  const asker = staffIdOf(context.actor) ?? refuseUnknown();
  if (notice.sampledVersion !== notice.version || notice.sampledBy !== asker) {
    fail("notice.sample-first", "you have had no sample of this on your own phone", {
      remedy: "send one to yourself (POST /notices/{id}/samples), read it, then ask",
    });
  }
  const query = audienceQueryOf(notice, context);
  const counts = await countAudience(sql, query);
  if (counts.households === 0) {
    fail("notice.nobody", "no home is in this audience", { field: "audience" });
  }
  const sameWords = await findSameWordsAhead(sql, notice, query);
  const approvalId = await requestApproval(context, {
    kind: NOTICE_APPROVAL,
    subject: `${SUBJECT}${id}`,
    request: requestOf(await readTexts(sql, now), { ...notice, askedHouseholds: counts.households }),
  });
  await markWaiting(sql, {
    id,
    approvalId,
    requestedBy: asker,
    households: counts.households,
    now,
  });
  context.audit({ subject: `notice:${id}`, details: { asked: approvalId, households: counts.households } });
  return { approvalId, counts, sameWords };
};

type People = { readonly requestedBy: bigint | null; readonly approvedBy: bigint | null };

type QuietWord = { readonly quietWordBy: bigint | null; readonly quietWordAt: Date | null };
const NO_WORD: QuietWord = { quietWordBy: null, quietWordAt: null };

/** Of the approval, in its own words: yes or no, and never by saying nothing. Null: the notice does not ask. */
export type ApprovalWord = {
  readonly atNight?: boolean | undefined;
  /** Homes that have these very words within a day get them again. */
  readonly again?: boolean | undefined;
};

/**
 * Whose word it is that people are woken. The duty officer's, who is a supervisor at work today: whoever only approves money is
 * asked for the content alone.
 */
const quietWordOf = (context: CommandContext, notice: Notice, word: ApprovalWord): QuietWord => {
  if (!notice.passesQuietHours) return NO_WORD;
  if (word.atNight === undefined) {
    fail("notice.word-needed", "this notice asks to go in the quiet hours as well: say whether it does", {
      field: "atNight",
      remedy: "atNight: true wakes people now; false leaves what is left for the morning",
    });
  }
  if (!word.atNight) return NO_WORD;
  if (!context.actor.roles.includes("supervisor")) {
    fail("notice.duty-officer", "only the duty officer says that people are woken", {
      field: "atNight",
      remedy: "approve it for the morning (atNight: false), or have a supervisor approve it",
    });
  }
  return { quietWordBy: staffIdOf(context.actor), quietWordAt: context.now };
};

/** The homes as they are now, one row each; within a command of the pool for long work. */
const freezeHomes = async (context: CommandContext, notice: Notice): Promise<number> => {
  const { sql, now } = context;
  const frozen = await freezeAudience(sql, { ...audienceQueryOf(notice, context), noticeId: notice.id });
  requireLikeAsked(notice, frozen.households);
  await markFrozen(sql, { id: notice.id, ...frozen, now });
  context.audit({ subject: `notice:${notice.id}`, details: { frozen } });
  return frozen.households;
};

/** The same for what a person approves: nobody gets the same words twice by a slip. */
const freezeOnce = async (context: CommandContext, notice: Notice, word: ApprovalWord): Promise<void> => {
  await freezeHomes(context, notice);
  const again = await requireOtherWords(context, notice, word.again === true);
  if (again > 0) context.audit({ subject: `notice:${notice.id}`, details: { again } });
};

/** @param texts those that its approval is about: every message of it is made of them */
const markBy = async (
  context: CommandContext,
  notice: Notice,
  texts: TemplateTexts,
  by: { readonly people: People; readonly word: QuietWord },
): Promise<void> => {
  const { people, word } = by;
  const wordsPins = JSON.stringify(pinsOf(requireTexts(texts, notice)));
  await markApproved(context.sql, { id: notice.id, ...people, ...word, wordsPins, now: context.now });
  context.audit({
    subject: `notice:${notice.id}`,
    details: { approved: people, atNightBy: word.quietWordBy },
  });
};

const approveWaiting = async (context: CommandContext, notice: Notice, word: ApprovalWord): Promise<void> => {
  requireState(notice, "waiting");
  const quietWord = quietWordOf(context, notice, word);
  const approvalId = notice.approvalId ?? refuseUnknown();
  const texts = await readTexts(context.sql, context.now);
  const request = requestOf(texts, notice);
  const people = await useApproval(context, approvalId, NOTICE_APPROVAL, request).catch(
    async (error: unknown) => {
      if ((error as { code?: unknown }).code !== "approval.pending") throw error;
      await decideApproval(context, approvalId, "approved", "", "room");
      return useApproval(context, approvalId, NOTICE_APPROVAL, request);
    },
  );
  await markBy(context, notice, texts, { people, word: quietWord });
  await freezeOnce(context, notice, word);
};

/**
 * Deciding in the list of approvals is the decision on the notice: approved, and whoever asked begins it; or a draft again, with the
 * reason. What needs a word more than yes (the night, the same words again) refuses the decision there: that is said on its own page.
 */
followDecisions(
  NOTICE_APPROVAL,
  async (context, { id, subject, state, reason }: DecidedApproval) => {
    const notice = (await lockNotice(context.sql, BigInt(subject.slice(SUBJECT.length)))) ?? refuseUnknown();
    if (state === "approved") {
      // Agreeing to an older request would be agreeing to nothing.
      if (notice.approvalId !== id) {
        fail("approval.changed", "this is not the request that the notice waits for", {
          remedy: "refuse it, and read the notice",
          facts: { approvalId: id },
        });
      }
      return approveWaiting(context, notice, {});
    }
    if (notice.state !== "waiting" || notice.approvalId !== id) return;
    await markSentBack(context.sql, { id: notice.id, reason, now: context.now });
    context.audit({ subject: `${SUBJECT}${notice.id}`, details: { [state]: true, approvalId: id } });
  },
  "bulk",
);

/**
 * Approves as the second person, and freezes the audience. Whoever decided in the list of approvals has decided this too. An
 * emergency needs one person and a text that was approved beforehand.
 * @param version as it was read: a draft that was written anew behind the reader's back is not what was approved
 * @param word whether it goes in the quiet hours as well, where the notice asks for that
 * @throws DomainError `notice.not-found`, `version.stale`, `notice.wrong-state`, `notice.audience-grew`, `notice.text-not-approved`,
 * `notice.word-needed`, `notice.duty-officer`, `notice.same-words`, those of
 * `decideApproval` and `useApproval`
 */
export const approveNotice = async (
  context: CommandContext,
  id: bigint,
  version: number | null = null,
  word: ApprovalWord = {},
): Promise<void> => {
  const notice = (await lockNotice(context.sql, id)) ?? refuseUnknown();
  requireVersion(notice, version);
  if (notice.emergency && notice.state === "draft") return approveEmergency(context, notice, word);
  return approveWaiting(context, notice, word);
};

/** @throws DomainError `notice.text-not-approved` */
const requireApprovedTexts = async (
  context: CommandContext,
  texts: TemplateTexts,
  notice: Notice,
): Promise<void> => {
  for (const text of requireTexts(texts, notice)) {
    const key = { template: text.name, channel: text.channel, locale: text.locale, digest: text.digest };
    if ((await findEmergencyTemplate(context.sql, key)) !== null) continue;
    fail("notice.text-not-approved", `the text ${text.channel}/${text.name} was not approved beforehand`, {
      field: "template",
      remedy: "have it approved by two (POST /notice-emergency-texts), or ask for an approval of this notice",
      facts: { channel: text.channel, template: text.name },
    });
  }
};

const approveEmergency = async (
  context: CommandContext,
  notice: Notice,
  word: ApprovalWord,
): Promise<void> => {
  const approvedBy =
    staffIdOf(context.actor) ??
    fail("approval.person-needed", "this needs a person; a machine is none", {
      remedy: "have it done by somebody who is logged in",
    });
  const quietWord = quietWordOf(context, notice, word);
  const texts = await readTexts(context.sql, context.now);
  await requireApprovedTexts(context, texts, notice);
  const people = { requestedBy: notice.createdBy, approvedBy };
  await markBy(context, notice, texts, { people, word: quietWord });
  // Hours and places, as `requireTexts` holds them to: what one person said to a town, word by word.
  context.audit({ subject: `notice:${notice.id}`, details: { words: filledWords(texts, notice) } });
  await freezeOnce(context, notice, word);
};

/** Homes and buildings that a notice of this kind was for so lately are those that its approver had before the eyes. */
const SEEN_WITHIN_MS = 60 * 86_400_000;

/**
 * Whether whoever approved the first has seen for whom this is: those whom it told, its very audience, or homes and buildings that an
 * approved notice of its kind was for.
 */
const isWithin = async (sql: Sql, notice: Notice, first: Notice): Promise<boolean> => {
  const asked = storedAudienceIn.parse(notice.audience);
  if (asked.toldBy !== undefined) return asked.toldBy.includes(first.id);
  if (canonicalJson(notice.audience) === canonicalJson(first.audience)) return true;
  const { accountNos = [], buildingIds = [], ...others } = asked;
  if (Object.keys(others).length > 0 || first.approvedAt === null) return false;
  const since = new Date(first.approvedAt.getTime() - SEEN_WITHIN_MS);
  return (await countStrangers(sql, { accountNos, buildingIds, kind: first.kind, since })) === 0;
};

/** A night: whoever said at 19:30 that people are woken has not said it for the next evening. */
const WORD_HOLDS_MS = 12 * 3_600_000;

const borrowedWord = (first: Notice, notice: Notice, now: Date): QuietWord => {
  const { quietWordBy, quietWordAt } = first;
  const holds = quietWordAt !== null && now.getTime() - quietWordAt.getTime() <= WORD_HOLDS_MS;
  return notice.passesQuietHours && holds ? { quietWordBy, quietWordAt } : NO_WORD;
};

/**
 * Freezes what was approved as following another, when the worker comes to it: in a transaction of its own on the pool for long work,
 * because an event's has thirty seconds and a whole town of homes takes longer on a bad night. Nobody gets the same words again.
 */
export const freezeFollowing = async (context: CommandContext, notice: Notice): Promise<void> => {
  const households = await freezeHomes(context, notice);
  const left = await leaveOutSameWords(context, notice);
  if (left === null || left.leftOut === 0) return;
  const { leftOut, ...frozen } = left;
  await markFrozen(context.sql, { id: notice.id, households, ...frozen, now: context.now });
  context.audit({ subject: `notice:${notice.id}`, details: { sameWords: leftOut } });
};

/**
 * What follows an approved notice is covered by its approval: a text approved beforehand, to homes that the first one was for
 * (`isWithin`); its word about the night counts for twelve hours. Its homes are frozen by the worker, see `freezeFollowing`. False
 * when the first one was never approved or these are other homes: then a person decides.
 */
export const approveAsFollowing = async (context: CommandContext, id: bigint): Promise<boolean> => {
  const notice = (await lockNotice(context.sql, id)) ?? refuseUnknown();
  const first = notice.followsId === null ? null : await findNoticeRow(context.sql, notice.followsId);
  if (first === null || first.approvedBy === null) return false;
  if (!(await isWithin(context.sql, notice, first))) return false;
  const texts = await readTexts(context.sql, context.now);
  await requireApprovedTexts(context, texts, notice);
  const { requestedBy, approvedBy } = first;
  const people = { requestedBy, approvedBy };
  await markBy(context, notice, texts, { people, word: borrowedWord(first, notice, context.now) });
  return true;
};
