/** Why an amount is what it is: the formula, the area decision, the price document, the approval of the days. */
import { type AreaMilliM2, formatAreaM2 } from "#src/kernel/area.ts";
import { type Fen, formatYuanGrouped } from "#src/kernel/money.ts";
import { chargeFen, formatPriceYuan, type PriceMicroYuan } from "#src/kernel/rate.ts";
import { seasonName } from "#src/office/calendars/index.ts";
import type { HeatClass, LoopType } from "#src/town/accounts/index.ts";
import type { PriceBasis } from "./queries.ts";

/** A text for people in both languages. */
export type BothLanguages<T> = { readonly "zh-CN": T; readonly en: T };

export type ChargeInputs = {
  readonly seasonId: number;
  readonly heatClass: HeatClass;
  readonly loopType: LoopType;
  readonly areaMilliM2: AreaMilliM2;
  readonly areaRule: "inner" | "share-of-gross" | "gross" | "opening";
  readonly areaDocument: string;
  /** What the decision rests on, where it is known. */
  readonly innerAreaMilliM2: AreaMilliM2 | null;
  readonly grossAreaMilliM2: AreaMilliM2 | null;
  readonly priceMicroYuan: PriceMicroYuan;
  readonly priceBasis: PriceBasis;
  readonly priceDocument: string;
  /** Charged days; 1 for a price per season. */
  readonly days: number;
  readonly daysDocument: string;
  readonly daysApprovedBy: string;
  readonly shareBasisPoints: bigint;
};

export type ChargeExplanation = {
  /** Derived again from the inputs; equal to the stored amount unless somebody altered one of them. */
  readonly amountFen: Fen;
  readonly formula: string;
  readonly sentences: BothLanguages<readonly string[]>;
};

const CLASS_NAMES = {
  residential: { "zh-CN": "居民", en: "residential" },
  "non-residential": { "zh-CN": "非居民", en: "non-residential" },
} as const satisfies Record<HeatClass, BothLanguages<string>>;

const LOOP_NAMES = {
  independent: { "zh-CN": "分户循环", en: "independent loop" },
  series: { "zh-CN": "串联", en: "series loop" },
} as const satisfies Record<LoopType, BothLanguages<string>>;

export const heatClassName = (heatClass: HeatClass): BothLanguages<string> => CLASS_NAMES[heatClass];
export const loopTypeName = (loopType: LoopType): BothLanguages<string> => LOOP_NAMES[loopType];

const percentText = (basisPoints: bigint): string => {
  const decimals = String(basisPoints % 100n)
    .padStart(2, "0")
    .replace(/0+$/, "");
  return decimals === "" ? `${basisPoints / 100n}%` : `${basisPoints / 100n}.${decimals}%`;
};

const areaSentence = (inputs: ChargeInputs): BothLanguages<string> => {
  const billed = formatAreaM2(inputs.areaMilliM2);
  const gross = inputs.grossAreaMilliM2 === null ? "" : formatAreaM2(inputs.grossAreaMilliM2);
  const document = { "zh-CN": `依据：${inputs.areaDocument}`, en: `document: ${inputs.areaDocument}` };
  switch (inputs.areaRule) {
    case "inner":
      return {
        "zh-CN": `计费面积 ${billed} ㎡：产权证载明的套内建筑面积（${document["zh-CN"]}）。`,
        en: `Billing area ${billed} m²: the inner area printed on the certificate (${document.en}).`,
      };
    case "share-of-gross":
      return {
        "zh-CN": `计费面积 ${billed} ㎡：没有套内面积，按建筑面积${gross === "" ? "" : ` ${gross} ㎡`}的 90% 计（${document["zh-CN"]}）。`,
        en: `Billing area ${billed} m²: without an inner area on file, 90% of the gross area${gross === "" ? "" : ` of ${gross} m²`} (${document.en}).`,
      };
    case "gross":
      return {
        "zh-CN": `计费面积 ${billed} ㎡：按建筑面积计（${document["zh-CN"]}）。`,
        en: `Billing area ${billed} m²: the gross area (${document.en}).`,
      };
    case "opening":
      return {
        "zh-CN": `计费面积 ${billed} ㎡：由原系统迁入（${document["zh-CN"]}）。`,
        en: `Billing area ${billed} m²: taken over from the old system (${document.en}).`,
      };
  }
};

