/** The homes that one customer pays for, and what for each: pure. */
import { call } from "#web/api/client.ts";
import type { Answer } from "#web/api/types.ts";
import { fenOfText, yuan } from "#web/furniture/amounts.ts";

/** So many homes are read at a time: the list of a large firm must not hold up the other tills. */
const AT_ONCE = 8;

/** One after the other in small groups; the first that fails ends it. */
export const forSome = async <From, To>(
  all: readonly From[],
  read: (one: From) => Promise<To>,
): Promise<To[]> => {
  const done: To[] = [];
  for (let from = 0; from < all.length; from += AT_ONCE) {
    done.push(...(await Promise.all(all.slice(from, from + AT_ONCE).map(read))));
  }
  return done;
};

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

/** What of it is more than the home owes, and becomes prepaid. */
export const surplusOf = (line: Line): number => Math.max(0, (amountOf(line) ?? 0) - line.owedFen);
export const surplusOfAll = (lines: readonly Line[]): number =>
  lines.reduce((sum, line) => sum + surplusOf(line), 0);

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

/**
 * Each as it has to pay now. An amount that was all that was open is all that is open now; another stays as it was typed.
 * @throws ApiProblem
 */
export const readLinesAgain = async (lines: readonly Line[]): Promise<ReadonlyMap<Line, Line>> =>
  new Map(
    await forSome(lines, async (line): Promise<[Line, Line]> => {
      const fresh = await readLine(line.accountNo);
      const isAllThatIsOpen = amountOf(line) === line.owedFen;
      return [line, isAllThatIsOpen ? fresh : { ...fresh, amount: line.amount }];
    }),
  );
