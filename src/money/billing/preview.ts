/** The bill run before it is issued: how much, for whom, who not and why, and what differs from last season. */
import { formatAreaM2 } from "#src/kernel/area.ts";
import type { Day } from "#src/kernel/day.ts";
import { assert } from "#src/kernel/errors.ts";
import { fen, type Fen, formatYuan, sumFen } from "#src/kernel/money.ts";
import { formatPriceYuan } from "#src/kernel/rate.ts";
import { requireSeason } from "#src/office/calendars/index.ts";
import type { Sql } from "#src/platform/sql.ts";
import { defaultAsOf } from "./candidate.ts";
import { type ClassTotal, type RefusalTotal, tallyRun } from "./check-run.ts";
import {
  countChargePoints,
  endOfPage,
  PREVIEW_GROUPS,
  type PreviewGroup,
  type PreviewRange,
  type PreviewRow,
  previewRows,
  pastDueOn,
  previewTotals,
  seasonTotal,
} from "./preview-queries.ts";

/** From which difference to last season on a bill is listed: more than 10% or more than 200 yuan. */
export const DEFAULT_LIMIT_BASIS_POINTS = 1000;
export const DEFAULT_LIMIT_FEN = fen(20_000n);

export type PreviewOptions = {
  readonly season: number;
  readonly today: Day;
  readonly asOf?: Day | undefined;
  readonly limitBasisPoints?: number | undefined;
  readonly limitFen?: Fen | undefined;
};

export type GroupTotal = {
  readonly group: PreviewGroup;
  readonly count: bigint;
  readonly sumFen: Fen;
  readonly lastSumFen: Fen;
  readonly beyondCount: bigint;
};

export type BillRunPreview = {
  readonly season: number;
  readonly asOf: Day;
  readonly limitBasisPoints: number;
  readonly limitFen: Fen;
  /** Charge points on the roll; the counts of the groups add up to it. */
  readonly rollCount: bigint;
  /** What an issue would make now. */
  readonly count: bigint;
  readonly sumFen: Fen;
  readonly byClass: readonly ClassTotal[];
  readonly refused: readonly RefusalTotal[];
  readonly groups: readonly GroupTotal[];
  /** Differing by more than the limits, whatever the group. */
  readonly beyondCount: bigint;
  /** Bills of this season that exist, and how many of them would come out differently on the as-of day. */
  readonly issued: { readonly count: bigint; readonly sumFen: Fen; readonly differingCount: bigint };
  /** A last day of payment that is gone already: bills of those homes are late when they are made. */
  readonly pastDueOn: Day | null;
  readonly lastSeason: { readonly season: number; readonly count: bigint; readonly sumFen: Fen };
};

const rangeOf = async (sql: Sql, options: PreviewOptions) => {
  const season = await requireSeason(sql, options.season);
  const range: PreviewRange = {
    season: season.id,
    asOf: options.asOf ?? defaultAsOf(season, options.today),
    limitBasisPoints: options.limitBasisPoints ?? DEFAULT_LIMIT_BASIS_POINTS,
    limitFen: options.limitFen ?? DEFAULT_LIMIT_FEN,
  };
  return { season, range };
};

/**
 * Previews the bill run of a season on terms and states of the as-of day. Read-only; takes one statement's snapshot per
 * part, so run it when nobody changes the roll. What it counts and sums is what `issueBillRun` issues.
 * @throws DomainError `season.unknown`, `season.no-price`
 */
export const previewBillRun = async (sql: Sql, options: PreviewOptions): Promise<BillRunPreview> => {
  const { season, range } = await rangeOf(sql, options);
  const tally = await tallyRun(sql, season, range.asOf);
  const totals = await previewTotals(sql, range);
  const rollCount = await countChargePoints(sql);
  const last = await seasonTotal(sql, season.id - 1);
  const groups = PREVIEW_GROUPS.map((group): GroupTotal => {
    const rows = totals.filter((total) => total.group === group);
    return {
      group,
      count: rows.reduce((sum, row) => sum + row.count, 0n),
      sumFen: sumFen(rows.map((row) => row.sumFen)),
      lastSumFen: sumFen(rows.map((row) => row.lastSumFen)),
      beyondCount: rows.reduce((sum, row) => sum + row.beyondCount, 0n),
    };
  });
  const issued = totals.filter((total) => total.group === "issued");
  return {
    season: season.id,
    asOf: range.asOf,
    limitBasisPoints: range.limitBasisPoints,
    limitFen: range.limitFen,
    rollCount,
    count: tally.count,
    sumFen: tally.sumFen,
    byClass: tally.byClass,
    refused: tally.refused,
    groups,
    beyondCount: groups.reduce((sum, group) => sum + group.beyondCount, 0n),
    issued: {
      count: issued.reduce((sum, row) => sum + row.count, 0n),
      sumFen: sumFen(issued.map((row) => row.sumFen)),
      differingCount: issued.reduce((sum, row) => sum + row.differingCount, 0n),
    },
    pastDueOn: await pastDueOn(sql, season.id, options.today),
    lastSeason: { season: season.id - 1, ...last },
  };
};

