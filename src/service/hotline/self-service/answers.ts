/**
 * What the menu tells about one household, in sentences for voice or text. Who may hear it was decided before: these are
 * called for an account that was proved, or for a number that is on file for it.
 */
import { dayOfInstant } from "#src/kernel/day.ts";
import { type Fen, formatYuan, ZERO_FEN } from "#src/kernel/money.ts";
import { householdBalances } from "#src/money/ledger/index.ts";
import { billingSeasonOf, findSeasons } from "#src/office/calendars/index.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { Sql } from "#src/platform/sql.ts";
import type { VoiceLanguage } from "#src/platform/telephony/index.ts";
import {
  findOpenTickets,
  formatTicketNo,
  openTicket,
  type TicketChannel,
} from "#src/service/tickets/index.ts";
import {
  findLatestPayment,
  findOpeningTask,
  findStanding,
  findValves,
  type Standing,
} from "./answer-queries.ts";
import { lockCounters } from "./proof-queries.ts";
import { spokenDay, spokenDigits, spokenMoney } from "./spoken.ts";
import type { Phrase } from "./words.ts";

/** How figures are put: read aloud, or written in a text message. */
export type Manner = {
  readonly language: VoiceLanguage;
  readonly medium: "voice" | "text";
};

const money = (amount: Fen, manner: Manner): string =>
  manner.medium === "voice"
    ? spokenMoney(amount, manner.language)
    : `${formatYuan(amount)}${manner.language === "en" ? " yuan" : "元"}`;

/** The end of the number only, as everywhere where somebody may listen or read along. */
const account = (accountNo: string, manner: Manner): string => {
  const end = accountNo.slice(-4);
  if (manner.medium === "text") return `****${end}`;
  return manner.language === "en"
    ? `ending in ${spokenDigits(end, "en")}`
    : `尾号${spokenDigits(end, "zh-CN")}`;
};

const digits = (text: string, manner: Manner): string =>
  manner.medium === "voice" ? spokenDigits(text, manner.language) : text;

const seasonAt = async (context: Pick<CommandContext, "sql" | "today">) =>
  billingSeasonOf(await findSeasons(context.sql), context.today);

/** What is due, what is offered for the season and until when, and what is prepaid. */
export const tellOwed = async (
  context: CommandContext,
  accountId: bigint,
  manner: Manner,
): Promise<Phrase[]> => {
  const { sql, today } = context;
  const season = await seasonAt(context);
  const so = await findStanding(sql, { accountId, seasonId: season?.id ?? null });
  const { prepaidFen } = await householdBalances(sql, accountId);
  const named = account(so.accountNo, manner);
  const phrases: Phrase[] = [];
  if (so.dueFen > 0n) {
    phrases.push({ word: "owed", values: { account: named, amount: money(so.dueFen, manner) } });
  }
  if (so.offeredFen > 0n) {
    const day = spokenDay(season?.paymentWindowEndsOn ?? today, today, manner.language);
    const values = { account: named, amount: money(so.offeredFen, manner), day };
    phrases.push({ word: "owed-offered", values });
  }
  if (phrases.length === 0) phrases.push({ word: "owed-nothing", values: { account: named } });
  if (prepaidFen > 0n)
    phrases.push({ word: "prepaid", values: { amount: money(prepaidFen as Fen, manner) } });
  return phrases;
};

/** The last payment since the season's bills opened, and whether the season is paid in full. */
export const tellPaid = async (
  context: CommandContext,
  accountId: bigint,
  manner: Manner,
): Promise<Phrase[]> => {
  const { sql, today } = context;
  const season = await seasonAt(context);
  const so = await findStanding(sql, { accountId, seasonId: season?.id ?? null });
  const payment = await findLatestPayment(sql, { accountId, since: season?.billsOpenOn ?? null });
  const named = account(so.accountNo, manner);
  const first: Phrase =
    payment === null
      ? { word: "paid-none", values: { account: named } }
      : {
          word: "paid-last",
          values: {
            account: named,
            amount: money(payment.amountFen, manner),
            day: spokenDay(payment.paidOn, today, manner.language),
          },
        };
  if (so.seasonBills === 0n) return [first];
  return [first, paidState(so, manner)];
};

