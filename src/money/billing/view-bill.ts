/** Bills as an API shows them, and as paper prints them. */
import { areaMilliM2, formatAreaM2 } from "#src/kernel/area.ts";
import { type Day, wallTimeOfInstant } from "#src/kernel/day.ts";
import { fail, must } from "#src/kernel/errors.ts";
import { formatBillNo } from "#src/kernel/ids.ts";
import { fen } from "#src/kernel/money.ts";
import { formatPriceYuan } from "#src/kernel/rate.ts";
import { heatClassName, loopTypeName } from "#src/money/tariffs/index.ts";
import { lastHeatingDay, requireSeason, seasonName } from "#src/office/calendars/index.ts";
import type { PrintDocument, PrintLocale } from "#src/office/documents/index.ts";
import type { Actor } from "#src/platform/actor.ts";
import { companyOnPaper } from "#src/platform/company.ts";
import { fenJson } from "#src/platform/route.ts";
import { scopeBindings } from "#src/platform/scope.ts";
import type { Sql } from "#src/platform/sql.ts";
import { type Bill, type BillLine, findBillInScope, findLines, findPrintFacts } from "./bill-queries.ts";
import { chargeInputs, explainBillLine } from "./explain.ts";

/**
 * The bill if its account lies within the actor's scope on `day`. Takes no lock.
 * @throws DomainError `bill.not-found` also for what lies outside the scope
 */
export const accessBill = async (sql: Sql, actor: Actor, billId: bigint, day: Day): Promise<Bill> =>
  (await findBillInScope(sql, billId, scopeBindings(actor.scope, day))) ??
  fail("bill.not-found", "there is no such bill", { field: "id" });

export const lineJson = (line: BillLine) => {
  const { agrees, formula, sentences } = explainBillLine(line);
  return {
    ordinal: line.ordinal,
    kind: line.kind,
    amountFen: fenJson(line.amountFen),
    heatClass: line.heatClass,
    loopType: line.loopType,
    billingAreaM2: line.areaMilliM2 === null ? null : formatAreaM2(line.areaMilliM2),
    priceYuan: line.priceMicroYuan === null ? null : formatPriceYuan(line.priceMicroYuan),
    days: line.days,
    shareBasisPoints: line.shareBasisPoints,
    formula,
    agrees,
    explanation: { "zh-CN": [...sentences["zh-CN"]], en: [...sentences.en] },
  };
};

export const billJson = (bill: Bill, lines: readonly BillLine[]) => ({
  id: String(bill.id),
  billNo: formatBillNo(bill.seasonId, bill.id),
  accountNo: bill.accountNo,
  chargePoint: bill.chargePoint,
  season: bill.seasonId,
  kind: bill.kind,
  sequence: bill.sequence,
  state: bill.state,
  amountFen: fenJson(bill.amountFen),
  paidFen: fenJson(bill.paidFen),
  /** What is still to be paid; nothing on a cancelled bill. */
  openFen: bill.state === "cancelled" ? 0 : fenJson(bill.amountFen - bill.paidFen),
  issuedOn: bill.issuedOn,
  dueOn: bill.dueOn,
  invoiced: bill.invoiced,
  cancelledReason: bill.cancelledReason,
  lines: lines.filter((line) => line.billId === bill.id).map(lineJson),
});

const TEXT = {
  "zh-CN": { heat: "供热费", opening: "旧欠供热费", unnamed: "用户" },
  en: { heat: "Heat", opening: "Old heat debt", unnamed: "Customer" },
} as const;

type DocumentLine = Extract<PrintDocument, { kind: "bill" }>["lines"][number];

const documentLine = (line: BillLine, locale: PrintLocale): DocumentLine => {
  if (line.kind === "opening") {
    return {
      kind: "amount",
      description: TEXT[locale].opening,
      reason: line.note ?? "",
      amountFen: line.amountFen,
    };
  }
  const inputs = chargeInputs(line);
  const names = [
    TEXT[locale].heat,
    heatClassName(inputs.heatClass)[locale],
    loopTypeName(inputs.loopType)[locale],
  ];
  return {
    kind: "formula",
    description: names.join(" · "),
    areaMilliM2: areaMilliM2(inputs.areaMilliM2),
    priceMicroYuan: inputs.priceMicroYuan,
    priceUnit: inputs.priceBasis === "area-day" ? "day" : "season",
    days: inputs.days,
    shareBasisPoints: inputs.shareBasisPoints,
    amountFen: line.amountFen,
  };
};

/**
 * The bill as a document to print. The owner's name is printed whole: the paper goes to the household.
 * @throws DomainError `season.unknown`
 */
export const billDocument = async (
  sql: Sql,
  bill: Bill,
  options: { readonly now: Date; readonly on: Day; readonly locale: PrintLocale },
): Promise<PrintDocument> => {
  const { locale, on } = options;
  const season = await requireSeason(sql, bill.seasonId);
  const lines = await findLines(sql, [bill.id]);
  const facts = await findPrintFacts(sql, { accountId: bill.accountId, on });
  const first = must(lines[0], `a line of bill ${bill.id}`);
  const cancelled = bill.state === "cancelled";
  return {
    kind: "bill",
    paper: "a4",
    company: await companyOnPaper(sql),
    billNo: formatBillNo(bill.seasonId, bill.id),
    issuedOn: bill.issuedOn,
    accountNo: bill.accountNo,
    ownerName: facts.ownerName === "" ? TEXT[locale].unnamed : facts.ownerName,
    address: facts.address,
    seasonName: seasonName(bill.seasonId),
    seasonFrom: season.startsOn,
    seasonThrough: lastHeatingDay(season),
    lines: lines.map((line) => documentLine(line, locale)),
    tariffBasis: first.priceDocument ?? "",
    totalFen: bill.amountFen,
    paidFen: bill.paidFen,
    dueFen: fen(bill.amountFen - bill.paidFen),
    payBy: bill.kind === "heat" && !cancelled ? season.paymentWindowEndsOn : null,
    howToPay: facts.howToPay,
    notes: cancelled && bill.cancelledReason !== null ? [bill.cancelledReason] : [],
    printedAt: wallTimeOfInstant(options.now),
    reprintCount: 0,
    voided: cancelled,
  };
};
