/**
 * Approval of a notice: exactly this content, to the homes that the question finds at that instant, frozen as rows. Two people;
 * a text that two people approved beforehand needs one, and what follows an approved notice to the same homes (the all-clear, a
 * new time) needs none.
 */
import { fail } from "#src/kernel/errors.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import {
  decideApproval,
  registerApprovalKinds,
  requestApproval,
  useApproval,
} from "#src/office/approvals/index.ts";
import { loadTemplate, MESSAGE_PURPOSES } from "#src/messages/messaging/index.ts";
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
  insertEmergencyTemplate,
  lockNotice,
  markApproved,
  markWaiting,
  withdrawEmergencyTemplate,
} from "./queries.ts";
import { audienceIn, type Notice } from "./schema.ts";
import { contentDigest, requireTexts } from "./text.ts";

export const NOTICE_APPROVAL = "notice";
export const EMERGENCY_TEXT_APPROVAL = "notice.emergency-text";
registerApprovalKinds({ [NOTICE_APPROVAL]: "notice.approve", [EMERGENCY_TEXT_APPROVAL]: "notice.approve" });

/** The audience of a notice as a query at an instant, within the bounds of whoever made it. */
export const audienceQueryOf = (
  notice: Notice,
  context: Pick<CommandContext, "now" | "today">,
): AudienceQuery => ({
  audience: audienceIn.parse(notice.audience),
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

const requestOf = (notice: Notice) => ({
  notice: notice.id,
  version: notice.version,
  title: notice.title,
  template: notice.template,
  digest: contentDigest(notice),
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
): Promise<{ readonly approvalId: bigint; readonly counts: AudienceCounts }> => {
  const { sql, now } = context;
  const notice = await beginNoticeChange(context, id, version);
  requireState(notice, "draft");
  if (notice.sampledVersion !== notice.version) {
    fail("notice.sample-first", "nobody has had a sample of this on the own phone", {
      remedy: "send one to yourself (POST /notices/{id}/samples), read it, then ask",
    });
  }
  const counts = await countAudience(sql, audienceQueryOf(notice, context));
  if (counts.households === 0) {
    fail("notice.nobody", "no home is in this audience", { field: "audience" });
  }
  const approvalId = await requestApproval(context, {
    kind: NOTICE_APPROVAL,
    subject: `notice:${id}`,
    request: requestOf({ ...notice, askedHouseholds: counts.households }),
  });
  await markWaiting(sql, {
    id,
    approvalId,
    requestedBy: staffIdOf(context.actor) ?? refuseUnknown(),
    households: counts.households,
    now,
  });
  context.audit({ subject: `notice:${id}`, details: { asked: approvalId, households: counts.households } });
  return { approvalId, counts };
};

type People = { readonly requestedBy: bigint | null; readonly approvedBy: bigint | null };

/** Freezes the audience and marks the notice approved, by these people. */
const freeze = async (context: CommandContext, notice: Notice, people: People): Promise<void> => {
  const { sql, now } = context;
  const frozen = await freezeAudience(sql, { ...audienceQueryOf(notice, context), noticeId: notice.id });
  requireLikeAsked(notice, frozen.households);
  await markApproved(sql, { id: notice.id, ...people, ...frozen, now });
  context.audit({ subject: `notice:${notice.id}`, details: { approved: people, ...frozen } });
};

/**
 * Approves as the second person, and freezes the audience. Whoever decided in the list of approvals has decided this too. An
 * emergency needs one person and a text that was approved beforehand.
 * @param version as it was read: a draft that was written anew behind the reader's back is not what was approved
 * @throws DomainError `notice.not-found`, `version.stale`, `notice.wrong-state`, `notice.audience-grew`, `notice.text-not-approved`, those of
 * `decideApproval` and `useApproval`
 */
export const approveNotice = async (
  context: CommandContext,
  id: bigint,
  version: number | null = null,
): Promise<void> => {
  const notice = (await lockNotice(context.sql, id)) ?? refuseUnknown();
  requireVersion(notice, version);
  if (notice.emergency && notice.state === "draft") return approveEmergency(context, notice);
  requireState(notice, "waiting");
  const approvalId = notice.approvalId ?? refuseUnknown();
  const request = requestOf(notice);
  const people = await useApproval(context, approvalId, NOTICE_APPROVAL, request).catch(
    async (error: unknown) => {
      if ((error as { code?: unknown }).code !== "approval.pending") throw error;
      await decideApproval(context, approvalId, "approved", "");
      return useApproval(context, approvalId, NOTICE_APPROVAL, request);
    },
  );
  await freeze(context, notice, people);
};

/** @throws DomainError `notice.text-not-approved` */
const requireApprovedTexts = async (context: CommandContext, notice: Notice): Promise<void> => {
  for (const text of requireTexts(notice)) {
    const key = { template: text.name, channel: text.channel, locale: text.locale, digest: text.digest };
    if ((await findEmergencyTemplate(context.sql, key)) !== null) continue;
    fail("notice.text-not-approved", `the text ${text.channel}/${text.name} was not approved beforehand`, {
      field: "template",
      remedy: "have it approved by two (POST /notice-emergency-texts), or ask for an approval of this notice",
      facts: { channel: text.channel, template: text.name },
    });
  }
};

const approveEmergency = async (context: CommandContext, notice: Notice): Promise<void> => {
  const approvedBy =
    staffIdOf(context.actor) ??
    fail("approval.person-needed", "this needs a person; a machine is none", {
      remedy: "have it done by somebody who is logged in",
    });
  await requireApprovedTexts(context, notice);
  await freeze(context, notice, { requestedBy: notice.createdBy, approvedBy });
};

/**
 * What follows an approved notice is covered by its approval: a text approved beforehand, to homes that were told by it. False
 * when the first one was never approved: then nobody was told, and there is nothing to follow.
 */
export const approveAsFollowing = async (context: CommandContext, id: bigint): Promise<boolean> => {
  const notice = (await lockNotice(context.sql, id)) ?? refuseUnknown();
  const first = notice.followsId === null ? null : await findNoticeRow(context.sql, notice.followsId);
  if (first === null || first.approvedBy === null) return false;
  await requireApprovedTexts(context, notice);
  await freeze(context, notice, { requestedBy: first.requestedBy, approvedBy: first.approvedBy });
  return true;
};

type TextKey = Pick<Notice, "template" | "locale"> & { readonly channel: Notice["channels"][number] };

const emergencyRequest = (key: TextKey) => {
  const { digest, words } = loadTemplate(key.template, key.channel, key.locale);
  return { template: key.template, channel: key.channel, locale: key.locale, digest, words };
};

/** Asks that a text may be sent by one person from now on. @throws DomainError `template.not-found`, `approval.person-needed` */
export const askEmergencyText = async (context: CommandContext, key: TextKey): Promise<bigint> => {
  const request = emergencyRequest(key);
  return requestApproval(context, {
    kind: EMERGENCY_TEXT_APPROVAL,
    subject: `template:${key.channel}/${key.locale}/${key.template}`,
    request,
  });
};

/**
 * Makes a text one that one person may send, after a second person approved it; one before it ends.
 * @throws DomainError `template.not-found`, those of `useApproval`
 */
export const approveEmergencyText = async (
  context: CommandContext,
  key: TextKey,
  approvalId: bigint,
): Promise<bigint> => {
  const { sql, now } = context;
  const request = emergencyRequest(key);
  const people = await useApproval(context, approvalId, EMERGENCY_TEXT_APPROVAL, request);
  const { template, channel, locale, digest } = request;
  await withdrawEmergencyTemplate(sql, { template, channel, locale, now });
  const { id } = await insertEmergencyTemplate(sql, {
    template,
    channel,
    locale,
    digest,
    approvalId,
    ...people,
    now,
  });
  context.audit({
    subject: `notice-emergency-text:${id}`,
    details: { template, channel, locale, approvalId },
  });
  return id;
};
