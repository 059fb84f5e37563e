/** The homes that one customer pays for, and what for each: pure. */
import { call } from "#web/api/client.ts";
import type { Answer } from "#web/api/types.ts";
import { fenOfText, yuan } from "#web/furniture/format.ts";

export type OpenBill = Pick<
  Answer<"get", "/accounts/{accountNo}/bills">["items"][number],
  "id" | "billNo" | "season" | "state" | "openFen" | "dueOn"
>;

export type Line = {
  readonly accountNo: string;
  readonly address: string;
  readonly owner: string;
  /** All that is open, offers of a season to come included. */
  readonly owedFen: number;
  readonly prepaidFen: number;
  readonly bills: readonly OpenBill[];
  /** As typed, in yuan. */
  readonly amount: string;
};

/** Amount of a line in fen; null while it is no amount above zero. */
export const amountOf = (line: Line): number | null => {
  const fen = fenOfText(line.amount);
  return fen === null || fen === 0 ? null : fen;
};

/** The sum, or null while a line has no amount. */
export const totalOf = (lines: readonly Line[]): number | null => {
  let sum = 0;
  for (const line of lines) {
    const fen = amountOf(line);
    if (fen === null) return null;
    sum += fen;
  }
  return sum;
};

/** Reads a home as it has to pay now; the amount stands at all that is open. @throws ApiProblem */
export const readLine = async (accountNo: string, amount?: string): Promise<Line> => {
  const path = { params: { path: { accountNo } } };
  const [account, bills] = await Promise.all([
    call.GET("/accounts/{accountNo}", path),
    call.GET("/accounts/{accountNo}/bills", path),
  ]);
  if (account.data === undefined || bills.data === undefined) throw new Error("an answer without a body");
  const open = bills.data.items.filter((bill) => bill.openFen > 0 && bill.state !== "cancelled");
  const owedFen = open.reduce((sum, bill) => sum + bill.openFen, 0);
  const { community, building, premises, people } = account.data;
  return {
    accountNo: account.data.accountNo,
    address: [community.name, building.name, premises.unit, premises.door]
      .filter((part) => part !== "")
      .join(" "),
    owner: people.find(({ role }) => role === "owner")?.name ?? people[0]?.name ?? "",
    owedFen,
    prepaidFen: bills.data.prepaidFen,
    bills: open,
    amount: amount ?? (owedFen > 0 ? yuan(owedFen) : ""),
  };
};
