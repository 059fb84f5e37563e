/**
 * What the menu tells about one household, in sentences for voice or text. Who may hear it was decided before: these are
 * called for an account that was proved, or for a number that is on file for it.
 */
import { dayOfInstant } from "#src/kernel/day.ts";
import { must } from "#src/kernel/errors.ts";
import { type Fen, formatYuan, ZERO_FEN } from "#src/kernel/money.ts";
import { householdBalances } from "#src/money/ledger/index.ts";
import { billingSeasonOf, findSeasons } from "#src/office/calendars/index.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { Sql } from "#src/platform/sql.ts";
import type { VoiceLanguage } from "#src/platform/telephony/index.ts";
import { requestValveOpening, type ValveRefusal } from "#src/service/field/index.ts";
import { hourText } from "#src/service/incidents/index.ts";
import { findLatestPayment, findOpeningTask, findStanding, type Standing } from "./answer-queries.ts";
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

export type Request = {
  readonly accountId: bigint;
  /** How it was asked, for the audit of the order. */
  readonly channel: "self-service" | "sms" | "mail";
};

/**
 * A request to open a valve, with what the field did about it: it joined the order that the payment had raised, it raised one
 * (moving in is silent, so nobody had been sent), or it was refused, and then the caller hears why. Repeating is safe: the
 * second request joins the order of the first. Two requests of one household wait for each other.
 */
export const requestValve = async (
  context: CommandContext,
  request: Request,
  manner: Manner,
): Promise<Phrase[]> => {
  const { sql } = context;
  const { accountId, channel } = request;
  await lockCounters(sql, [`valve-request:${accountId}`]);
  const asked = await requestValveOpening(context, { accountId });
  if (asked.outcome === "refused") return [await refusedValve(context, accountId, asked.reason, manner)];
  context.audit({
    subject: `work-order:${asked.workOrderId}`,
    details: { asked: channel, outcome: asked.outcome },
  });
  const number = digits(asked.orderNo, manner);
  if (asked.outcome === "raised") return [{ word: "valve-requested", values: { number } }];
  const { dueAt } = must(await findOpeningTask(sql, accountId), "the task of a joined order");
  // A day that is over is not promised again.
  if (dueAt === null || dueAt <= context.now)
    return [{ word: "valve-already-requested", values: { number } }];
  const day = spokenDay(dayOfInstant(dueAt), context.today, manner.language);
  return [{ word: "valve-joined", values: { day } }];
};

const REFUSED = {
  "no-bill": "valve-no-bill",
  "valve-open": "valve-open",
  "not-supplied": "valve-not-supplied",
} as const satisfies Record<Exclude<ValveRefusal, "not-paid">, Phrase["word"]>;

const refusedValve = async (
  context: CommandContext,
  accountId: bigint,
  reason: ValveRefusal,
  manner: Manner,
): Promise<Phrase> => {
  if (reason !== "not-paid") return { word: REFUSED[reason] };
  const season = await seasonAt(context);
  const { seasonOpenFen } = await findStanding(context.sql, { accountId, seasonId: season?.id ?? null });
  // Paid at one point and without a bill at the other: a person has to look.
  if (seasonOpenFen <= ZERO_FEN) return { word: "valve-no-bill" };
  return { word: "valve-unpaid", values: { amount: money(seasonOpenFen, manner) } };
};

export type IncidentWords = {
  readonly incidentId: bigint | null;
  readonly script: string;
  readonly scriptEn: string;
  readonly expectedBackAt: Date | null;
};

/** Whether a building is affected now, in the words of its incident. */
export const incidentPhrase = (incident: IncidentWords, language: VoiceLanguage): Phrase => ({
  word: "incident-words",
  values: { script: language === "en" && incident.scriptEn !== "" ? incident.scriptEn : incident.script },
});

/**
 * The same for somebody who only typed an account number: the incident's own words name its place, and the place of an account is its
 * household's address. That something is wrong there, and until when, is not.
 */
export const affectedPhrases = (
  { expectedBackAt }: IncidentWords,
  now: Date,
  language: VoiceLanguage,
): Phrase[] => [
  { word: "building-affected" },
  ...(expectedBackAt === null || expectedBackAt <= now
    ? []
    : [{ word: "building-back", values: { hour: hourText(expectedBackAt, now, language) } } as const]),
];

export const buildingOfAccount = async (sql: Sql, accountId: bigint): Promise<bigint> =>
  (await findStanding(sql, { accountId, seasonId: null })).buildingId;
