/**
 * Many orders at once: an authority's Excel, or text that somebody copied. Each order is a command of its own, so that one that is
 * refused keeps none of the others; each refused one is named with its reason. Repeating is safe: a number is one order.
 */
import { createHash } from "node:crypto";
import { readSheet } from "read-excel-file/node";
import { DomainError, fail } from "#src/kernel/errors.ts";
import type { Actor } from "#src/platform/actor.ts";
import { staffIdOf } from "#src/platform/actor.ts";
import { today } from "#src/platform/clock.ts";
import { isOfTheMoment } from "#src/platform/of-the-moment.ts";
import type { Platform } from "#src/platform/route.ts";
import type { Sql } from "#src/platform/sql.ts";
import { reachOf } from "#src/service/tickets/index.ts";
import {
  finishImport,
  findImportRows,
  type ImportRow,
  insertImport,
  insertImportRow,
} from "./import-queries.ts";
import {
  foldLabel,
  isUrgent,
  type Labels,
  ORDER_FIELDS,
  type OrderField,
  type OrderWords,
  readHeader,
  readInstant,
  readPastedOrders,
  wordsOfRow,
} from "./order-text.ts";
import { findAuthority, findLabels } from "./queries.ts";
import { type NewReferral, receiveReferral, refuseAuthority } from "./receive-referral.ts";

/** A day's list of a large city has some hundreds. */
const MOST_ORDERS = 2000;

type NumberedOrder = { readonly rowNo: number; readonly words: OrderWords };

export type ImportReport = {
  readonly importId: bigint;
  readonly taken: number;
  readonly known: number;
  readonly refused: number;
  readonly rows: Awaited<ReturnType<typeof findImportRows>>;
};

const isField = (text: string): text is OrderField => (ORDER_FIELDS as readonly string[]).includes(text);

/** The labels of an authority: the general ones, and its own before them. */
export const loadLabels = async (sql: Sql, authority: string): Promise<Labels> => {
  const labels = new Map<string, OrderField>();
  for (const { label, field } of await findLabels(sql, authority)) {
    if (isField(field)) labels.set(foldLabel(label), field);
  }
  return labels;
};

/** A worksheet keeps an instant without a zone: what somebody saw is Shanghai's wall clock. */
const cellText = (cell: unknown): string => {
  if (cell instanceof Date) return cell.toISOString().slice(0, 16).replace("T", " ");
  if (typeof cell === "string") return cell;
  return typeof cell === "number" || typeof cell === "boolean" ? String(cell) : "";
};

/** How far down a title may push the header. */
const HEADER_WITHIN = 10;

/**
 * The orders of a worksheet, the header found by its names within the first rows.
 * @throws DomainError `referral.list-unreadable`, `referral.list-without-header`
 */
export const readOrderSheet = async (bytes: Buffer, labels: Labels): Promise<NumberedOrder[]> => {
  const sheet = await readSheet(bytes).catch(() =>
    fail("referral.list-unreadable", "this is not an XLSX file", { remedy: "save it again as XLSX" }),
  );
  const rows = sheet.map((row) => row.map(cellText));
  const at = rows.slice(0, HEADER_WITHIN).findIndex((cells) => readHeader(cells, labels) !== null);
  const fields = at < 0 ? null : readHeader(rows[at] ?? [], labels);
  if (fields === null) {
    return fail("referral.list-without-header", "no row names the order's number and what is asked", {
      remedy: "add what this authority calls its columns to its labels",
    });
  }
  return rows
    .map((cells, index) => ({ rowNo: index + 1, words: wordsOfRow(fields, cells) }))
    .filter(({ rowNo, words }) => rowNo > at + 1 && Object.keys(words).length > 0);
};

const need = (words: OrderWords, field: OrderField, what: string): string =>
  words[field] === undefined || words[field] === ""
    ? fail("referral.field-missing", `the order has no ${what}`, { field })
    : words[field];

const WHY = {
  empty: "is not given",
  duration: "is given as a duration; a deadline is an instant that the authority names",
  unreadable: "cannot be read as day and hour",
} as const;

const instantOf = (words: OrderWords, field: OrderField, now: Date): Date => {
  const read = readInstant(words[field], now);
  return "instant" in read
    ? read.instant
    : fail("referral.time-unreadable", `${field} ${WHY[read.problem]}`, {
        field,
        remedy: "ask the authority, and enter the order by hand",
      });
};

