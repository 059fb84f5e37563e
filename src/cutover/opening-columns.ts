/** The columns of a file of opening balances by their names: Chinese as companies write them, or English. */
import { readTableHeader, type TableColumn, type TableHeader } from "#src/platform/table-header.ts";

/** The first name is the one that messages and documentation use. */
export const OPENING_COLUMNS = {
  kind: { names: ["类型", "kind"], required: true },
  accountNo: { names: ["户号", "用户编号", "account_no"], required: true },
  season: { names: ["采暖季", "供暖季", "season"] },
  amount: { names: ["金额", "amount"], required: true },
  debtor: { names: ["欠费人", "debtor"] },
  invoiced: { names: ["已开票", "invoiced"] },
  lastReceiptNo: { names: ["末次收据号", "last_receipt_no"] },
  till: { names: ["收款台", "till"] },
  supplyState: { names: ["用热状态", "supply_state"] },
  valveState: { names: ["阀门状态", "valve_state"] },
  note: { names: ["备注", "note"] },
} as const satisfies Record<string, TableColumn>;

export type OpeningColumn = keyof typeof OPENING_COLUMNS;
export type OpeningCells = Readonly<Partial<Record<OpeningColumn, string>>>;

const HEADER: TableHeader<OpeningColumn> = {
  refusals: "opening",
  columns: OPENING_COLUMNS,
  document: "docs/opening-balances.md",
};

/** @throws DomainError `opening.unknown-column`, `opening.column-twice`, `opening.column-missing` */
export const readOpeningHeader = (cells: readonly string[]): (OpeningColumn | null)[] =>
  readTableHeader(HEADER, cells);
