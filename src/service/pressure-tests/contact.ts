/** Whom people ring about a round: it stands on paper as the number for when water leaks, so it has to be one that is answered. */
import { fail } from "#src/kernel/errors.ts";
import { toHalfWidth } from "#src/kernel/half-width.ts";
import { parsePhone } from "#src/kernel/phone.ts";

/** Hotlines of companies (96777, 956001) have no area code. Those of the police, fire and ambulance are three digits. */
const HOTLINE = /^9[56]\d{3,4}$/;

/** As one dials it; null for what is no number. */
export const contactNumberOf = (written: string): string | null => {
  const folded = toHalfWidth(written).replaceAll(/[\s-]/g, "");
  if (HOTLINE.test(folded)) return folded;
  try {
    return parsePhone(written).number;
  } catch {
    return null;
  }
};

/** @throws DomainError `phone.unreadable` */
export const requireContactNumber = (written: string): void => {
  if (contactNumberOf(written) !== null) return;
  fail("phone.unreadable", "this is no number that people can ring when water leaks", {
    field: "contactNumber",
    remedy: "name a mobile, a landline with its area code, or the hotline",
  });
};
