/** A form's rule for an amount in yuan, as people type it; an empty one is refused where it `isNeeded`. */
import { fenOfText } from "./amounts.ts";

export const amountRule = (complaint: string, isNeeded = true) => ({
  validator: (_rule: unknown, value = "") =>
    (value === "" && !isNeeded) || fenOfText(value) !== null
      ? Promise.resolve()
      : Promise.reject(new Error(complaint)),
});
