/** Letters of demand (催告函): made once a day and account, kept as they were made, with the proof of their delivery. */
import { z } from "zod";
import { addDays, type Day, wallTimeOfInstant } from "#src/kernel/day.ts";
import { fail, must } from "#src/kernel/errors.ts";
import { formatBillNo } from "#src/kernel/ids.ts";
import { type Fen, fen } from "#src/kernel/money.ts";
import { type BillLine, explainBillLine, findLines, findPrintFacts } from "#src/money/billing/index.ts";
import { heatClassName, loopTypeName } from "#src/money/tariffs/index.ts";
import {
  billingSeasonOf,
  findSeasons,
  lastHeatingDay,
  requireSeason,
  seasonName,
} from "#src/office/calendars/index.ts";
import type { PrintDocument, PrintLocale } from "#src/office/documents/index.ts";
import { type Actor, staffIdOf } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { companyOnPaper } from "#src/platform/company.ts";
import { scopeBindings } from "#src/platform/scope.ts";
import { field, word } from "#src/platform/setting-fields.ts";
import { declareSetting, readSetting } from "#src/platform/settings.ts";
import type { Sql } from "#src/platform/sql.ts";
import { type Account, findHolds } from "#src/town/accounts/index.ts";
import { requireCertified } from "./certified-days.ts";
import {
  findLetterBills,
  findLetterInScope,
  findLetterOfDay,
  hasReachedDebtStage,
  insertDelivery,
  insertLetter,
  insertLettersOfRun,
  isFileKnown,
  type Letter,
  type LetterBill,
  lockDueTotal,
  type Manner,
} from "./letter-queries.ts";
import { reminderRun } from "./reminder-run.ts";

/** How long a household has to answer a letter: 15 days in Heilongjiang's ordinance; a city's own may differ. */
const answerDaysSetting = declareSetting({
  key: "reminders.answer-days",
  schema: z.int().min(1).max(60),
  standard: 15,
  title: word("催告函答复期限", "Time to answer a demand"),
  fields: { "": field("送达后", "After delivery", { unit: "days" }) },
  meaning: {
    "zh-CN": "催告函送达后用户缴清或提出异议的天数",
    en: "days after the delivery of a letter of demand within which a household pays or objects",
  },
});

export const letterNoOf = (letter: Pick<Letter, "id" | "seasonId">): string =>
  `CG${formatBillNo(letter.seasonId, letter.id)}`;

/** The letter if its account lies within the actor's scope. @throws DomainError `demand-letter.not-found` */
export const accessLetter = async (sql: Sql, actor: Actor, id: bigint, day: Day): Promise<Letter> =>
  (await findLetterInScope(sql, id, scopeBindings(actor.scope, day))) ??
  fail("demand-letter.not-found", "there is no such letter", { field: "id" });

/**
 * Makes the letter of today for what is due and unpaid, bill by bill. Refuses: a day whose money is not certified, nothing due, a
 * hold, an account that the ladder did not bring to this stage. Repeating on the same day answers the same letter. Locks the
 * account.
 * @throws DomainError `arrears.not-certified`, `demand-letter.nothing-due`, `demand-letter.on-hold`,
 * `demand-letter.stage-not-reached`
 */
export const makeDemandLetter = async (
  context: CommandContext,
  account: Account,
): Promise<{ readonly letter: Letter; readonly made: boolean }> => {
  const { sql, today, now } = context;
  await requireCertified(sql, addDays(today, -1));
  const totalFen = await lockDueTotal(sql, account.id);
  const ofToday = { accountId: account.id, madeOn: today };
  const known = await findLetterOfDay(sql, ofToday);
  if (known !== null) return { letter: known, made: false };
  if (totalFen === 0n) {
    fail("demand-letter.nothing-due", "no bill of this account is due and unpaid", {
      remedy: "an offer of a season that has not opened is not demanded",
    });
  }
  const holds = await findHolds(sql, account.id, today);
  if (holds.length > 0) {
    fail("demand-letter.on-hold", "a hold on this account says to leave it alone", {
      remedy: "settle the hold first",
      facts: { holds: holds.map((hold) => hold.kind) },
    });
  }
  const season = billingSeasonOf(await findSeasons(sql), today);
  if (season === null || !(await hasReachedDebtStage(sql, { accountId: account.id, season: season.id }))) {
    fail(
      "demand-letter.stage-not-reached",
      "the ladder has not brought this account to the letter of demand",
      {
        remedy: "it comes there on the day of that stage, when its notices have gone before",
      },
    );
  }
  await insertLetter(sql, {
    ...ofToday,
    seasonId: season.id,
    answerDays: await readSetting(sql, answerDaysSetting),
    totalFen,
    now,
    madeBy: staffIdOf(context.actor),
  });
  const letter = must(await findLetterOfDay(sql, ofToday), "the letter that was made");
  context.audit({ subject: `account:${account.id}`, details: { demandLetter: letter.id, totalFen } });
  return { letter, made: true };
};

/**
 * Makes today's letters for all accounts that a pass brought to a stage about debts, by one statement: what is due now, without holds and
 * payments in doubt. Repeating on the same day makes none twice.
 * @throws DomainError `reminders.run-not-found`, `demand-letter.stage-not-reached`, `arrears.not-certified`
 */
