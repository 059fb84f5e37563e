import { day } from "#src/kernel/day.ts";
import { parsePriceYuan } from "#src/kernel/rate.ts";
import { defineSeason, zhengzhouSeason } from "#src/office/calendars/index.ts";
import type { CommandContext } from "#src/platform/command.ts";
import { findPrices } from "./queries.ts";
import { setPrice, setSeasonRule } from "./set-tariff.ts";

const PRICE_DOCUMENT = "郑价工[2008]24号；郑价商函[2012]9号";
const DAYS_DOCUMENT = "两部制基本热价 6.84 = 0.19 × 120 × 30%（郑州市物价部门按 120 天计）";
const APPROVED_BY = "郑州市物价局";

/**
 * Zhengzhou's published prices for seasons given by their starting years: 0.19 yuan per m2 and day on the inner area for
 * residents, 0.28 on the gross area for others, 120 billing days in every season, leap seasons too (the price office
 * counts 120: the two-part basic price is exactly 30% of it). A series-loop home (串联) and a non-residential user owe from
 * the season's first day; an independent home that has not paid is not using heat, so no date makes it a debtor.
 * Repeating is safe: what is defined alike stays.
 */
export const installZhengzhouTariff = async (
  context: CommandContext,
  seasons: readonly number[],
): Promise<void> => {
  if ((await findPrices(context.sql)).length === 0) {
    const common = {
      basis: "area-day",
      from: day("2008-11-15"),
      until: null,
      document: PRICE_DOCUMENT,
      approvedBy: APPROVED_BY,
    } as const;
    await setPrice(context, {
      heatClass: "residential",
      priceMicroYuan: parsePriceYuan("0.19"),
      ...common,
    });
    await setPrice(context, {
      heatClass: "non-residential",
      priceMicroYuan: parsePriceYuan("0.28"),
      ...common,
    });
  }
  for (const id of seasons) {
    const season = zhengzhouSeason(id);
    await defineSeason(context, season);
    for (const heatClass of ["residential", "non-residential"] as const) {
      for (const loopType of ["independent", "series"] as const) {
        await setSeasonRule(context, {
          seasonId: id,
          heatClass,
          loopType,
          billingDays: 120,
          dueOn: heatClass === "residential" && loopType === "independent" ? null : season.startsOn,
          document: DAYS_DOCUMENT,
          approvedBy: APPROVED_BY,
        });
      }
    }
  }
};
