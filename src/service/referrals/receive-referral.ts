/** An order comes in: a case, or a further number on one that is there; its clock runs to the instant that the order gives. */
import { both } from "#src/kernel/words.ts";
import { DomainError, fail, must } from "#src/kernel/errors.ts";
import { wallTimeOfInstant } from "#src/kernel/day.ts";
import { parsePhone } from "#src/kernel/phone.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { Sql } from "#src/platform/sql.ts";
import { findHouseholdsByNumber, resolveAccountNo } from "#src/town/accounts/index.ts";
import { startGivenClock } from "#src/service/clocks/index.ts";
import {
  addEntry,
  findOtherCompany,
  formatTicketNo,
  guessCategory,
  openTicket,
  type OtherCompany,
  reachOf,
  ticketOfId,
} from "#src/service/tickets/index.ts";
import {
  type Authority,
  findAuthority,
  findBuildingInText,
  listAuthorities,
  findLatestOfNumber,
  findReferralInScope,
  insertReferral,
} from "./queries.ts";
import { clockSubject, type Referral } from "./schema.ts";

export type NewReferral = {
  readonly authority: string;
  readonly outsideNo: string;
  readonly title?: string | undefined;
  readonly demand: string;
  readonly requirement?: string | undefined;
  readonly urgency?: string | undefined;
  readonly isUrgent?: boolean | undefined;
  readonly callerName?: string | undefined;
  /** As the order writes it; several numbers may stand in it. */
  readonly callerNumber?: string | undefined;
  readonly addressText?: string | undefined;
  readonly accountNo?: string | undefined;
  /** Second level; guessed by words when left out. */
  readonly category?: string | undefined;
  readonly receivedAt?: Date | undefined;
  /** Given by the order. */
  readonly dueAt: Date;
  readonly returnBefore?: Date | undefined;
  /** A case that is there: this is a further number on it. */
  readonly ticketId?: bigint | undefined;
  readonly importId?: bigint | undefined;
};

export type ReceivedReferral = {
  readonly referralId: bigint;
  readonly ticketId: bigint;
  /** Null when the order is known and its case lies outside the actor's areas: who types a number learns nothing of it. */
  readonly ticketNo: string | null;
  /** `known`: this number of this authority was there. */
  readonly outcome: "taken" | "known";
  /** What a person has to decide about a number that is known; null when there is nothing. */
  readonly remark: string | null;
  /** Whose the address is, when it is not ours: to be returned before the cut-off. */
  readonly otherCompany: OtherCompany | null;
};

