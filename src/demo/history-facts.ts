/** What the history is computed from: the prices, the approved days and the billing rules that are in the database. */
import { type Day, day } from "#src/kernel/day.ts";
import { must } from "#src/kernel/errors.ts";
import { findPricesOn, findSeasonRules, setSeasonRule } from "#src/money/tariffs/index.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { HistoryFacts, SeasonFacts } from "./past-seasons.ts";
import { PAST_SEASONS } from "./payment-habits.ts";
import type { DemoStaff } from "./staff.ts";

/** Silence was settled (定态) on 10 December: what was not paid by then was not used, what was paid is revenue. */
const settledOn = (season: number): Day => day(`${season}-12-10`);

const seasonFacts = async (context: CommandContext, season: number): Promise<SeasonFacts> => {
  await setSeasonRule(context, {
    seasonId: season,
    heatClass: "residential",
    loopType: "independent",
    billingDays: 120,
    dueOn: settledOn(season),
    document: `${season} 采暖季定态结果`,
    approvedBy: "财务复核",
  });
  const prices = await findPricesOn(context.sql, day(`${season}-11-15`));
  const rules = await findSeasonRules(context.sql, season);
  return {
    season,
    prices: new Map(prices.map((price) => [price.heatClass, { id: price.id, micro: price.priceMicroYuan }])),
    rules: new Map(
      rules.map((rule) => [
        `${rule.heatClass}/${rule.loopType}`,
        { days: rule.billingDays, dueOn: must(rule.dueOn, "a due day of a past season") },
      ]),
    ),
  };
};

/** Settles the due rules of the past seasons and reads everything. Expects the tariffs to be installed. */
export const prepareHistory = async (context: CommandContext, staff: DemoStaff): Promise<HistoryFacts> => {
  const seasons: SeasonFacts[] = [];
  for (const season of PAST_SEASONS) seasons.push(await seasonFacts(context, season));
  const rules = await context.sql.rows<{ rule: string }>(
    "select supply_state || '/' || loop_type as rule from supply_billing_rules where billed",
  );
  return {
    seasons,
    billed: new Set(rules.map(({ rule }) => rule)),
    finance: staff.finance,
    cashiers: staff.cashiers,
  };
};
