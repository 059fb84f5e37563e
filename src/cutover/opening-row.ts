/** One row of a file of opening balances read into what is stored: pure, no other row and no database is looked at. */
import { parseYuan } from "#src/kernel/money.ts";
import { cellName, cellText } from "#src/platform/table-cell.ts";
import { foldAccountText, SUPPLY_WORDS, VALVE_WORDS } from "#src/town/accounts/index.ts";
import type { OpeningCells } from "./opening-columns.ts";

const KIND_WORDS = {
  欠费: "debt",
  旧欠: "debt",
  debt: "debt",
  预收: "prepaid",
  prepaid: "prepaid",
  待核销: "suspense",
  suspense: "suspense",
  停用: "stop",
  报停: "stop",
  stop: "stop",
  阀门: "valve",
  valve: "valve",
  末号: "series",
  "last-receipt": "series",
} as const satisfies Readonly<Record<string, string>>;
export type OpeningKind = (typeof KIND_WORDS)[keyof typeof KIND_WORDS];

const FLAG_WORDS: Readonly<Record<string, boolean>> = {
  "": false,
  否: false,
  未开票: false,
  no: false,
  false: false,
  "0": false,
  是: true,
  已开票: true,
  yes: true,
  true: true,
  "1": true,
};

/** Why a row is refused, in the order in which it is looked for; the words of the error file. */
export const OPENING_REFUSALS = {
  "kind-unknown": "类型无法识别（欠费/预收/待核销/停用/阀门/末号）",
  "account-no-missing": "没有户号",
  "account-no-unreadable": "户号过长或含有空格、汉字",
  "amount-unreadable": "金额不是大于零、最多两位小数的数字",
  "season-unreadable": "采暖季无法识别（如 2024 或 2024-2025）",
  "season-not-begun": "采暖季晚于系统中最新的采暖季",
  "invoiced-unreadable": "已开票无法识别（是/否）",
  "receipt-no-unreadable": "末次收据号不是最多12位的数字",
  "till-unreadable": "收款台不是1至12位的大写字母或数字（如 T01）",
  "supply-state-unknown": "用热状态无法识别",
  "valve-state-unknown": "阀门状态无法识别（开/关/铅封/未知）",
  "text-too-long": "欠费人、末次收据号或备注过长",
  "state-twice": "同一户有两行停用或两行阀门，请人工确认哪一行正确",
  "series-twice": "同一收款台有两行末号",
  "series-in-use": "该收款台今年已开过收据",
  "account-has-postings": "该户已有记账，不能再录入期初余额",
} as const;
/** Why a row is taken all the same: its money waits under a technical account, or its state is left out. */
export const OPENING_WARNINGS = {
  "account-unknown": "户号不在户籍中；金额暂记迁移待查",
  "account-ambiguous": "号码对应两户，不能确定是哪一户；金额暂记迁移待查",
  "state-account-unknown": "户号不在户籍中；停用或阀门状态未录入",
} as const;
export type OpeningRefusal = keyof typeof OPENING_REFUSALS;

/** As it is staged: text columns, '' for nothing, the amount in fen as digits. */
export type StagedOpeningRow = {
  readonly refusal: OpeningRefusal | "";
  readonly kind: OpeningKind | "";
  readonly accountNo: string;
  readonly season: string;
  readonly amountFen: string;
  readonly debtor: string;
  readonly invoiced: "t" | "f";
  readonly lastReceiptNo: string;
  readonly till: string;
  /** What a stop or valve row puts in force. */
  readonly state: string;
  readonly note: string;
};

const has = <Value>(words: Readonly<Record<string, Value>>, word: string): Value | undefined =>
  Object.hasOwn(words, word) ? words[word] : undefined;

/** `2024`, `2024-2025`, `2024-25`, `2024/2025年度`: the year in which it starts; '' when it is none of these. */
export const readSeason = (cell: string | undefined): string => {
  const written = cellText(cell).replace(/(采暖|供暖|供热)?(季|年度?)$/, "");
  const match = /^(\d{4})(?:\s*[-–—/~至]\s*(\d{2}|\d{4}))?$/.exec(written);
  if (match === null) return "";
  const [, first = "", last] = match;
  const next = String(Number(first) + 1);
  if (last !== undefined && last !== next && last !== next.slice(2)) return "";
  const year = Number(first);
  return year >= 1990 && year <= 2100 ? first : "";
};

