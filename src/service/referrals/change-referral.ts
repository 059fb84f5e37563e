/**
 * What happens to an order before it is answered: signed for, returned because it is not ours, extended once.
 *
 * received > signed-for > reported; received | signed-for > return-asked > taken-back, or > signed-for when the authority would
 * not take it back. What was reported stays reported: what is ordered again is another order.
 */
import { both, type Words } from "#src/kernel/words.ts";
import { fail } from "#src/kernel/errors.ts";
import { wallTimeOfInstant } from "#src/kernel/day.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { registerApprovalKinds, requestApproval, useApproval } from "#src/office/approvals/index.ts";
import { cancelClocks, moveGivenClock } from "#src/service/clocks/index.ts";
import {
  addEntry,
  findOtherCompany,
  hasMergedCases,
  reachOf,
  runTicketCommand,
  ticketOfId,
} from "#src/service/tickets/index.ts";
import {
  answerReturnRow,
  askReturnRow,
  countOthers,
  findReferralInScope,
  lockReferralInScope,
  setDue,
  setVerdict,
  signForRow,
} from "./queries.ts";
import { findExtension, grantExtensionRow, insertExtension } from "./reply-queries.ts";
import { clockSubject, type Referral, type ReferralState } from "./schema.ts";

export const EXTENSION_KIND = "referral-extension";
export const REPLY_KIND = "referral-reply";
registerApprovalKinds({ [EXTENSION_KIND]: "referral.sign", [REPLY_KIND]: "referral.sign" });

const notFound = (): never =>
  fail("referral.not-found", "there is no such order, or it is outside your areas", {
    remedy: "take its id from the list (GET /api/v1/referrals)",
  });

/** The order within the actor's scope. @throws DomainError `referral.not-found` */
export const accessReferral = async (
  { sql, actor, today }: Pick<CommandContext, "sql" | "actor" | "today">,
  id: bigint,
): Promise<Referral> => (await findReferralInScope(sql, { ...reachOf(actor, today), id })) ?? notFound();

/**
 * Locks an order for a change. `version` is what the person saw.
 * @throws DomainError `referral.not-found`, `version.stale`, `referral.refused` in a state that does not take this
 */
export const beginReferralChange = async (
  context: CommandContext,
  id: bigint,
  version: number,
  from: readonly ReferralState[],
): Promise<Referral> => {
  const { sql, actor, today } = context;
  const referral = (await lockReferralInScope(sql, { ...reachOf(actor, today), id })) ?? notFound();
  if (referral.version !== version) {
    fail("version.stale", "somebody else changed this order meanwhile", {
      remedy: "read it again and decide anew",
      facts: { version: referral.version },
    });
  }
  if (!from.includes(referral.state)) {
    fail("referral.refused", `an order that is ${referral.state} does not take this`, {
      facts: { state: referral.state, possibleFrom: from },
    });
  }
  return referral;
};

/** A line on the case's timeline about one of its orders. */
export const note = (context: CommandContext, referral: Referral, said: Words, what: string) =>
  addEntry(context, referral.ticketId, {
    kind: "referral",
    text: both(
      `${referral.authorityName} ${referral.outsideNo}：${said["zh-CN"]}`,
      `${referral.authorityNameEn} ${referral.outsideNo}: ${said.en}`,
    ),
    details: { referralId: referral.id, what },
    ref: clockSubject(referral.id),
  });

const changed = (context: CommandContext, referral: Referral, details: Record<string, unknown>): void =>
  context.audit({ subject: `referral:${referral.id}`, details });

/** Signs for an order (签收). @throws DomainError as `beginReferralChange` */
export const signForReferral = async (
  context: CommandContext,
  id: bigint,
  version: number,
): Promise<number> => {
  const referral = await beginReferralChange(context, id, version, ["received"]);
  const row = await signForRow(context.sql, { id, now: context.now, by: staffIdOf(context.actor) });
  await note(context, referral, both("已签收", "signed for"), "signed-for");
  changed(context, referral, { signedFor: true });
  return row?.version ?? version;
};

