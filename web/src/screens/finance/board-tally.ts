/** What the head of the board counts. A day without a file has no certificate either: lists of debtors wait for both alike. */
import type { Answer } from "#web/api/types.ts";

type Cell = Pick<Answer<"get", "/bank-board">["cells"][number], "day" | "state" | "late" | "openBreaks">;

export type Tally = {
  readonly late: number;
  readonly breaks: number;
  readonly certified: number;
  readonly uncertified: number;
  /** Channels without a certificate of the latest day: the number that `arrears.not-certified` names for it. */
  readonly uncertifiedLast: number;
};

export const tallyOf = (cells: readonly Cell[], last: string | undefined): Tally => {
  const without = cells.filter(({ state }) => state !== "certified");
  return {
    late: cells.filter(({ late }) => late).length,
    breaks: cells.reduce((sum, { openBreaks }) => sum + openBreaks, 0),
    certified: cells.length - without.length,
    uncertified: without.length,
    uncertifiedLast: without.filter(({ day }) => day === last).length,
  };
};
