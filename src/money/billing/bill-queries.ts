/** SQL of single bills: reading them with their lines, and cancelling one. */
import { z } from "zod";
import type { AreaMilliM2 } from "#src/kernel/area.ts";
import type { Day } from "#src/kernel/day.ts";
import type { Fen } from "#src/kernel/money.ts";
import type { PriceMicroYuan } from "#src/kernel/rate.ts";
import type { PriceBasis } from "#src/money/tariffs/index.ts";
import { accountScope } from "#src/platform/scope.ts";
import { field, word } from "#src/platform/setting-fields.ts";
import { declareSetting, settingOf, storedSetting } from "#src/platform/settings.ts";
import type { Bindings, Sql } from "#src/platform/sql.ts";
import type { HeatClass, LoopType } from "#src/town/accounts/index.ts";
import { inBillingWords } from "./run-queries.ts";

export type BillState = "offered" | "due" | "cancelled";

export type Bill = {
  readonly id: bigint;
  readonly accountId: bigint;
  readonly accountNo: string;
  readonly chargePointId: bigint;
  readonly chargePoint: number;
  readonly seasonId: number;
  readonly kind: "heat" | "opening";
  readonly sequence: number;
  readonly state: BillState;
  readonly amountFen: Fen;
  readonly paidFen: Fen;
  readonly issuedOn: Day;
  /** From this day on what is unpaid is a debt; null where no date makes it one. */
  readonly dueOn: Day | null;
  readonly invoiced: boolean;
  readonly cancelledReason: string | null;
};

const BILL = `
  select bill.id, bill.account_id as "accountId", account.account_no as "accountNo",
    bill.charge_point_id as "chargePointId", point.ordinal as "chargePoint", bill.season_id as "seasonId", bill.kind,
    bill.sequence, bill.state, bill.amount_fen as "amountFen", bill.paid_fen as "paidFen",
    bill.issued_on as "issuedOn", rule.due_on as "dueOn", bill.invoiced, cancellation.reason as "cancelledReason"
  from bills bill
  join heat_accounts account on account.id = bill.account_id
  join charge_points point on point.id = bill.charge_point_id
  left join bill_lines line on line.bill_id = bill.id and line.ordinal = 1
  left join season_rules rule on bill.kind = 'heat' and rule.season_id = bill.season_id
    and rule.heat_class = line.heat_class and rule.loop_type = line.loop_type
  left join bill_cancellations cancellation on cancellation.bill_id = bill.id`;

const billsOfAccount = `
  ${BILL} where bill.account_id = :accountId order by bill.season_id desc, bill.kind, bill.id desc`;

/** All bills of an account, the latest season first. */
export const findBillsOf = (sql: Sql, accountId: bigint): Promise<Bill[]> =>
  sql.rows<Bill>(billsOfAccount, { accountId });

const billInScope = `${BILL} where bill.id = :billId and ${accountScope("account")}`;

export const findBillInScope = (sql: Sql, billId: bigint, scope: Bindings): Promise<Bill | null> =>
  sql.maybeOne<Bill>(billInScope, { billId, ...scope });

/** A line with everything that its explanation names; the inputs of an opening line are null. */
export type BillLine = {
  readonly id: bigint;
  readonly billId: bigint;
  readonly ordinal: number;
  readonly kind: "heat" | "opening";
  readonly seasonId: number;
  readonly amountFen: Fen;
  readonly note: string | null;
  readonly heatClass: HeatClass | null;
  readonly loopType: LoopType | null;
  readonly areaMilliM2: AreaMilliM2 | null;
  readonly areaRule: "inner" | "share-of-gross" | "gross" | "opening" | null;
  readonly priceMicroYuan: PriceMicroYuan | null;
  readonly days: number | null;
  readonly shareBasisPoints: number | null;
  readonly areaDocument: string | null;
  readonly innerAreaMilliM2: AreaMilliM2 | null;
  readonly grossAreaMilliM2: AreaMilliM2 | null;
  readonly priceBasis: PriceBasis | null;
  readonly priceDocument: string | null;
  readonly daysDocument: string | null;
  readonly daysApprovedBy: string | null;
};

