/** Setting a price and the billing days of a season: dated, with their document, never under bills that were made. */
import { addDays, type Day } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import { formatPriceYuan, type PriceMicroYuan } from "#src/kernel/rate.ts";
import { requireSeason } from "#src/office/calendars/index.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { HeatClass } from "#src/town/accounts/index.ts";
import {
  endPriceVersion,
  firstBilledSeason,
  insertPrice,
  isRuleBilled,
  lockPricesOf,
  lockSeasonRule,
  type PriceBasis,
  type SeasonRule,
  type SeasonRuleTerms,
  upsertSeasonRule,
} from "./queries.ts";

export type PriceInput = {
  readonly heatClass: HeatClass;
  readonly basis: PriceBasis;
  readonly priceMicroYuan: PriceMicroYuan;
  readonly from: Day;
  /** First day on which it no longer holds; null = until it is replaced. */
  readonly until: Day | null;
  /** The price document (价格文件) that orders it. */
  readonly document: string;
  readonly approvedBy: string;
};

/**
 * Sets the price of a class from a day on and ends the open version before it there. A season is charged at the price of
 * its first day, so a price may not change for a season that has bills.
 * Locks the versions of the class. Repeating is refused as `price.overlaps`.
 * @throws DomainError `price.zero`, `price.dates`, `price.overlaps`, `price.in-use`
 */
export const setPrice = async (context: CommandContext, input: PriceInput): Promise<{ id: bigint }> => {
  const { sql } = context;
  if (input.priceMicroYuan <= 0n) fail("price.zero", "a price is more than zero", { field: "priceYuan" });
  if (input.until !== null && input.until <= input.from) {
    fail("price.dates", "a price ends after it begins", { field: "until" });
  }
  const versions = await lockPricesOf(sql, input.heatClass);
  const replaced = versions.find((version) => version.until === null && version.from < input.from);
  const overlapping = versions.find(
    (version) =>
      version !== replaced &&
      (version.until === null || input.from < version.until) &&
      (input.until === null || version.from < input.until),
  );
  if (overlapping !== undefined) {
    fail("price.overlaps", `a ${input.heatClass} price is set from ${overlapping.from} already`, {
      field: "from",
      remedy: "begin after it, or end before it",
      facts: { priceVersion: overlapping.id.toString(), document: overlapping.document },
    });
  }
  const billed = await firstBilledSeason(sql, {
    heatClass: input.heatClass,
    from: input.from,
    until: replaced === undefined ? input.until : null,
  });
  if (billed !== null) {
    fail("price.in-use", `bills of season ${billed} are issued at the price in force`, {
      field: "from",
      remedy: "a changed price of a billed season is settled by adjustments",
      facts: { season: billed },
    });
  }
  if (replaced !== undefined) await endPriceVersion(sql, replaced.id, input.from);
  const { id } = await insertPrice(sql, input);
  context.audit({
    subject: `price:${id}`,
    details: {
      heatClass: input.heatClass,
      basis: input.basis,
      priceYuan: formatPriceYuan(input.priceMicroYuan),
      from: input.from,
      until: input.until,
      document: input.document,
      approvedBy: input.approvedBy,
      replaces: replaced?.id ?? null,
      lastDayOfReplaced: replaced === undefined ? null : addDays(input.from, -1),
    },
  });
  return { id };
};

const sameTerms = (before: SeasonRule, terms: SeasonRuleTerms): boolean =>
  before.dueOn === terms.dueOn &&
  before.document === terms.document &&
  before.approvedBy === terms.approvedBy;

/** The rule as it is stored: what bills were made by keeps the document that said their days. */
const ruleAfter = async (
  context: CommandContext,
  before: SeasonRule | null,
  terms: SeasonRuleTerms,
): Promise<SeasonRule> => {
  const asGiven: SeasonRule = { ...terms, dueDocument: null, dueApprovedBy: null };
  if (before === null || before.billingDays !== terms.billingDays) return asGiven;
  if (sameTerms(before, terms)) return before;
  if (!(await isRuleBilled(context.sql, terms, true))) return asGiven;
  return {
    ...before,
    dueOn: terms.dueOn,
    dueDocument: terms.document,
    dueApprovedBy: terms.approvedBy,
  };
};

/**
 * Approves the billing days and the due rule of a season for a class and loop type, or changes them. Once bills are made
 * by it, the days stand with the document that says them, which "why this amount" names; the due rule may still move (the
 * season settles who uses heat), and the document of that is kept beside it. Locks the rule.
 * @throws DomainError `season.unknown`, `season-rule.bad-days`, `season-rule.in-use`
 */
export const setSeasonRule = async (context: CommandContext, terms: SeasonRuleTerms): Promise<void> => {
  const { sql } = context;
  await requireSeason(sql, terms.seasonId);
  if (!Number.isInteger(terms.billingDays) || terms.billingDays < 1 || terms.billingDays > 366) {
    fail("season-rule.bad-days", "billing days are a whole number from 1 to 366", { field: "billingDays" });
  }
  const before = await lockSeasonRule(sql, terms);
  if (
    before !== null &&
    before.billingDays !== terms.billingDays &&
    (await isRuleBilled(sql, terms, false))
  ) {
    fail(
      "season-rule.in-use",
      `bills of season ${terms.seasonId} are issued with ${before.billingDays} days`,
      {
        field: "billingDays",
        remedy: "extension days and refunds are adjustments of the bills",
        facts: { billingDays: before.billingDays },
      },
    );
  }
  const after = await ruleAfter(context, before, terms);
  await upsertSeasonRule(sql, after);
  context.audit({
    subject: `season-rule:${terms.seasonId}/${terms.heatClass}/${terms.loopType}`,
    details: { before, after },
  });
};