export const makeDemandLetters = async (
  context: CommandContext,
  runId: bigint,
): Promise<{ readonly letters: bigint; readonly totalFen: Fen }> => {
  const { sql, today, now } = context;
  const run =
    (await reminderRun(sql, runId)) ??
    fail("reminders.run-not-found", "there is no such pass", { field: "id" });
  if (run.stage.audience !== "debts") {
    fail("demand-letter.stage-not-reached", `the stage ${run.stage.code} is not about debts`, {
      remedy: "choose a pass that brought accounts to the letter of demand",
    });
  }
  await requireCertified(sql, addDays(today, -1));
  const made = await insertLettersOfRun(sql, {
    runId,
    madeOn: today,
    answerDays: await readSetting(sql, answerDaysSetting),
    now,
    madeBy: staffIdOf(context.actor),
  });
  context.audit({
    subject: `reminder-run:${runId}`,
    details: { demandLetters: made.letters, totalFen: made.totalFen },
  });
  return made;
};

/**
 * Notes when and how a letter was delivered, once: from that day its time to answer runs.
 * @throws DomainError `demand-letter.delivery-day`, `file.not-found`, `demand-letter.delivered-before`
 */
export const recordDelivery = async (
  context: CommandContext,
  letter: Letter,
  delivery: {
    readonly deliveredOn: Day;
    readonly manner: Manner;
    readonly proof: string;
    readonly fileId: bigint | null;
  },
): Promise<{ readonly answerBy: Day }> => {
  const { deliveredOn, fileId } = delivery;
  if (deliveredOn < letter.madeOn || deliveredOn > context.today) {
    fail("demand-letter.delivery-day", `a letter of ${letter.madeOn} was not delivered on ${deliveredOn}`, {
      field: "deliveredOn",
      remedy: "give a day from the letter's own to today",
    });
  }
  if (fileId !== null && !(await isFileKnown(context.sql, fileId))) {
    fail("file.not-found", "there is no such file", { field: "fileId" });
  }
  const written = await insertDelivery(context.sql, {
    letterId: letter.id,
    ...delivery,
    now: context.now,
    recordedBy: staffIdOf(context.actor),
  });
  if (written === 0) {
    fail("demand-letter.delivered-before", "the delivery of this letter is on record", {
      remedy: "a record of delivery is not changed; make another letter if it was wrong",
    });
  }
  context.audit({
    subject: `account:${letter.accountId}`,
    details: { demandLetter: letter.id, deliveredOn, manner: delivery.manner },
  });
  return { answerBy: addDays(deliveredOn, letter.answerDays) };
};

const WORDS = {
  "zh-CN": { heat: "供热费", opening: "旧欠供热费", unnamed: "用户" },
  en: { heat: "heat", opening: "old heat debt", unnamed: "Customer" },
} as const;

/** Between sentences. */
const SPACE = { "zh-CN": "", en: " " } as const;

const descriptionOf = (line: BillLine | undefined, locale: PrintLocale): string => {
  if (line === undefined || line.heatClass === null || line.loopType === null) return WORDS[locale].opening;
  return [
    WORDS[locale].heat,
    heatClassName(line.heatClass)[locale],
    loopTypeName(line.loopType)[locale],
  ].join(" · ");
};

type DemandDocument = Extract<PrintDocument, { kind: "demand-letter" }>;

const billOf = async (
  sql: Sql,
  bill: LetterBill,
  lines: readonly BillLine[],
  locale: PrintLocale,
): Promise<DemandDocument["bills"][number]> => {
  const season = await requireSeason(sql, bill.seasonId);
  return {
    billNo: formatBillNo(bill.seasonId, bill.billId),
    seasonName: seasonName(bill.seasonId),
    description: descriptionOf(lines[0], locale),
    explanation: lines.flatMap((line) => explainBillLine(line).sentences[locale]).join(SPACE[locale]),
    heatFrom: season.startsOn,
    heatThrough: lastHeatingDay(season),
    issuedOn: bill.issuedOn,
    dueOn: bill.dueOn,
    amountFen: bill.amountFen,
    paidFen: bill.paidFen,
    openFen: fen(bill.amountFen - bill.paidFen),
  };
};

/** The letter as it was made, to print. The owner's name is printed whole: the paper goes to the household. */
export const letterDocument = async (
  sql: Sql,
  letter: Letter,
  options: { readonly now: Date; readonly locale: PrintLocale },
): Promise<PrintDocument> => {
  const { locale } = options;
  const demanded = await findLetterBills(sql, letter.id);
  const lines = await findLines(
    sql,
    demanded.map((bill) => bill.billId),
  );
  const facts = await findPrintFacts(sql, { accountId: letter.accountId, on: letter.madeOn });
  const bills: DemandDocument["bills"] = [];
  for (const bill of demanded) {
    bills.push(
      await billOf(
        sql,
        bill,
        lines.filter((line) => line.billId === bill.billId),
        locale,
      ),
    );
  }
  return {
    kind: "demand-letter",
    paper: "a4",
    company: await companyOnPaper(sql),
    letterNo: letterNoOf(letter),
    madeOn: letter.madeOn,
    accountNo: letter.accountNo,
    ownerName: facts.ownerName === "" ? WORDS[locale].unnamed : facts.ownerName,
    address: facts.address,
    bills,
    totalFen: letter.totalFen,
    answerDays: letter.answerDays,
    howToPay: facts.howToPay,
    printedAt: wallTimeOfInstant(options.now),
    reprintCount: 0,
  };
};
