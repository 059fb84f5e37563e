/**
 * Phases (一期, 二期, 东院) make near-duplicate community names that people and banks confuse: the base name is what the
 * twins share.
 */
import { toHalfWidth } from "#src/kernel/half-width.ts";

const NUMERAL = "[一二三四五六七八九十]{1,3}|[0-9]{1,2}|[ⅠⅡⅢⅣⅤ]|[IV]{1,3}";
const PHASE = new RegExp(
  `^(.+?)[\\s(-]*((?:第?(?:${NUMERAL})期)|[东西南北中新老前后]院|[东西南北中]区)\\)?$`,
  "u",
);

export type CommunityName = { readonly baseName: string; readonly phase: string };

/** `书香名邸（二期）` as `书香名邸` and `二期`; a name without a phase keeps itself and ''. */
export const splitPhase = (name: string): CommunityName => {
  const text = toHalfWidth(name).trim();
  const match = PHASE.exec(text);
  return { baseName: match?.[1] ?? text, phase: match?.[2] ?? "" };
};