// A rule whose days were changed after every bill by it was cancelled is not what those bills were made by.
const linesOfBills = `
  select line.id, line.bill_id as "billId", line.ordinal, line.kind, bill.season_id as "seasonId",
    line.amount_fen as "amountFen", line.note, line.heat_class as "heatClass", line.loop_type as "loopType",
    line.billing_area_milli_m2 as "areaMilliM2", line.area_rule as "areaRule",
    line.price_micro_yuan as "priceMicroYuan", line.days, line.share_basis_points as "shareBasisPoints",
    terms.document as "areaDocument", terms.inner_area_milli_m2 as "innerAreaMilliM2",
    terms.gross_area_milli_m2 as "grossAreaMilliM2", price.basis as "priceBasis", price.document as "priceDocument",
    rule.document as "daysDocument", rule.approved_by as "daysApprovedBy"
  from bill_lines line
  join bills bill on bill.id = line.bill_id
  left join charge_point_terms terms on terms.id = line.terms_id
  left join price_versions price on price.id = line.price_version_id
  left join season_rules rule on rule.season_id = bill.season_id and rule.heat_class = line.heat_class
    and rule.loop_type = line.loop_type and rule.billing_days = line.days
  where line.bill_id = any(:billIds::bigint[])
  order by line.bill_id, line.ordinal`;

export const findLines = (sql: Sql, billIds: readonly bigint[]): Promise<BillLine[]> =>
  sql.rows<BillLine>(linesOfBills, { billIds });

const paidBy = `
  select coalesce(sum(a.amount_fen) filter (where g.kind = 'prepaid-applied'), 0)::bigint as "prepaidFen",
    coalesce(sum(a.amount_fen) filter (where g.kind = 'suspense-claimed'), 0)::bigint as "claimedFen",
    coalesce(sum(a.amount_fen) filter (where g.kind not in ('prepaid-applied', 'suspense-claimed')), 0)::bigint
      as "otherFen"
  from allocations a join postings g on g.id = a.posting_id where a.bill_id = :billId`;

/** What paid a bill: money that was prepaid, money of nobody that was claimed, and payments. */
export const findPaidBy = (sql: Sql, billId: bigint) =>
  sql.one<{ prepaidFen: bigint; claimedFen: bigint; otherFen: bigint }>(paidBy, { billId });

const cancelSql = `
  select cancel_bill(:billId::bigint, :reason::text, :approvalId::bigint, :accountingDate::date, :now::timestamptz,
    :actorId::bigint) as "postingId"`;

/** The posting, or null when the bill is cancelled already or something is paid on it. */
export const cancelBillRow = async (
  sql: Sql,
  input: {
    billId: bigint;
    reason: string;
    approvalId: bigint | null;
    accountingDate: Day;
    now: Date;
    actorId: bigint | null;
  },
): Promise<bigint | null> =>
  (await inBillingWords(sql.one<{ postingId: bigint | null }>(cancelSql, input))).postingId;

/** What a household does to pay, line by line, at the foot of its bill. */
const howToPaySetting = declareSetting({
  key: "billing.how-to-pay",
  schema: z.array(z.string().trim().min(1).max(200)).max(8),
  standard: [],
  title: word("账单上的缴费方式", "How to pay, on bills"),
  fields: { "": field("每行一条", "A line each") },
  meaning: {
    "zh-CN": "账单下方的缴费方式，每行一条，最多 8 条",
    en: "how to pay, at the foot of every bill: a list of at most 8 texts, one per line",
  },
});

export type PrintFacts = {
  readonly address: string;
  readonly ownerName: string;
  readonly howToPay: string[];
};

const printFacts = `
  select premises.address,
    coalesce((select person.name from account_roles role join people person on person.id = role.person_id
      where role.account_id = account.id and role.role in ('owner', 'payer') and role.valid @> :on::date
      order by role.role limit 1), '') as "ownerName",
    ${storedSetting(howToPaySetting)} as "howToPay"
  from heat_accounts account join premises on premises.id = account.premises_id
  where account.id = :accountId`;

export const findPrintFacts = async (
  sql: Sql,
  input: { accountId: bigint; on: Day },
): Promise<PrintFacts> => {
  const row = await sql.one<Omit<PrintFacts, "howToPay"> & { howToPay: unknown }>(printFacts, input);
  return { ...row, howToPay: settingOf(howToPaySetting, row.howToPay) };
};