/** What an order's words mean. @throws DomainError `referral.field-missing`, `referral.time-unreadable` */
export const readOrder = (
  words: OrderWords,
  authority: string,
  now: Date,
): Omit<NewReferral, "importId"> => ({
  authority,
  outsideNo: need(words, "outside-no", "number").slice(0, 60),
  title: words.title?.slice(0, 200),
  demand: need(words, "demand", "demand").slice(0, 4000),
  requirement: words.requirement?.slice(0, 1000),
  urgency: words.urgency?.slice(0, 40),
  isUrgent: isUrgent(words),
  callerName: words["caller-name"]?.slice(0, 60),
  callerNumber: words["caller-number"]?.slice(0, 60),
  addressText: words.address?.slice(0, 300),
  accountNo: words["account-no"]?.slice(0, 40),
  ...(words["received-at"] !== undefined && { receivedAt: instantOf(words, "received-at", now) }),
  dueAt: instantOf(words, "due-at", now),
  ...(words["return-before"] !== undefined && { returnBefore: instantOf(words, "return-before", now) }),
});

type Importing = { readonly actor: Actor; readonly authority: string; readonly requestId?: string };

const TRIES = 3;

/** A busy moment refuses no order: it is tried again, and then the list is sent again; what was taken is known. */
const takeOne = async (
  platform: Platform,
  { actor, authority, requestId }: Importing,
  importId: bigint,
  { rowNo, words }: NumberedOrder,
): Promise<ImportRow> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { result } = await platform.commands.run(
        { name: "referral.import-row", actor, ...(requestId !== undefined && { requestId }) },
        (context) => receiveReferral(context, { ...readOrder(words, authority, context.now), importId }),
      );
      const { outcome, referralId, remark } = result;
      return { rowNo, outcome, referralId, code: null, words: remark };
    } catch (error) {
      if (isOfTheMoment(error) && attempt < TRIES) continue;
      if (!(error instanceof DomainError) || isOfTheMoment(error)) throw error;
      return { rowNo, outcome: "refused", referralId: null, code: error.code, words: error.message };
    }
  }
};

const takeAll = async (
  platform: Platform,
  importing: Importing,
  list: { readonly form: "xlsx" | "text"; readonly fileName: string; readonly bytes: Uint8Array },
  orders: readonly NumberedOrder[],
): Promise<ImportReport> => {
  if (orders.length === 0) {
    fail("referral.list-empty", "no order can be found in this", {
      remedy: "send the sheet with its header and at least one row of an order (docs/referrals.md)",
    });
  }
  if (orders.length > MOST_ORDERS) {
    fail("referral.list-too-long", `a list has ${MOST_ORDERS} orders at most`, {
      facts: { orders: orders.length },
    });
  }
  const { actor, authority, requestId } = importing;
  const options = { name: "referral.import" as const, actor, ...(requestId !== undefined && { requestId }) };
  const { result: importId } = await platform.commands.run(options, async (context) => {
    const { id } = await insertImport(context.sql, {
      authority,
      form: list.form,
      fileName: list.fileName,
      sha256: createHash("sha256").update(list.bytes).digest(),
      now: context.now,
      by: staffIdOf(actor),
    });
    context.audit({ subject: `referral-import:${id}`, details: { authority, orders: orders.length } });
    return id;
  });
  const rows: ImportRow[] = [];
  for (const order of orders) rows.push(await takeOne(platform, importing, importId, order));
  const { result: counts } = await platform.commands.run(options, async (context) => {
    for (const row of rows) await insertImportRow(context.sql, { ...row, importId });
    return finishImport(context.sql, { id: importId, now: context.now });
  });
  return {
    importId,
    ...counts,
    rows: await findImportRows(platform.database.sql, { ...reachOf(actor, today(platform.clock)), importId }),
  };
};

const requireAuthority = async (sql: Sql, code: string): Promise<void> => {
  if ((await findAuthority(sql, code))?.active !== true) {
    await refuseAuthority(sql, "authority");
  }
};

/**
 * Imports an authority's Excel.
 * @throws DomainError `referral.authority-unknown`, `referral.list-unreadable`, `referral.list-without-header`,
 * `referral.list-empty`, `referral.list-too-long`; `database.busy`: send the list again, what was taken is known then
 */
export const importOrderSheet = async (
  platform: Platform,
  importing: Importing,
  file: { readonly fileName: string; readonly bytes: Buffer },
): Promise<ImportReport> => {
  const { sql } = platform.database;
  await requireAuthority(sql, importing.authority);
  const orders = await readOrderSheet(file.bytes, await loadLabels(sql, importing.authority));
  return takeAll(platform, importing, { form: "xlsx", ...file }, orders);
};

/**
 * Imports what somebody copied: labelled lines, one order or several.
 * @throws DomainError `referral.authority-unknown`, `referral.list-empty`, `referral.list-too-long`
 */
export const importPastedOrders = async (
  platform: Platform,
  importing: Importing,
  text: string,
): Promise<ImportReport> => {
  const { sql } = platform.database;
  await requireAuthority(sql, importing.authority);
  const orders = readPastedOrders(text, await loadLabels(sql, importing.authority));
  const list = { form: "text", fileName: "", bytes: Buffer.from(text) } as const;
  return takeAll(
    platform,
    importing,
    list,
    orders.map((words, index) => ({ rowNo: index + 1, words })),
  );
};