/** The first number that can be called; orders write two with a stroke, or `138...（女儿）`. */
export const firstNumber = (written: string | undefined): string | undefined => {
  for (const part of (written ?? "").split(/[,，;；/、\s]+|[（(].*$/u)) {
    if (!/\d{5}/.test(part)) continue;
    try {
      return parsePhone(part).number;
    } catch (error) {
      // The next one may be a number; what none can read stays in the order's own words.
      if (!(error instanceof DomainError)) throw error;
    }
  }
  return undefined;
};

const requireTimes = (input: NewReferral, receivedAt: Date, now: Date): void => {
  if (receivedAt.getTime() > now.getTime() + 5 * 60_000) {
    fail("referral.from-the-future", "an order is not received later than now", { field: "receivedAt" });
  }
  if (input.dueAt <= receivedAt) {
    fail("referral.due-before-received", "the order's deadline lies before its receipt", {
      field: "dueAt",
      remedy: "read the order again: the deadline is given by it",
    });
  }
  if (input.returnBefore !== undefined && input.returnBefore > input.dueAt) {
    fail("referral.return-after-due", "what is not ours is returned before the deadline", {
      field: "returnBefore",
    });
  }
};

/** @throws DomainError `referral.authority-unknown`, with those that there are */
export const refuseAuthority = async (sql: Sql, field: string): Promise<never> => {
  const known = (await listAuthorities(sql)).filter(({ active }) => active).map(({ code }) => code);
  return fail("referral.authority-unknown", "no such authority sends orders here", {
    field,
    remedy: "name one of them by its code, or add it (PUT /api/v1/referral-authorities/{code})",
    facts: { authorities: known },
  });
};

const requireAuthority = async (context: CommandContext, code: string): Promise<Authority> => {
  const authority = await findAuthority(context.sql, code);
  if (authority === null || !authority.active) {
    return refuseAuthority(context.sql, "authority");
  }
  return authority;
};

/** The household: by its number, else by the one household behind the caller's number. A guess that fits two is none. */
const accountOf = async (
  context: CommandContext,
  input: NewReferral,
  number: string | undefined,
): Promise<bigint | undefined> => {
  if (input.accountNo !== undefined) {
    const { accountId } = await resolveAccountNo(context.sql, input.accountNo);
    if (accountId !== null) return accountId;
  }
  if (number === undefined) return undefined;
  const households = await findHouseholdsByNumber(context.sql, number, context.today);
  const accounts = new Set(households.map((one) => one.accountId));
  return accounts.size === 1 ? households[0]?.accountId : undefined;
};

const openCase = async (context: CommandContext, input: NewReferral, sourceKey: string): Promise<bigint> => {
  const number = firstNumber(input.callerNumber);
  const accountId = await accountOf(context, input, number);
  const buildingId =
    accountId === undefined && input.addressText !== undefined
      ? await findBuildingInText(context.sql, input.addressText)
      : null;
  const words = `${input.title ?? ""} ${input.demand}`;
  const guessed = input.category === undefined ? (await guessCategory(context.sql, words))[0] : undefined;
  const { ticketId } = await openTicket(context, {
    category: input.category ?? guessed?.code ?? "",
    categoryGuessed: input.category === undefined,
    channel: "referral",
    ...(input.isUrgent === true && { severity: "urgent" as const }),
    accountId,
    ...(buildingId !== null && { buildingId }),
    // An order without any address is still a case: its number says where it came from.
    addressText: input.addressText ?? `${input.authority} ${input.outsideNo}`,
    callerNumber: number,
    callerName: input.callerName,
    summary: (input.title === undefined ? input.demand : `${input.title}：${input.demand}`).slice(0, 2000),
    sourceKey,
  });
  return ticketId;
};

/**
 * Takes an order in. Repeating is safe: the same number of the same authority is the same order. A number that was taken back and
 * comes again with another deadline is a new round on a case of its own. With `ticketId` it is a further number on that case;
 * else it opens a case, with the household where one is certain. Starts the order's clock.
 * @throws DomainError `referral.authority-unknown`, `referral.case-over`, `referral.from-the-future`, `referral.due-before-received`,
 * `referral.return-after-due`, and what `openTicket` refuses
 */
export const receiveReferral = async (
  context: CommandContext,
  input: NewReferral,
): Promise<ReceivedReferral> => {
  const authority = await requireAuthority(context, input.authority);
  const before = await findLatestOfNumber(context.sql, input);
  const comesAgain = before?.state === "taken-back" && isOtherDeadline(before, input);
  if (before !== null && !comesAgain) return known(context, before, input);
  const receivedAt = input.receivedAt ?? context.now;
  requireTimes(input, receivedAt, context.now);
  const { ticketId: given } = input;
  if (given !== undefined) await requireStandingCase(context, given);
  const round = (before?.round ?? 0) + 1;
  const sourceKey = `referral:${input.authority}:${input.outsideNo}${round === 1 ? "" : `:${round}`}`;
  const ticketId = given ?? (await openCase(context, input, sourceKey));
  const parent = before === null ? {} : { parentId: before.id };
  const referralId = await enterReferral(context, authority, {
    ...input,
    ...parent,
    ticketId,
    receivedAt,
    round,
  });
  if (referralId === null) {
    const other = must(await findLatestOfNumber(context.sql, input), "the order of this number");
    return known(context, other, input);
  }
  const otherCompany =
    input.addressText === undefined ? null : await findOtherCompany(context.sql, input.addressText);
  return {
    referralId,
    ticketId,
    ticketNo: formatTicketNo(ticketId),
    outcome: "taken",
    remark: null,
    otherCompany,
  };
};

const isOtherDeadline = (known: Referral, input: NewReferral): boolean =>
  known.dueAt.getTime() !== input.dueAt.getTime();

/** An order in the actor's reach is named with its case, any other one is only known. */
const known = async (
  { sql, actor, today }: CommandContext,
  referral: Referral,
  input: NewReferral,
): Promise<ReceivedReferral> => {
  const visible = await findReferralInScope(sql, { ...reachOf(actor, today), id: referral.id });
  return {
    referralId: referral.id,
    ticketId: referral.ticketId,
    ticketNo: visible?.ticketNo ?? null,
    outcome: "known",
    remark: !isOtherDeadline(referral, input)
      ? null
      : referral.state === "reported"
        ? "known and reported, now with another deadline: it may be ordered again"
        : "known, now with another deadline: it may be extended",
    otherCompany: null,
  };
};

/** @throws DomainError `ticket.not-found`, `referral.case-over` */
const requireStandingCase = async (context: CommandContext, ticketId: bigint): Promise<void> => {
  const ticket =
    (await ticketOfId(context.sql, ticketId)) ??
    fail("ticket.not-found", "there is no such case", { field: "ticketNo" });
  if (!["closed", "cancelled", "merged"].includes(ticket.state)) return;
  fail("referral.case-over", `this case is ${ticket.state}: an order on it would be on nobody's list`, {
    field: "ticketNo",
    remedy: "open the case again first, or take the order in as a case of its own",
    facts: { state: ticket.state },
  });
};

/** Writes an order on its case: row, clock, timeline, event. Null when this number is there in this round. */
export const enterReferral = async (
  context: CommandContext,
  authority: Pick<Authority, "code" | "name" | "nameEn">,
  order: NewReferral & {
    readonly ticketId: bigint;
    readonly receivedAt: Date;
    readonly round?: number;
    readonly parentId?: bigint;
  },
): Promise<bigint | null> => {
  const { sql, now, actor } = context;
  const inserted = await insertReferral(sql, {
    ticketId: order.ticketId,
    authority: authority.code,
    outsideNo: order.outsideNo,
    round: order.round ?? 1,
    parentId: order.parentId ?? null,
    title: order.title ?? "",
    demand: order.demand,
    requirement: order.requirement ?? "",
    urgency: order.urgency ?? "",
    callerName: order.callerName ?? null,
    callerNumber: order.callerNumber ?? null,
    addressText: order.addressText ?? null,
    receivedAt: order.receivedAt,
    dueAt: order.dueAt,
    returnBefore: order.returnBefore ?? null,
    importId: order.importId ?? null,
    now,
    by: staffIdOf(actor),
  });
  if (inserted === null) return null;
  const { id } = inserted;
  const { ticketId, dueAt } = order;
  await startGivenClock(context, { ticketId, kind: "referral", subject: clockSubject(id), dueAt });
  const isFirst = order.parentId === undefined;
  const until = wallTimeOfInstant(dueAt);
  await addEntry(context, ticketId, {
    kind: "referral",
    text: both(
      `${isFirst ? "收到转办" : "再次转办"}：${authority.name} ${order.outsideNo}，办理时限 ${until}`,
      `${isFirst ? "order received" : "ordered again"}: ${authority.nameEn} ${order.outsideNo}, due ${until}`,
    ),
    details: { referralId: id, authority: authority.code, round: order.round ?? 1 },
    ref: clockSubject(id),
  });
  context.audit({
    subject: `referral:${id}`,
    details: { received: true, authority: authority.code, ticketId, dueAt: dueAt.toISOString() },
  });
  context.emit({
    type: "referral.received",
    subject: `ticket:${ticketId}`,
    payload: { referralId: String(id), ticketId: String(ticketId) },
  });
  return id;
};
