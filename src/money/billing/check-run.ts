/** Every refusal of a bill run, before anything is written. */
import type { Day } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import { type Fen, formatYuan, sumFen } from "#src/kernel/money.ts";
import type { Season } from "#src/office/calendars/index.ts";
import type { Actor } from "#src/platform/actor.ts";
import type { Sql } from "#src/platform/sql.ts";
import { findPricesOn, findSeasonRules } from "#src/money/tariffs/index.ts";
import { countReissued, tallyRoll, type TallyRow } from "./run-queries.ts";

export type ClassTotal = {
  readonly heatClass: string;
  readonly loopType: string;
  readonly count: bigint;
  readonly sumFen: Fen;
};

export type RefusalTotal = { readonly reason: string; readonly count: bigint };

/** What a run would issue now, and what it would pass over. */
export type RunTally = {
  readonly count: bigint;
  readonly sumFen: Fen;
  readonly byClass: readonly ClassTotal[];
  readonly refused: readonly RefusalTotal[];
};

/** What the caller expects to be issued, from a preview that people have approved. */
export type Expectation = { readonly count?: bigint | undefined; readonly sumFen?: Fen | undefined };

/** A bill run is about the whole company. @throws DomainError `forbidden` */
export const requireWholeCompany = (actor: Actor): void => {
  if (actor.scope.kind !== "everything") {
    fail("forbidden", "a bill run is about the whole company", {
      remedy: "have it done by somebody whose area is the whole company",
    });
  }
};

/** @throws DomainError `bill-run.differs` */
export const checkExpectation = (expected: Expectation, found: { count: bigint; sumFen: Fen }): void => {
  if (expected.count !== undefined && expected.count !== found.count) {
    fail("bill-run.differs", `${found.count} bills would be issued, not ${expected.count}`, {
      field: "expectCount",
      remedy: "preview again and find out what changed",
      facts: { expected: expected.count, found: found.count },
    });
  }
  if (expected.sumFen !== undefined && expected.sumFen !== found.sumFen) {
    fail(
      "bill-run.differs",
      `the bills would sum to ${formatYuan(found.sumFen)} yuan, not ${formatYuan(expected.sumFen)}`,
      {
        field: "expectSum",
        remedy: "preview again and find out what changed",
        facts: { expectedFen: expected.sumFen, foundFen: found.sumFen },
      },
    );
  }
};

/**
 * A bill that two people cancelled does not come back by a harmless repeat: whoever wants it corrected says so.
 * @throws DomainError `bill-run.cancelled-again`
 */
export const refuseReissued = async (sql: Sql, season: Season, asOf: Day): Promise<void> => {
  const { count, accountNo } = await countReissued(sql, { season: season.id, asOf });
  if (count === 0n) return;
  fail(
    "bill-run.cancelled-again",
    `${count} bills of season ${season.id} that were cancelled would be issued again`,
    {
      field: "reissueCancelled",
      remedy:
        "close the accounts or change their terms where no bill is to come; ask for it (--reissue-cancelled) where a corrected one is",
      facts: { season: season.id, count, accountNo },
    },
  );
};

/** What is missing for each class and loop type whose bills fail for want of a price or of approved days. */
const refuseMissingPrices = async (sql: Sql, season: Season, rows: readonly TallyRow[]): Promise<void> => {
  const prices = await findPricesOn(sql, season.startsOn);
  const rules = await findSeasonRules(sql, season.id);
  const unpriced = rows.filter((row) => row.refusal === "price.missing");
  const wanted =
    unpriced.length > 0 || rules.length > 0
      ? unpriced.map((row) => ({ heatClass: row.heatClass ?? "", loopType: row.loopType ?? "" }))
      : [{ heatClass: "residential", loopType: "independent" }];
  if (wanted.length === 0) return;
  const missing = wanted.map(({ heatClass, loopType }) => ({
    heatClass,
    loopType,
    price: prices.some((price) => price.heatClass === heatClass) ? "set" : "missing",
    billingDays: rules.some((rule) => rule.heatClass === heatClass && rule.loopType === loopType)
      ? "approved"
      : "missing",
  }));
  const names = missing.map(
    ({ heatClass, loopType, price, billingDays }) =>
      `${heatClass}/${loopType} lacks ${[
        ...(price === "missing" ? ["a price"] : []),
        ...(billingDays === "missing" ? ["approved billing days"] : []),
      ].join(" and ")}`,
  );
  fail("season.no-price", `season ${season.id} cannot be billed: ${names.join("; ")}`, {
    field: "season",
    remedy: "set the price from the season's first day and approve its billing days",
    facts: { season: season.id, missing },
  });
};

/** Sums up the pass over the roll. */
export const summarise = (rows: readonly TallyRow[]): RunTally => {
  const billable = rows.filter((row) => row.refusal === null);
  const reasons = new Map<string, bigint>();
  for (const { refusal, count } of rows) {
    if (refusal !== null) reasons.set(refusal, (reasons.get(refusal) ?? 0n) + count);
  }
  return {
    count: billable.reduce((sum, row) => sum + row.count, 0n),
    sumFen: sumFen(billable.map((row) => row.sumFen)),
    byClass: billable.map((row) => ({
      heatClass: row.heatClass ?? "",
      loopType: row.loopType ?? "",
      count: row.count,
      sumFen: row.sumFen,
    })),
    refused: [...reasons]
      .map(([reason, count]) => ({ reason, count }))
      .sort((a, b) => (a.reason < b.reason ? -1 : 1)),
  };
};

/**
 * Checks that the season can be billed and tells what a run would issue. Read-only.
 * @throws DomainError `season.no-price` naming each class and loop type and what it lacks
 */
export const tallyRun = async (sql: Sql, season: Season, asOf: Day): Promise<RunTally> => {
  const rows = await tallyRoll(sql, { season: season.id, asOf });
  await refuseMissingPrices(sql, season, rows);
  return summarise(rows);
};
