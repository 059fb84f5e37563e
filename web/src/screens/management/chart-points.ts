/** What a chart says: each point is the very number of the table beside it; only its axis counts yuan in ten thousands. */
import { yuan } from "#web/furniture/amounts.ts";

type Value = string | number | null;

/** Amounts stay whole fen: no point is rounded. */
export const pointOf = (value: Value): number | null => (typeof value === "number" ? value : null);

const FEN_OF_TEN_THOUSAND = 1_000_000;

/** A mark of the axis: 2,500,000 fen are "2.5" ten thousand yuan, 5,000 are "0.005". */
export const axisMark = (kind: string, value: number): string =>
  (kind === "fen" ? value / FEN_OF_TEN_THOUSAND : value).toLocaleString("en-US", {
    maximumFractionDigits: kind === "fen" ? 6 : 2,
  });

/** What stands beside a point that is looked at: yuan to the fen. */
export const sayPoint = (kind: string, value: unknown): string =>
  typeof value !== "number" ? "–" : kind === "fen" ? yuan(value) : value.toLocaleString("en-US");