/**
 * Asks the authority to take an order back that is not ours (退回). Before the order's cut-off, or its deadline where it names no
 * cut-off. Says whose the address is, when the table of the other companies knows.
 * @throws DomainError as `beginReferralChange`, and `referral.return-too-late`
 */
export const askReturn = async (
  context: CommandContext,
  id: bigint,
  version: number,
  reason: string,
): Promise<{ readonly version: number; readonly company: string | null }> => {
  const { sql, now, actor } = context;
  const referral = await beginReferralChange(context, id, version, ["received", "signed-for"]);
  const until = referral.returnBefore ?? referral.dueAt;
  if (now >= until) {
    fail("referral.return-too-late", "this order could be returned until its cut-off only", {
      remedy: "answer it: say whose it is, with what you know",
      facts: { until: until.toISOString() },
    });
  }
  const company = referral.addressText === null ? null : await findOtherCompany(sql, referral.addressText);
  const row = await askReturnRow(sql, {
    id,
    reason,
    companyId: company?.companyId ?? null,
    now,
    by: staffIdOf(actor),
  });
  const whose =
    company === null
      ? both("", "")
      : both(
          `（该地址由${company.name}供热，电话 ${company.phone}）`,
          ` (this address is heated by ${company.name}, phone ${company.phone})`,
        );
  const said = both(`申请退回：${reason}${whose["zh-CN"]}`, `return asked for: ${reason}${whose.en}`);
  await note(context, referral, said, "return-asked");
  changed(context, referral, { returnAsked: true, companyId: company?.companyId ?? null });
  return { version: row.version, company: company?.name ?? null };
};

/** A case that was opened for this order alone has nothing to do any more. */
const letGo = async (context: CommandContext, referral: Referral, text: Words): Promise<void> => {
  const { sql } = context;
  if ((await countOthers(sql, { ticketId: referral.ticketId, exceptId: referral.id })) > 0) return;
  const ticket = await ticketOfId(sql, referral.ticketId);
  if (ticket === null || ticket.channel !== "referral") return;
  if (!["new", "assigned", "accepted", "working", "waiting"].includes(ticket.state)) return;
  // Whoever's case was merged into it still waits.
  if (await hasMergedCases(sql, ticket.id)) return;
  await runTicketCommand(context, ticket.id, "cancel", { text, details: { referralId: referral.id } });
};

/**
 * What the authority answers to a return: taken back, or ours after all. Taken back, its clock ends unmet and unmissed, and a case
 * that was opened for it alone is cancelled.
 * @throws DomainError as `beginReferralChange`
 */
export const answerReturn = async (
  context: CommandContext,
  id: bigint,
  version: number,
  answer: { readonly takenBack: boolean; readonly text: string },
): Promise<number> => {
  const referral = await beginReferralChange(context, id, version, ["return-asked"]);
  const row = await answerReturnRow(context.sql, { id, takenBack: answer.takenBack, now: context.now });
  const word = answer.takenBack ? both("已收回", "taken back") : both("不同意退回", "the return is refused");
  const said =
    answer.text === "" ? word : both(`${word["zh-CN"]}：${answer.text}`, `${word.en}: ${answer.text}`);
  await note(context, referral, said, "return-answered");
  if (answer.takenBack) {
    await cancelClocks(context, referral.ticketId, { kind: "referral", subject: clockSubject(id) });
    const text = both(
      `转办已收回：${referral.authorityName} ${referral.outsideNo}`,
      `order taken back: ${referral.authorityNameEn} ${referral.outsideNo}`,
    );
    await letGo(context, referral, text);
  }
  changed(context, referral, { takenBack: answer.takenBack });
  return row.version;
};

const extensionRequest = (referralId: bigint, dueAt: Date, reason: string) => ({
  referralId: String(referralId),
  dueAt: dueAt.toISOString(),
  reason,
});

const requireLater = (dueAt: Date, referral: Referral): void => {
  if (dueAt > referral.dueAt) return;
  fail("referral.extension-not-later", "an extension ends later than the deadline", { field: "dueAt" });
};