/** A positive amount of yuan in fen; '' when it is none. Grouping commas and a yuan sign are taken off. */
export const readAmount = (cell: string | undefined): string => {
  const written = cellText(cell)
    .replace(/^[¥￥]\s*/, "")
    .replace(/\s*元$/, "");
  const plain = /^\d{1,3}(,\d{3})+(\.\d*)?$/.test(written) ? written.replaceAll(",", "") : written;
  if (!/^\d{1,12}(\.\d{1,2}0*)?$/.test(plain)) return "";
  const amount = parseYuan(plain);
  return amount > 0n ? String(amount) : "";
};

const LONGEST = 200;

type Judge = (wrong: boolean, refusal: OpeningRefusal) => void;

const judgeMoney = (row: Omit<StagedOpeningRow, "refusal">, judge: Judge): void => {
  judge(row.amountFen === "", "amount-unreadable");
  if (row.kind === "debt") judge(row.season === "", "season-unreadable");
};

const judgeSeries = (row: Omit<StagedOpeningRow, "refusal">, judge: Judge): void => {
  judge(!/^\d{1,12}$/.test(row.lastReceiptNo), "receipt-no-unreadable");
  judge(!/^[A-Z0-9]{1,12}$/.test(row.till), "till-unreadable");
};

const NEEDS_ACCOUNT: readonly string[] = ["debt", "prepaid", "stop", "valve"];
const MONEY: readonly string[] = ["debt", "prepaid", "suspense"];

/** What a stop or valve row says; undefined when its word is not known. A stop that names no state is a formal stop. */
const stateOf = (kind: OpeningKind | "", cells: OpeningCells): string | undefined => {
  if (kind === "stop") {
    const word = cellText(cells.supplyState).toLowerCase();
    return word === "" ? "suspended" : has(SUPPLY_WORDS, word);
  }
  return kind === "valve" ? has(VALVE_WORDS, cellText(cells.valveState).toLowerCase()) : "";
};

/** Reads a row. Never throws: what is wrong with it is its `refusal`, the first of `OPENING_REFUSALS` that applies. */
export const readOpeningRow = (cells: OpeningCells): StagedOpeningRow => {
  const flags = new Set<OpeningRefusal>();
  const judge: Judge = (wrong, refusal) => {
    if (wrong) flags.add(refusal);
  };
  const kind = has<OpeningKind>(KIND_WORDS, cellText(cells.kind).toLowerCase()) ?? "";
  const invoiced = has(FLAG_WORDS, cellText(cells.invoiced).toLowerCase());
  const state = stateOf(kind, cells);
  const isMoney = MONEY.includes(kind);
  const row = {
    kind,
    accountNo: foldAccountText(cellText(cells.accountNo)),
    season: kind === "debt" ? readSeason(cells.season) : "",
    amountFen: isMoney ? readAmount(cells.amount) : "",
    debtor: cellName(cells.debtor),
    invoiced: invoiced === true ? "t" : "f",
    lastReceiptNo: cellText(cells.lastReceiptNo),
    till: cellText(cells.till),
    state: state ?? "",
    note: cellName(cells.note),
  } as const;
  judge(kind === "", "kind-unknown");
  if (NEEDS_ACCOUNT.includes(kind)) judge(row.accountNo === "", "account-no-missing");
  judge(!/^[!-~]{0,64}$/.test(row.accountNo), "account-no-unreadable");
  if (isMoney) judgeMoney(row, judge);
  if (kind === "series") judgeSeries(row, judge);
  judge(invoiced === undefined, "invoiced-unreadable");
  judge(state === undefined, kind === "valve" ? "valve-state-unknown" : "supply-state-unknown");
  judge(
    [row.debtor, row.lastReceiptNo, row.note, row.till].some((text) => text.length > LONGEST),
    "text-too-long",
  );
  const order = Object.keys(OPENING_REFUSALS) as OpeningRefusal[];
  return { refusal: order.find((refusal) => flags.has(refusal)) ?? "", ...row };
};
