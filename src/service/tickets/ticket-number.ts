/**
 * The number of a case (工单号): the row's number and one check digit, digits only, so that it can be read over the phone and
 * typed on its keys. The digit is that of H. M. Damm ("Total anti-symmetrische Quasigruppen", 2004): it finds every
 * wrong digit and every two neighbours that changed places.
 */
import { toHalfWidth } from "#src/kernel/half-width.ts";

const QUASIGROUP = [
  "0317598642",
  "7092154863",
  "4206871359",
  "1750983426",
  "6123045978",
  "3674209581",
  "5869720134",
  "8945362017",
  "9438617205",
  "2581436790",
] as const;

const stateAfter = (digits: string): number => {
  let interim = 0;
  for (const digit of digits) interim = Number(QUASIGROUP[interim]?.[Number(digit)]);
  return interim;
};

/** The twin of the SQL function `ticket_number`. */
export const formatTicketNo = (ticketId: bigint): string => `${ticketId}${stateAfter(String(ticketId))}`;

/** The row behind a number as people write it: full width, blanks, hyphens, a leading `工单` or `#`. Null for anything else. */
export const parseTicketNo = (text: string): bigint | null => {
  const digits = toHalfWidth(text)
    .replaceAll(/[\s-]/g, "")
    .replace(/^(?:工单号?|单号|#|No\.?)[:：]?/i, "");
  if (!/^\d{2,18}$/.test(digits) || digits.startsWith("0") || stateAfter(digits) !== 0) return null;
  return BigInt(digits.slice(0, -1));
};

/** Numbers of cases that a text names behind `工单`, `单号` or `#`, in order: for the threads of mail and text messages. */
export const ticketNosIn = (text: string): string[] => {
  const named = toHalfWidth(text).matchAll(/(?:工单|单号|#)[号]?[:：\s]*(\d[\d -]{4,20}\d)/g);
  return [...new Set([...named].map((match) => (match[1] ?? "").replaceAll(/[\s-]/g, "")))].filter(
    (number) => parseTicketNo(number) !== null,
  );
};
