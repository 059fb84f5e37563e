/**
 * Tariffs (热价): what a square metre costs, for how many days, and when an unpaid bill becomes a debt.
 *
 * - price version (价格版本): dated, with the price document (价格文件) that orders it; the season's first day decides
 * - billing days (计费天数): an approved number per season, class and loop type; never a difference of dates
 * - due rule (到期规则): from which day an unpaid bill is a debt; none = silence means not using
 */
export {
  type BothLanguages,
  type ChargeExplanation,
  type ChargeInputs,
  explainCharge,
  heatClassName,
  loopTypeName,
} from "./explain.ts";
export {
  findPrices,
  findPricesOn,
  findSeasonRules,
  type PriceBasis,
  type PriceVersion,
  type SeasonRule,
} from "./queries.ts";
export { tariffRoutes } from "./routes.ts";
export { explainSeasonTariff, type TariffExplanation } from "./season-tariff.ts";
export { type PriceInput, setPrice, setSeasonRule } from "./set-tariff.ts";
export { installZhengzhouTariff } from "./zhengzhou.ts";
