/** A work order, a temperature slip and the slip of a case as paper. Each print is a command: the paper shows names in clear. */
import { wallTimeOfInstant } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import type { PrintDocument } from "#src/office/documents/index.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { Sql } from "#src/platform/sql.ts";
import { companyOnPaper } from "#src/platform/company.ts";
import { accessTicket, formatTicketNo } from "#src/service/tickets/index.ts";
import { beginOrderChange } from "./access-order.ts";
import { findCaseWords } from "./case-queries.ts";
import { formatOrderNo } from "./order-kinds.ts";
import { countOrderPrint, findTicketIds, type OrderRow } from "./order-queries.ts";
import { findSlips, type SlipRow } from "./slip-queries.ts";
import { formatSlot } from "./slots.ts";
import { formatTenths } from "./temperatures.ts";

/** Where an order is found: its number and nothing about anybody. */
const linkOf = (publicUrl: string, orderId: bigint): string => `${publicUrl}/work-orders/${orderId}`;

/** Local as people dial it: paper is read by people. */
const dialled = (number: string): string => number.replace(/^\+86/, "");

/** Of a case that was opened without words its category says what it is about. */
const categoryOnPaper = async (
  sql: Sql,
  ticketId: bigint | undefined,
  lang: "zh-CN" | "en",
): Promise<string> => {
  if (ticketId === undefined) return "";
  const { category, categoryEn } = await findCaseWords(sql, ticketId);
  return lang === "en" ? categoryEn : category;
};

/**
 * The paper of an order. Each call is a print: the n-th after the first says that it is the n-th copy (补打), and every one is
 * audited. A cancelled order prints with its mark.
 * @throws DomainError `work-order.not-found`
 */
export const printOrder = async (
  context: CommandContext,
  id: bigint,
  { publicUrl, lang }: { readonly publicUrl: string; readonly lang: "zh-CN" | "en" },
): Promise<PrintDocument> => {
  const { sql, now } = context;
  const order = await beginOrderChange(context, id, undefined);
  const printCount = await countOrderPrint(sql, id);
  context.audit({ subject: `work-order:${id}`, details: { printCount } });
  const ticketIds = await findTicketIds(sql, [id]);
  return {
    kind: "work-order",
    paper: "a4",
    company: await companyOnPaper(sql),
    orderNo: formatOrderNo(id),
    orderKind: order.kind,
    link: linkOf(publicUrl, id),
    openedAt: wallTimeOfInstant(order.openedAt),
    accountNo: order.accountNo ?? "",
    contactName: order.contactName,
    contactNumber: dialled(order.contactNumber),
    address: order.address,
    summary: order.summary === "" ? await categoryOnPaper(sql, ticketIds[0], lang) : order.summary,
    ticketNos: ticketIds.map(formatTicketNo),
    crewName: order.crewName ?? "",
    slot:
      order.slotFrom === null || order.slotUntil === null ? "" : formatSlot(order.slotFrom, order.slotUntil),
    visitNo:
      order.state === "on-site" ? order.visitCount : order.visitCount + (order.state === "done" ? 0 : 1),
    voided: order.state === "cancelled",
    printedAt: wallTimeOfInstant(now),
    reprintCount: printCount - 1,
  };
};

const writtenSlip = (slip: SlipRow) => ({
  slipNo: String(slip.ordinal),
  instrumentNo: slip.instrumentNo,
  calibratedOn: slip.calibratedOn,
  measuredAt: wallTimeOfInstant(slip.measuredAt),
  outdoor: slip.outdoorTenths === null ? "" : formatTenths(slip.outdoorTenths),
  windows: slip.windows,
  readings: slip.readings.map(({ room, heightCm, readingTenths }) => ({
    room,
    heightCm,
    degrees: formatTenths(readingTenths),
  })),
  opinion: slip.opinion,
  measurerName: slip.measurerName,
  signatureName: slip.signatureName,
  signatureKind: slip.signatureKind,
});

const requireMeasurement = (order: OrderRow): void => {
  if (order.kind === "temperature") return;
  fail("work-order.not-a-measurement", "temperatures are written down for a measurement", { field: "id" });
};

/**
 * The latest slip of a measurement as it was signed, or an empty one to take along while there is none. Audited.
 * @throws DomainError `work-order.not-found`, `work-order.not-a-measurement`
 */
export const printSlip = async (
  context: CommandContext,
  id: bigint,
  publicUrl: string,
): Promise<PrintDocument> => {
  const { sql, now } = context;
  const order = await beginOrderChange(context, id, undefined);
  requireMeasurement(order);
  const slip = (await findSlips(sql, id)).at(-1) ?? null;
  context.audit({ subject: `work-order:${id}`, details: { printedSlip: slip?.ordinal ?? "empty" } });
  return {
    kind: "temperature-slip",
    paper: "a4",
    company: await companyOnPaper(sql),
    orderNo: formatOrderNo(id),
    link: linkOf(publicUrl, id),
    accountNo: order.accountNo ?? "",
    contactName: order.contactName,
    address: order.address,
    slip: slip === null ? null : writtenSlip(slip),
    printedAt: wallTimeOfInstant(now),
    reprintCount: 0,
  };
};

/**
 * What a walk-in takes home (受理单). Audited.
 * @throws DomainError `ticket.not-found`
 */
export const printCase = async (
  context: CommandContext,
  ticketNo: string,
  options: { readonly publicUrl: string; readonly paper: "a4" | "a5"; readonly lang: "zh-CN" | "en" },
): Promise<PrintDocument> => {
  const { sql, actor, now, today } = context;
  const ticket = await accessTicket(sql, actor, ticketNo, today);
  const words = await findCaseWords(sql, ticket.id);
  const category = options.lang === "en" ? words.categoryEn : words.category;
  context.audit({ subject: `ticket:${ticket.id}`, details: { printed: options.paper } });
  return {
    kind: "case",
    paper: options.paper,
    company: await companyOnPaper(sql),
    ticketNo: ticket.ticketNo,
    link: `${options.publicUrl}/tickets/${ticket.ticketNo}`,
    openedAt: wallTimeOfInstant(ticket.openedAt),
    category,
    accountNo: words.accountNo ?? "",
    callerName: ticket.callerName ?? "",
    callerNumber: dialled(ticket.callerNumber ?? ""),
    address: ticket.addressText ?? words.address ?? "",
    summary: ticket.summary === "" ? category : ticket.summary,
    takenBy: words.takenBy ?? actor.name,
    printedAt: wallTimeOfInstant(now),
    reprintCount: 0,
  };
};