const paidState = (so: Standing, manner: Manner): Phrase =>
  so.seasonOpenFen > ZERO_FEN
    ? { word: "paid-part", values: { amount: money(so.seasonOpenFen, manner) } }
    : { word: "paid-in-full" };

/** Whoever stopped, was cut off or is closed for a breach waits for other papers than a payment. */
const SUPPLIED = ["undecided", "supplied", "closed-for-arrears"];
const SHUT = ["closed", "sealed", "unknown"];

export type Request = {
  readonly accountId: bigint;
  readonly channel: TicketChannel;
  readonly callerNumber: string | null;
  /** `menu-session:17`: the same request opens the same case. */
  readonly sourceKey: string;
};

/**
 * A request to open a valve. It joins the task that the payment raised; where there is none though all is paid and the valve
 * is shut, it joins the open case or opens one. Whoever has not paid hears what is open: the payment raises the task by
 * itself. Two requests of one household at once open one case.
 */
export const requestValve = async (
  context: CommandContext,
  request: Request,
  manner: Manner,
): Promise<Phrase[]> => {
  const { sql, today } = context;
  const { accountId } = request;
  await lockCounters(sql, [`valve-request:${accountId}`]);
  const season = await seasonAt(context);
  const so = await findStanding(sql, { accountId, seasonId: season?.id ?? null });
  const points = await findValves(sql, { accountId, today });
  const supplied = points.filter((point) => SUPPLIED.includes(point.supply));
  if (supplied.length === 0) return [{ word: "valve-not-supplied" }];
  if (so.seasonOpenFen > 0n) {
    return [{ word: "valve-unpaid", values: { amount: money(so.seasonOpenFen, manner) } }];
  }
  const task = await findOpeningTask(sql, accountId);
  if (task !== null) {
    const day = spokenDay(dayOfInstant(task.dueAt ?? context.now), today, manner.language);
    context.audit({ subject: `task:${task.id}`, details: { joined: request.channel } });
    return [{ word: "valve-joined", values: { day } }];
  }
  if (!supplied.some((point) => SHUT.includes(point.valve))) return [{ word: "valve-open" }];
  if (so.seasonBills === 0n) return [{ word: "valve-no-bill" }];
  return openValveCase(context, request, manner);
};

const openValveCase = async (
  context: CommandContext,
  request: Request,
  manner: Manner,
): Promise<Phrase[]> => {
  const { sql } = context;
  const [known] = await findOpenTickets(sql, { accountId: request.accountId, category: "valve" });
  if (known !== undefined) {
    const number = digits(formatTicketNo(known.id), manner);
    return [{ word: "valve-already-requested", values: { number } }];
  }
  const opened = await openTicket(context, {
    category: "valve.open",
    channel: request.channel,
    accountId: request.accountId,
    ...(request.callerNumber !== null && { callerNumber: request.callerNumber }),
    summary: "自助申请开阀：热费已缴清，阀门未登记为已开",
    sourceKey: `${request.sourceKey}:valve`,
  });
  return [{ word: "valve-requested", values: { number: digits(opened.ticketNo, manner) } }];
};

export type IncidentWords = {
  readonly incidentId: bigint;
  readonly script: string;
  readonly scriptEn: string;
};

/** Whether a building is affected now, in the words of its incident. */
export const incidentPhrase = (incident: IncidentWords, language: VoiceLanguage): Phrase => ({
  word: "incident-words",
  values: { script: language === "en" && incident.scriptEn !== "" ? incident.scriptEn : incident.script },
});

export const buildingOfAccount = async (sql: Sql, accountId: bigint): Promise<bigint> =>
  (await findStanding(sql, { accountId, seasonId: null })).buildingId;
