/**
 * The billing area (计费面积) is a decision with a rule, not an attribute (domain rule 3). Zhengzhou's published rule:
 * residents pay on the inner area (套内建筑面积) of the ownership certificate; without a certificate, or without an
 * inner area on it, on 90% of the gross area (建筑面积); others on the gross area.
 */
import { type AreaMilliM2, type AreaRoundingStep, formatAreaM2, shareOfArea } from "#src/kernel/area.ts";
import { fail } from "#src/kernel/errors.ts";
import type { Rounding } from "#src/kernel/money.ts";

export const HEAT_CLASSES = ["residential", "non-residential"] as const;
export type HeatClass = (typeof HEAT_CLASSES)[number];

export const AREA_ROUNDINGS = ["three-decimals", "two-decimals-half-up", "two-decimals-cut"] as const;
export type AreaRounding = (typeof AREA_ROUNDINGS)[number];

export type AreaRule = "inner" | "share-of-gross" | "gross";

export type AreaFacts = {
  readonly heatClass: HeatClass;
  /** From the certificate; absent or 0 when it has none. */
  readonly innerArea?: AreaMilliM2 | null | undefined;
  readonly grossArea?: AreaMilliM2 | null | undefined;
  /** How the 90% is rounded: companies differ, and a fen or two on the bill with them. */
  readonly rounding: AreaRounding;
};

export type AreaDecision = {
  readonly areaMilliM2: AreaMilliM2;
  readonly rule: AreaRule;
  readonly explanation: string;
};

const GROSS_SHARE_BASIS_POINTS = 9_000n;

const STEPS: Readonly<Record<AreaRounding, readonly [AreaRoundingStep, Rounding]>> = {
  "three-decimals": [1, "half-up"],
  "two-decimals-half-up": [10, "half-up"],
  "two-decimals-cut": [10, "down"],
};

const present = (area: AreaMilliM2 | null | undefined): area is AreaMilliM2 =>
  area !== null && area !== undefined && area > 0n;

/**
 * Decides the area on which a charge point is billed, in thousandths of a square metre.
 * @throws DomainError `area.missing` when the rule's area is not known
 */
export const decideBillingArea = (facts: AreaFacts): AreaDecision => {
  const { heatClass, innerArea, grossArea, rounding } = facts;
  if (heatClass === "residential" && present(innerArea)) {
    return {
      areaMilliM2: innerArea,
      rule: "inner",
      explanation: `inner area of the certificate, ${formatAreaM2(innerArea)} m2`,
    };
  }
  if (!present(grossArea)) {
    fail("area.missing", "there is no area to bill on", {
      field: heatClass === "residential" ? "innerArea" : "grossArea",
      remedy: heatClass === "residential" ? "give the inner or the gross area" : "give the gross area",
    });
  }
  if (heatClass === "non-residential") {
    return {
      areaMilliM2: grossArea,
      rule: "gross",
      explanation: `gross area, ${formatAreaM2(grossArea)} m2 (not residential)`,
    };
  }
  const [step, direction] = STEPS[rounding];
  const area = shareOfArea(grossArea, GROSS_SHARE_BASIS_POINTS, step, direction);
  return {
    areaMilliM2: area,
    rule: "share-of-gross",
    explanation: `no inner area on file: 90% of ${formatAreaM2(grossArea)} m2 gross = ${formatAreaM2(area)} m2 (${rounding})`,
  };
};

/** The same decision in SQL over three columns (areas in thousandths of a m2, null when unknown); null = missing. */
export const billingAreaSql = (columns: {
  readonly heatClass: string;
  readonly inner: string;
  readonly gross: string;
  readonly rounding: string;
}): { readonly area: string; readonly rule: string } => {
  const { heatClass, inner, gross, rounding } = columns;
  return {
    area: `case
      when ${heatClass} = 'residential' and ${inner} > 0 then ${inner}
      when not ${gross} > 0 then null
      when ${heatClass} = 'non-residential' then ${gross}
      when ${rounding} = 'two-decimals-half-up' then (${gross} * 9000 * 2 + 100000) / 200000 * 10
      when ${rounding} = 'two-decimals-cut' then ${gross} * 9000 / 100000 * 10
      else (${gross} * 9000 * 2 + 10000) / 20000 end`,
    rule: `case
      when ${heatClass} = 'residential' and ${inner} > 0 then 'inner'
      when not ${gross} > 0 then null
      when ${heatClass} = 'non-residential' then 'gross'
      else 'share-of-gross' end`,
  };
};