const areaText = (row: PreviewRow, which: "areaMilliM2" | "lastAreaMilliM2"): string =>
  row[which] === null ? "?" : formatAreaM2(row[which]);
const priceText = (row: PreviewRow, which: "priceMicroYuan" | "lastPriceMicroYuan"): string =>
  row[which] === null ? "?" : formatPriceYuan(row[which]);

/** Why a charge point is in its group, in one line of facts. */
export const previewReason = (row: PreviewRow): string => {
  switch (row.group) {
    case "issued":
      return row.issuedFen === row.amountFen ? "bill.exists" : "bill.exists: terms differ on this day";
    case "gone":
    case "refused":
      return row.refusal ?? "";
    case "new":
      return "no bill last season";
    case "class-changed":
      return `class ${row.lastHeatClass ?? "?"} > ${row.heatClass ?? "?"}`;
    case "area-changed":
      return `area ${areaText(row, "lastAreaMilliM2")} > ${areaText(row, "areaMilliM2")} m2`;
    case "price-changed":
      return `price ${priceText(row, "lastPriceMicroYuan")} > ${priceText(row, "priceMicroYuan")} yuan`;
    case "beyond-limit":
    case "amount-changed":
      return row.days === row.lastDays
        ? `share ${row.shareBasisPoints ?? 0} basis points`
        : `days ${row.lastDays ?? "?"} > ${row.days ?? "?"}`;
    case "same":
      return "";
  }
};

/** One row of a list as text, for CSV and for people. */
export const previewRecord = (row: PreviewRow) => ({
  accountNo: row.accountNo,
  chargePoint: String(row.chargePoint),
  group: row.group,
  reason: previewReason(row),
  heatClass: row.heatClass ?? "",
  loopType: row.loopType ?? "",
  areaM2: row.areaMilliM2 === null ? "" : formatAreaM2(row.areaMilliM2),
  priceYuan: row.priceMicroYuan === null ? "" : formatPriceYuan(row.priceMicroYuan),
  days: row.days === null ? "" : String(row.days),
  amountYuan: amountText(row.refusal === null ? row.amountFen : row.issuedFen),
  lastAmountYuan: amountText(row.lastAmountFen),
  beyondLimit: row.beyond ? "yes" : "",
});

const amountText = (amount: Fen | null): string => (amount === null ? "" : formatYuan(amount));

const PAGE_ACCOUNTS = 5000;

/**
 * The rows of the wanted groups, a page of accounts at a time, in account order from above `afterAccount`. Memory holds
 * one page. Read-only.
 * @throws DomainError `season.unknown`
 */
export async function* previewPages(
  sql: Sql,
  options: PreviewOptions & {
    readonly groups: readonly PreviewGroup[];
    readonly afterAccount?: bigint;
    readonly pageAccounts?: number;
  },
): AsyncGenerator<{ readonly toAccount: bigint; readonly rows: readonly PreviewRow[] }> {
  const { range } = await rangeOf(sql, options);
  const pageAccounts = options.pageAccounts ?? PAGE_ACCOUNTS;
  let after = options.afterAccount ?? 0n;
  for (;;) {
    const toAccount = await endOfPage(sql, after, pageAccounts);
    if (toAccount === null) return;
    assert(toAccount > after, "a page ends behind its start");
    const rows = await previewRows(sql, {
      ...range,
      fromAccount: after + 1n,
      toAccount,
      groups: options.groups,
    });
    yield { toAccount, rows };
    after = toAccount;
  }
}
