/** The call log: searched by a body, because a number has no place in an address, and exported as a table. */
import { z } from "zod";
import { addDays, dayOfInstant } from "#src/kernel/day.ts";
import { parsePhone } from "#src/kernel/phone.ts";
import { askExport, exportOut } from "#src/office/exports/index.ts";
import type { Actor } from "#src/platform/actor.ts";
import {
  accountNoIn,
  decodeCursor,
  defineRoute,
  pageFrom,
  pageOf,
  type Platform,
  refuseCursor,
  type Route,
  rowIdIn,
} from "#src/platform/route.ts";
import { exportIn } from "#src/platform/table-export.ts";
import { accessTicket, reachOf } from "#src/service/tickets/index.ts";
import { accessAccount } from "#src/town/accounts/index.ts";
import { dayBounds } from "./board.ts";
import { CALL_OUTCOMES } from "./call-fold.ts";
import { callExport } from "./call-log.ts";
import { type LogFilter, searchCalls, WRAP_UP_CODES } from "./call-queries.ts";
import { callJson, callOut } from "./call-schema.ts";

const tag = "Hotline 热线";
const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

const filterIn = {
  /** Today when left out. */
  from: instant.optional(),
  until: instant.optional(),
  direction: z.enum(["inbound", "outbound"]).optional(),
  number: z.string().trim().min(3).max(40).optional(),
  accountNo: accountNoIn.optional(),
  agentId: rowIdIn.optional(),
  line: z.string().max(40).optional(),
  outcome: z.enum(CALL_OUTCOMES).optional(),
  wrapUp: z.enum(WRAP_UP_CODES).optional(),
  ticketNo: z.string().max(30).optional(),
  incidentId: rowIdIn.optional(),
};
type FilterIn = { readonly [Key in keyof typeof filterIn]?: z.output<(typeof filterIn)[Key]> };

const filterOf = async (platform: Platform, actor: Actor, wanted: FilterIn): Promise<LogFilter> => {
  const { sql } = platform.database;
  const now = platform.clock.now();
  const today = dayOfInstant(now);
  const day = dayBounds(now);
  const account =
    wanted.accountNo === undefined ? null : await accessAccount(sql, actor, wanted.accountNo, today);
  const ticket =
    wanted.ticketNo === undefined ? null : await accessTicket(sql, actor, wanted.ticketNo, today);
  // Whoever asks for one household, number or case wants all of its calls.
  const isAboutOne = account !== null || ticket !== null || wanted.number !== undefined;
  const longAgo = new Date(`${addDays(today, -3650)}T00:00:00Z`);
  return {
    from: wanted.from ?? (isAboutOne ? longAgo : day.from),
    until: wanted.until ?? day.until,
    direction: wanted.direction ?? null,
    number: wanted.number === undefined ? null : parsePhone(wanted.number).number,
    accountId: account?.id ?? null,
    agentId: wanted.agentId ?? null,
    line: wanted.line ?? null,
    outcome: wanted.outcome ?? null,
    wrapUp: wanted.wrapUp ?? null,
    ticketId: ticket?.id ?? null,
    incidentId: wanted.incidentId ?? null,
  };
};

const cursorKey = z.tuple([z.iso.datetime(), rowIdIn]);
const beforeOf = (cursor: string | undefined): { beforeAt: string | null; beforeId: bigint | null } => {
  if (cursor === undefined) return { beforeAt: null, beforeId: null };
  const parsed = cursorKey.safeParse(decodeCursor(cursor));
  if (!parsed.success) return refuseCursor();
  return { beforeAt: parsed.data[0], beforeId: parsed.data[1] };
};

export const logRoutes: readonly Route[] = [
  defineRoute({
    method: "post",
    path: "/hotline/calls/search",
    permission: "hotline.read",
    tag,
    summary:
      "The call log, the youngest first; today unless a time, a number, a household or a case is given",
    body: z.strictObject({
      ...filterIn,
      limit: z.int().min(1).max(200).default(50),
      cursor: z.string().max(200).optional(),
    }),
    response: pageOf(callOut),
    handle: async ({ platform, actor, body: { limit, cursor, ...wanted } }) => {
      const rows = await searchCalls(platform.database.sql, {
        ...reachOf(actor, dayOfInstant(platform.clock.now())),
        ...(await filterOf(platform, actor, wanted)),
        ...beforeOf(cursor),
        limit: limit + 1,
      });
      return {
        body: pageFrom(
          rows,
          limit,
          (row) => [row.beganAt.toISOString(), String(row.id)],
          (row) => callJson(row, actor),
        ),
      };
    },
  }),
  defineRoute({
    method: "post",
    path: "/hotline/calls/export",
    permission: "hotline.read",
    stepUp: true,
    tag,
    summary:
      "Ask for the call log as a table (CSV or XLSX), numbers masked; at most 20,000 calls; found under /exports",
    body: z.strictObject({ ...filterIn, ...exportIn }),
    response: exportOut,
    status: 202,
    idempotency: "optional",
    handle: async (asked) => {
      const { platform, actor } = asked;
      const { format, purpose, ...wanted } = asked.body;
      const filter = {
        ...reachOf(actor, dayOfInstant(platform.clock.now())),
        ...(await filterOf(platform, actor, wanted)),
      };
      return askExport({ ...asked, body: { format, purpose } }, callExport, {
        subject: "calls",
        title: { "zh-CN": "通话记录", en: "Call log" },
        name: "calls",
        wanted: filter,
      });
    },
  }),
];
