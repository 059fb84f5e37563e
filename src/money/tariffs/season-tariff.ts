import { areaMilliM2 } from "#src/kernel/area.ts";
import { formatYuan } from "#src/kernel/money.ts";
import { chargeFen, formatPriceYuan } from "#src/kernel/rate.ts";
import { requireSeason, seasonName } from "#src/office/calendars/index.ts";
import type { Sql } from "#src/platform/sql.ts";
import { type BothLanguages, heatClassName, loopTypeName } from "./explain.ts";
import { findPricesOn, findSeasonRules, type PriceVersion, type SeasonRule } from "./queries.ts";

/** What one square metre of a class and loop type costs in a season, and what says so. */
export type TariffExplanation = {
  readonly rule: SeasonRule;
  /** Null when no price is in force on the season's first day: bills of the class are refused. */
  readonly price: PriceVersion | null;
  /** One whole square metre for the season, rounded to the fen. */
  readonly yuanPerM2: string | null;
  readonly sentence: BothLanguages<string>;
};

const ONE_M2 = areaMilliM2(1000n);

const dueText = (rule: SeasonRule): BothLanguages<string> =>
  rule.dueOn === null
    ? {
        "zh-CN": "不缴费视为不用热，不因日期成为欠费",
        en: "unpaid means not using; no date makes it a debt",
      }
    : { "zh-CN": `${rule.dueOn} 起未缴成为欠费`, en: `unpaid from ${rule.dueOn} on it is a debt` };

const explain = (rule: SeasonRule, price: PriceVersion | null): TariffExplanation => {
  const names = [heatClassName(rule.heatClass), loopTypeName(rule.loopType)];
  const zh = names.map((name) => name["zh-CN"]).join("、");
  const en = names.map((name) => name.en).join(", ");
  const due = dueText(rule);
  if (price === null) {
    return {
      rule,
      price,
      yuanPerM2: null,
      sentence: {
        "zh-CN": `${zh}：${seasonName(rule.seasonId)} 采暖季没有生效的单价。`,
        en: `${en}: no price is in force for the season ${seasonName(rule.seasonId)}.`,
      },
    };
  }
  const daily = price.basis === "area-day";
  const yuanPerM2 = formatYuan(
    chargeFen(ONE_M2, price.priceMicroYuan, daily ? rule.billingDays : 1, 10_000n),
  );
  const unit = formatPriceYuan(price.priceMicroYuan);
  return {
    rule,
    price,
    yuanPerM2,
    sentence: {
      "zh-CN": daily
        ? `${zh}：${unit} 元/㎡·天（${price.document}）× ${rule.billingDays} 天（${rule.document}）= ${yuanPerM2} 元/㎡·季；${due["zh-CN"]}。`
        : `${zh}：${unit} 元/㎡·季（${price.document}）；${due["zh-CN"]}。`,
      en: daily
        ? `${en}: ${unit} yuan per m² and day (${price.document}) × ${rule.billingDays} days (${rule.document}) = ${yuanPerM2} yuan per m² and season; ${due.en}.`
        : `${en}: ${unit} yuan per m² and season (${price.document}); ${due.en}.`,
    },
  };
};

/**
 * What a season costs, by class and loop type, with the documents. Read-only.
 * @throws DomainError `season.unknown`
 */
export const explainSeasonTariff = async (sql: Sql, seasonId: number): Promise<TariffExplanation[]> => {
  const season = await requireSeason(sql, seasonId);
  const prices = await findPricesOn(sql, season.startsOn);
  const rules = await findSeasonRules(sql, seasonId);
  return rules.map((rule) =>
    explain(rule, prices.find((price) => price.heatClass === rule.heatClass) ?? null),
  );
};