const priceSentence = (inputs: ChargeInputs): BothLanguages<string> => {
  const price = formatPriceYuan(inputs.priceMicroYuan);
  const name = CLASS_NAMES[inputs.heatClass];
  const daily = inputs.priceBasis === "area-day";
  return {
    "zh-CN": `单价：${name["zh-CN"]}每平方米每${daily ? "天" : "采暖季"} ${price} 元（${inputs.priceDocument}）。`,
    en: `Price: ${name.en}, ${price} yuan per m² and ${daily ? "day" : "season"} (${inputs.priceDocument}).`,
  };
};

const daysSentence = (inputs: ChargeInputs): BothLanguages<string> => {
  const season = seasonName(inputs.seasonId);
  if (inputs.priceBasis === "area-season") {
    return {
      "zh-CN": `${season} 采暖季按季计费，不按天。`,
      en: `The season ${season} is charged as a whole, not by days.`,
    };
  }
  if (inputs.daysDocument === "") {
    return {
      "zh-CN": `计费天数：${season} 采暖季按 ${inputs.days} 天计费，其后批准天数另有变更。`,
      en: `Billing days: the season ${season} was charged for ${inputs.days} days; other days were approved afterwards.`,
    };
  }
  return {
    "zh-CN": `计费天数：${season} 采暖季批准为 ${inputs.days} 天（${inputs.daysDocument}，批准人：${inputs.daysApprovedBy}），不按日历天数推算。`,
    en: `Billing days: ${inputs.days} are approved for the season ${season} (${inputs.daysDocument}, approved by ${inputs.daysApprovedBy}); they are not counted from the calendar.`,
  };
};

const shareSentences = (inputs: ChargeInputs): BothLanguages<string>[] => {
  if (inputs.shareBasisPoints === 10_000n) return [];
  const percent = percentText(inputs.shareBasisPoints);
  return [
    {
      "zh-CN": `本计费点按标准的 ${percent} 计费。`,
      en: `This charge point is charged ${percent} of the standard.`,
    },
  ];
};

/** Explains a charge and derives its amount again. Pure; the sentences name documents, never people's data. */
export const explainCharge = (inputs: ChargeInputs): ChargeExplanation => {
  const amountFen = chargeFen(
    inputs.areaMilliM2,
    inputs.priceMicroYuan,
    inputs.days,
    inputs.shareBasisPoints,
  );
  const factors = [
    formatAreaM2(inputs.areaMilliM2),
    formatPriceYuan(inputs.priceMicroYuan),
    ...(inputs.priceBasis === "area-day" ? [String(inputs.days)] : []),
    ...(inputs.shareBasisPoints === 10_000n ? [] : [percentText(inputs.shareBasisPoints)]),
  ];
  const amount = formatYuanGrouped(amountFen);
  const formula = `${factors.join(" × ")} = ${amount}`;
  const parts = [
    {
      "zh-CN": `${CLASS_NAMES[inputs.heatClass]["zh-CN"]}、${LOOP_NAMES[inputs.loopType]["zh-CN"]}：${formula} 元，四舍五入到分，只在最后舍入一次。`,
      en: `${CLASS_NAMES[inputs.heatClass].en}, ${LOOP_NAMES[inputs.loopType].en}: ${formula} yuan, rounded half up to the fen, once, at the end.`,
    },
    areaSentence(inputs),
    priceSentence(inputs),
    daysSentence(inputs),
    ...shareSentences(inputs),
  ];
  return {
    amountFen,
    formula,
    sentences: {
      "zh-CN": parts.map((part) => part["zh-CN"]),
      en: parts.map((part) => part.en),
    },
  };
};