/**
 * Asks for an extension (延期): once for an order, and a second person of ours approves before the authority is asked.
 * @throws DomainError as `beginReferralChange`, and `referral.extended-before`, `referral.extension-not-later`
 */
export const askExtension = async (
  context: CommandContext,
  id: bigint,
  version: number,
  wanted: { readonly dueAt: Date; readonly reason: string },
): Promise<bigint> => {
  const { sql, now, actor } = context;
  const referral = await beginReferralChange(context, id, version, ["received", "signed-for"]);
  requireLater(wanted.dueAt, referral);
  const approvalId = await requestApproval(context, {
    kind: EXTENSION_KIND,
    subject: `referral:${id}`,
    accountId: referral.accountId ?? undefined,
    request: extensionRequest(id, wanted.dueAt, wanted.reason),
  });
  const row = {
    referralId: id,
    reason: wanted.reason,
    askedDueAt: wanted.dueAt,
    now,
    by: staffIdOf(actor),
    approvalId,
  };
  if ((await insertExtension(sql, { ...row, dueBefore: referral.dueAt })) === null) {
    fail("referral.extended-before", "an order is extended once, and this one was asked for", {
      remedy: "keep the deadline that stands",
    });
  }
  await note(
    context,
    referral,
    both(
      `申请延期至 ${wallTimeOfInstant(wanted.dueAt)}：${wanted.reason}`,
      `extension asked for, until ${wallTimeOfInstant(wanted.dueAt)}: ${wanted.reason}`,
    ),
    "extension",
  );
  changed(context, referral, { extensionAsked: wanted.dueAt.toISOString(), approvalId });
  return approvalId;
};

/**
 * Records that the authority granted the extension that was approved: the order's deadline and its clock move to the instant that it
 * gives, which may be another one than we asked for. The approval was for the asking.
 * @throws DomainError as `beginReferralChange`, and `referral.no-extension`, `referral.extension-not-later`,
 * `referral.extended-before`, those of `useApproval`
 */
export const grantExtension = async (
  context: CommandContext,
  id: bigint,
  version: number,
  dueAt: Date,
): Promise<number> => {
  const { sql, now } = context;
  const referral = await beginReferralChange(context, id, version, ["received", "signed-for"]);
  const extension =
    (await findExtension(sql, id)) ??
    fail("referral.no-extension", "nobody asked for an extension of this order");
  requireLater(dueAt, referral);
  await useApproval(
    context,
    extension.approvalId,
    EXTENSION_KIND,
    extensionRequest(id, extension.askedDueAt, extension.reason),
  );
  if ((await grantExtensionRow(sql, { referralId: id, dueAt, now })) === null) {
    fail("referral.extended-before", "this order was extended before");
  }
  const row = await setDue(sql, { id, dueAt });
  await moveGivenClock(context, {
    ticketId: referral.ticketId,
    kind: "referral",
    subject: clockSubject(id),
    dueAt,
    reason: extension.reason,
  });
  const until = wallTimeOfInstant(dueAt);
  await note(context, referral, both(`延期至 ${until}`, `extended until ${until}`), "extended");
  changed(context, referral, {
    extendedTo: dueAt.toISOString(),
    asked: extension.askedDueAt.toISOString(),
    from: referral.dueAt.toISOString(),
  });
  return row.version;
};

/**
 * What the citizen said to the authority (满意度), as the authority tells it.
 * @throws DomainError as `beginReferralChange`
 */
export const recordVerdict = async (
  context: CommandContext,
  id: bigint,
  version: number,
  satisfied: boolean,
): Promise<number> => {
  const referral = await beginReferralChange(context, id, version, ["reported"]);
  const row = await setVerdict(context.sql, { id, satisfied, at: context.now });
  const said = satisfied
    ? both("群众评价：满意", "the citizen is satisfied")
    : both("群众评价：不满意", "the citizen is not satisfied");
  await note(context, referral, said, "verdict");
  changed(context, referral, { satisfied });
  return row.version;
};
