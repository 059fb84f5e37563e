/**
 * Reading what authorities send: labelled lines that somebody copied, or the columns of their Excel. Pure. People copy with full
 * width colons, brackets around labels, numbers before them, and values that run over several lines; what cannot be read as
 * an instant is refused and never guessed, because a deadline is given.
 */
import { addDays, dayOfInstant, instantOfDay, isDay } from "#src/kernel/day.ts";
import { toHalfWidth } from "#src/kernel/half-width.ts";

export const ORDER_FIELDS = [
  "outside-no",
  "title",
  "demand",
  "caller-name",
  "caller-number",
  "address",
  "account-no",
  "category",
  "received-at",
  "due-at",
  "return-before",
  "urgency",
  "requirement",
  "ignored",
] as const;
export type OrderField = (typeof ORDER_FIELDS)[number];

/** What one order says, field by field, as it was written. */
export type OrderWords = Readonly<Partial<Record<OrderField, string>>>;

/** Label as folded by `foldLabel`, to its field. */
export type Labels = ReadonlyMap<string, OrderField>;

/** `【工单编号】`, ` 1、工单编号` and `工单编号*` are one label. */
export const foldLabel = (text: string): string =>
  toHalfWidth(text)
    .replaceAll(/[\s【】[\]「」()*#]/g, "")
    .replace(/^(?:\d{1,2}|[一二三四五六七八九十]{1,2})[、.,)]/, "");

const LABELLED = /^(.{2,34}?)\s*[:：]\s*(.*)$/su;
/** `【工单编号】20261123001`: brackets do what a colon does. */
const BRACKETED = /^\s*[【[]\s*([^】\]]{2,30})\s*[】\]]\s*[:：]?\s*(.*)$/su;

type Line = { readonly field: OrderField | null; readonly value: string };

const readLine = (line: string, labels: Labels): Line => {
  for (const pattern of [BRACKETED, LABELLED]) {
    const match = pattern.exec(line);
    const field = match === null ? undefined : labels.get(foldLabel(match[1] ?? ""));
    if (match !== null && field !== undefined) return { field, value: (match[2] ?? "").trim() };
  }
  return { field: null, value: line.trim() };
};

/** A table copied as text has several labels in one line: `工单编号：1  联系电话：138...`. */
const splitLines = (text: string, labels: Labels): string[] => {
  const names = [...labels.keys()].toSorted((one, other) => other.length - one.length);
  const escaped = names.map((name) => name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  if (escaped.length === 0) return text.split(/\r?\n/);
  const inner = new RegExp(`[\\t ,，;；]+(?=[【[]?(?:${escaped.join("|")})[】\\]]?[ \\t]*[:：])`, "gu");
  return text.split(/\r?\n/).flatMap((line) => line.replaceAll(inner, "\n").split("\n"));
};

/**
 * The orders in a pasted text, in order. A label that repeats the order's number begins the next one; a line without a label
 * goes on with the value before it; what stands before the first label is nobody's.
 */
export const readPastedOrders = (text: string, labels: Labels): OrderWords[] => {
  const orders: Partial<Record<OrderField, string>>[] = [];
  let current: Partial<Record<OrderField, string>> | null = null;
  let open: OrderField | null = null;
  for (const line of splitLines(text, labels)) {
    const { field, value } = readLine(line, labels);
    if (field === null) {
      if (current === null || open === null || value === "") continue;
      const before: string = current[open] ?? "";
      current[open] = before === "" ? value : `${before}\n${value}`;
      continue;
    }
    if (current === null || (field === "outside-no" && current["outside-no"] !== undefined)) {
      current = {};
      orders.push(current);
    }
    open = field;
    // Of two equal labels the first one holds, unless it was empty: forms repeat their head.
    if ((current[field] ?? "") === "") current[field] = value;
    else open = null;
  }
  return orders;
};

/** Which cell holds which field, by a header row; null when the row is no header (a title above the table). */
export const readHeader = (cells: readonly string[], labels: Labels): (OrderField | null)[] | null => {
  const fields = cells.map((cell) => labels.get(foldLabel(cell)) ?? null);
  return fields.includes("outside-no") && fields.includes("demand") ? fields : null;
};

export const wordsOfRow = (fields: readonly (OrderField | null)[], cells: readonly string[]): OrderWords => {
  const words: Partial<Record<OrderField, string>> = {};
  for (const [index, field] of fields.entries()) {
    const value = (cells[index] ?? "").trim();
    if (field !== null && value !== "" && words[field] === undefined) words[field] = value;
  }
  return words;
};

const INSTANT =
  /^(?:(\d{4})[-/.年])?(\d{1,2})[-/.月](\d{1,2})日?[\sT]*(?:(上午|下午|晚上?)?(\d{1,2})[:：时点](?:(\d{1,2})分?(?:[:：](\d{1,2}))?)?)?(?:前|之前|以前|止)?$/u;

export type ReadInstant =
  | { readonly instant: Date }
  /** `duration`: the order says how long, not until when; a person asks, nobody computes. */
  | { readonly problem: "empty" | "duration" | "unreadable" };

const DURATION = /^\d{1,3}\s*(?:个)?(?:工作日|小时|天|日|自然日)(?:内)?$/u;

/** The year that an order without one means: the nearest to `near`. */
const yearOf = (month: string, dayOfMonth: string, near: Date): string => {
  const year = Number(dayOfInstant(near).slice(0, 4));
  const distance = (candidate: number): number => {
    const text = `${candidate}-${month}-${dayOfMonth}`;
    return isDay(text) ? Math.abs(instantOfDay(text).getTime() - near.getTime()) : Infinity;
  };
  const best = [year - 1, year, year + 1].toSorted((one, other) => distance(one) - distance(other))[0];
  return String(best ?? year);
};

/**
 * An instant as orders write it: `2026-11-25 18:00`, `2026年11月25日18时前`, `11月25日下午6点`. A day without an hour ends with
 * its midnight. `near` decides the year where none is written.
 */
export const readInstant = (written: string | undefined, near: Date): ReadInstant => {
  const text = toHalfWidth(written ?? "").trim();
  if (text === "") return { problem: "empty" };
  if (DURATION.test(text)) return { problem: "duration" };
  const match = INSTANT.exec(text);
  if (match === null) return { problem: "unreadable" };
  const [, year, month = "", dayOfMonth = "", half, hour, minute = "0"] = match;
  const [mm, dd] = [month.padStart(2, "0"), dayOfMonth.padStart(2, "0")];
  const on = `${year ?? yearOf(mm, dd, near)}-${mm}-${dd}`;
  if (!isDay(on)) return { problem: "unreadable" };
  if (hour === undefined) return { instant: instantOfDay(addDays(on, 1)) };
  const isLate = half !== undefined && half !== "上午" && Number(hour) < 12;
  const minutes = (Number(hour) + (isLate ? 12 : 0)) * 60 + Number(minute);
  return Number(minute) > 59 || minutes > 24 * 60
    ? { problem: "unreadable" }
    : { instant: instantOfDay(on, minutes) };
};

const URGENT = /紧急|特急|加急|urgent/iu;
export const isUrgent = (words: OrderWords): boolean => URGENT.test(words.urgency ?? "");
