/** A case as the API tells it. A caller's name and number are masked; `POST /tickets/{ticketNo}/caller` shows them, audited. */
import { z } from "zod";
import { maskPhone, type PhoneNumber } from "#src/kernel/phone.ts";
import { withNames } from "#src/platform/people.ts";
import { maskName } from "#src/town/accounts/index.ts";
import { CLOSING_CLASSES, SEVERITIES, TICKET_CHANNELS, TICKET_SOURCES } from "./schema.ts";
import { TICKET_STATES } from "./states.ts";
import type { EntryView, TicketView } from "./view-queries.ts";

export const ticketOut = withNames(
  z.object({
    ticketNo: z.string(),
    category: z.string(),
    categoryName: z.string(),
    categoryNameEn: z.string(),
    categoryGuessed: z.boolean(),
    source: z.enum(TICKET_SOURCES),
    channel: z.enum(TICKET_CHANNELS),
    severity: z.enum(SEVERITIES),
    state: z.enum(TICKET_STATES),
    /** Empty where nothing was said but the category: then the category's name is shown. */
    summary: z.string(),
    accountNo: z.string().nullable(),
    buildingId: z.string().nullable(),
    building: z.string().nullable(),
    owner: z.string().nullable(),
    ownerRole: z.string().nullable(),
    ownerArea: z.string().nullable(),
    ownerLevel: z.string().nullable(),
    openedAt: z.string(),
    dueAt: z.string().nullable(),
    overdue: z.boolean(),
    /** The clock of `dueAt` stands still: there is no time to count down. */
    paused: z.boolean(),
    closedAt: z.string().nullable(),
    closingClass: z.enum(CLOSING_CLASSES).nullable(),
    reopenCount: z.int(),
    mergedInto: z.string().nullable(),
    version: z.int(),
  }),
  "owner",
);

export const ticketJson = (row: TicketView): z.input<typeof ticketOut> => ({
  ticketNo: row.ticketNo,
  category: row.categoryCode,
  categoryName: row.categoryName,
  categoryNameEn: row.categoryNameEn,
  categoryGuessed: row.categoryGuessed,
  source: row.source,
  channel: row.channel,
  severity: row.severity,
  state: row.state,
  summary: row.summary,
  accountNo: row.accountNo,
  buildingId: row.buildingId === null ? null : String(row.buildingId),
  building: row.building,
  owner: row.owner,
  ownerRole: row.ownerRole,
  ownerArea: row.ownerArea,
  ownerLevel: row.ownerLevel,
  openedAt: row.openedAt.toISOString(),
  dueAt: row.dueAt?.toISOString() ?? null,
  overdue: row.overdue,
  paused: row.paused,
  closedAt: row.closedAt?.toISOString() ?? null,
  closingClass: row.closingClass,
  reopenCount: row.reopenCount,
  mergedInto: row.mergedInto,
  version: row.version,
});

export const entryOut = withNames(
  z.object({
    id: z.string(),
    ticketNo: z.string(),
    kind: z.string(),
    text: z.string(),
    /** What the program wrote, in English; null where a person wrote. */
    textEn: z.string().nullable(),
    details: z.record(z.string(), z.unknown()),
    ref: z.string().nullable(),
    evidence: z.string().nullable(),
    at: z.string(),
    by: z.string(),
  }),
  "by",
);

export const entryJson = (row: EntryView): z.input<typeof entryOut> => ({
  ...row,
  textEn: row.textEn === "" ? null : row.textEn,
  id: String(row.id),
  at: row.at.toISOString(),
});

/** Where it is: the address of the premises, or what was written. */
export const callerJson = (row: TicketView) => ({
  address: row.address,
  callerName: row.callerName === null ? null : maskName(row.callerName),
  callerNumber: row.callerNumber === null ? null : maskPhone(row.callerNumber as PhoneNumber),
});
