/** What a customer pays, how, and when it can be taken: pure. */
import { fenOfText } from "#web/furniture/amounts.ts";
import { type Line, totalOf } from "./basket.ts";
import type { Paper } from "./print-receipt.ts";

export const TENDERS = ["cash", "card", "terminalCard", "terminalQr"] as const;
export type Way = (typeof TENDERS)[number];

/** What is asked of the server, and nothing else: another basket is another taking. */
export type Basket = {
  readonly lines: readonly Line[];
  readonly way: Way;
  readonly payer: string;
  /** In which it was first tried: asked again after a lost answer it is the same. */
  readonly shiftId: string;
};
export const EMPTY_BASKET: Basket = { lines: [], way: "cash", payer: "", shiftId: "" };

/** What only the page knows. */
export type Desk = {
  /** Cash received, as typed; empty means exactly the total. */
  readonly received: string;
  /** The paper that this till prints on. */
  readonly paper: Paper;
};
export const DESK: Desk = { received: "", paper: "roll-80" };

/** Cash to give back; null while too little was received, or what was typed is no amount. */
export const changeOf = (way: Way, received: string, totalFen: number): number | null => {
  if (way !== "cash" || received.trim() === "") return 0;
  const fen = fenOfText(received);
  return fen === null || fen < totalFen ? null : fen - totalFen;
};

/** The total and the change of what could be taken now; null while it cannot be, whoever asks: the button or a key. */
export const takeable = (
  { lines, way }: Basket,
  { received }: Desk,
): { readonly totalFen: number; readonly changeFen: number } | null => {
  const totalFen = lines.length === 0 ? null : totalOf(lines);
  const changeFen = totalFen === null ? null : changeOf(way, received, totalFen);
  return totalFen === null || changeFen === null ? null : { totalFen, changeFen };
};
