import { assert, must } from "#src/kernel/errors.ts";
import { type Fen, formatYuanGrouped } from "#src/kernel/money.ts";
import { type ChargeExplanation, type ChargeInputs, explainCharge } from "#src/money/tariffs/index.ts";
import { seasonName } from "#src/office/calendars/index.ts";
import type { BillLine } from "./bill-queries.ts";

export type LineExplanation = ChargeExplanation & {
  /** False when the stored amount does not follow from the stored inputs: somebody altered the line. */
  readonly agrees: boolean;
};

/** What a heat line was computed from. Every input is on the line or behind an id that it keeps. */
export const chargeInputs = (line: BillLine): ChargeInputs => {
  assert(line.kind === "heat", "an opening line has no formula");
  const input = <T>(value: T | null, name: string): T => must(value, `${name} of bill line ${line.id}`);
  return {
    seasonId: line.seasonId,
    heatClass: input(line.heatClass, "class"),
    loopType: input(line.loopType, "loop type"),
    areaMilliM2: input(line.areaMilliM2, "area"),
    areaRule: input(line.areaRule, "area rule"),
    areaDocument: line.areaDocument ?? "",
    innerAreaMilliM2: line.innerAreaMilliM2,
    grossAreaMilliM2: line.grossAreaMilliM2,
    priceMicroYuan: input(line.priceMicroYuan, "price"),
    priceBasis: line.priceBasis ?? "area-day",
    priceDocument: line.priceDocument ?? "",
    days: input(line.days, "days"),
    daysDocument: line.daysDocument ?? "",
    daysApprovedBy: line.daysApprovedBy ?? "",
    shareBasisPoints: BigInt(input(line.shareBasisPoints, "share")),
  };
};

const explainOpening = (line: BillLine, amountFen: Fen): LineExplanation => {
  const amount = formatYuanGrouped(amountFen);
  const season = seasonName(line.seasonId);
  const note = line.note ?? "";
  return {
    amountFen,
    agrees: true,
    formula: amount,
    sentences: {
      "zh-CN": [`${season} 采暖季旧欠 ${amount} 元，由原系统迁入${note === "" ? "" : `（${note}）`}。`],
      en: [
        `Old debt of the season ${season}, ${amount} yuan, taken over from the old system${note === "" ? "" : ` (${note})`}.`,
      ],
    },
  };
};

/** Why a line has its amount, in Chinese and English, with the amount derived again from the stored inputs. Pure. */
export const explainBillLine = (line: BillLine): LineExplanation => {
  if (line.kind === "opening") return explainOpening(line, line.amountFen);
  const explained = explainCharge(chargeInputs(line));
  return { ...explained, agrees: explained.amountFen === line.amountFen };
};
