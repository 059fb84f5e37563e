/** Fields that several papers have. */
import { z } from "zod";
import type { AreaMilliM2 } from "#src/kernel/area.ts";
import { type Day, isDay } from "#src/kernel/day.ts";
import type { Fen } from "#src/kernel/money.ts";
import type { PriceMicroYuan } from "#src/kernel/rate.ts";

export const fenField = z.custom<Fen>((value) => typeof value === "bigint", "expected a bigint of fen");
export const areaField = z.custom<AreaMilliM2>(
  (value) => typeof value === "bigint" && value >= 0n,
  "expected a bigint of thousandths of a square metre, 0 or more",
);
export const priceField = z.custom<PriceMicroYuan>(
  (value) => typeof value === "bigint" && value >= 0n,
  "expected a bigint of millionths of a yuan, 0 or more",
);
export const dayField = z.custom<Day>(
  (value) => typeof value === "string" && isDay(value),
  "expected a date like 2026-11-15",
);
/** Shanghai wall time as printed, `2026-11-10 09:31` with optional seconds. */
export const wallTimeField = z.string().regex(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}(:\d{2})?$/);
export const text = z.string().trim().min(1);
export const optionalText = z.string().trim().default("");

/** The company as its paper names it: rows of data, because the platform serves any heating company. */
export const companyField = z.strictObject({
  name: text,
  hotline: text,
  address: optionalText,
  website: optionalText,
});
