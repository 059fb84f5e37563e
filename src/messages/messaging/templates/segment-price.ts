/** What a charged part of a text message costs (计费单价): as the contract with the provider says, set by the company. */
import { z } from "zod";
import { field, word } from "#src/platform/setting-fields.ts";
import { declareSetting, readSetting } from "#src/platform/settings.ts";
import type { Sql } from "#src/platform/sql.ts";

/** Assumed while nobody has set a price: 4.5 fen. */
export const STANDARD_SEGMENT_MILLI_FEN = 4500n;

const SEGMENT_PRICE = declareSetting<number>({
  key: "messages.segment-milli-fen",
  schema: z.int().min(0).max(1_000_000),
  standard: Number(STANDARD_SEGMENT_MILLI_FEN),
  title: word("短信单价", "Price of a text message"),
  // Thousandths of a fen, typed in yuan.
  fields: { "": field("每条（按计费条）", "Each charged part", { unit: "yuan", decimals: 5 }) },
  meaning: {
    "zh-CN":
      "一条短信（按计费条）的合同单价，单位千分之一分；用于模板检查、群发预算，以及通道未报价时的费用估算",
    en: "price of one charged text message by the contract, in thousandths of a fen: for the lint, the cost of a notice before it goes, and an estimate where a provider does not say",
  },
});

/** Thousandths of a fen for one part. */
export const readSegmentPrice = async (sql: Sql): Promise<bigint> =>
  BigInt(await readSetting(sql, SEGMENT_PRICE));
