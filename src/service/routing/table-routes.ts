/** The responsibility table over HTTP: drafts, what they would leave uncovered, and making one live. */
import { z } from "zod";
import { dayOfInstant } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import {
  defineRoute,
  idOfCursor,
  pageFrom,
  pageIn,
  pageOf,
  type Route,
  rowIdIn,
} from "#src/platform/route.ts";
import { changeSeen } from "#src/platform/seen-change.ts";
import { findRows, findTable, findTables, type ResponsibilityTable } from "./table-queries.ts";
import { coverageOfTable, draftTable, makeTableLive } from "./tables.ts";
import { BOUNDARIES, LEVELS } from "./vocabulary.ts";

const tag = "Routing 派单";
const tableParams = z.strictObject({ tableId: rowIdIn });

const tableOut = z.object({
  id: z.string(),
  name: z.string(),
  state: z.enum(["draft", "live", "withdrawn"]),
  liveFrom: z.string().nullable(),
  liveUntil: z.string().nullable(),
  createdAt: z.string(),
  rows: z.int(),
  version: z.int(),
});
const tableJson = (table: ResponsibilityTable) => ({
  id: String(table.id),
  name: table.name,
  state: table.state,
  liveFrom: table.liveFrom?.toISOString() ?? null,
  liveUntil: table.liveUntil?.toISOString() ?? null,
  createdAt: table.createdAt.toISOString(),
  rows: table.rows,
  version: table.version,
});

const rowOut = z.object({
  category: z.string(),
  boundary: z.enum(["*", ...BOUNDARIES]),
  level: z.enum(["*", ...LEVELS]),
  role: z.string(),
});

const findingOut = z.looseObject({
  kind: z.enum(["hole", "building-without-area", "building-in-two-areas", "role-without-people"]),
});

export const tableRoutes: readonly Route[] = [
  defineRoute({
    method: "get",
    path: "/routing/tables",
    permission: "routing.read",
    tag,
    summary: "Responsibility tables, the youngest first",
    query: pageIn,
    response: pageOf(tableOut),
    handle: async ({ platform, query }) => {
      const rows = await findTables(platform.database.sql, {
        afterId: idOfCursor(query.cursor),
        limit: query.limit + 1,
      });
      return { body: pageFrom(rows, query.limit, (row) => [String(row.id)], tableJson) };
    },
  }),
  defineRoute({
    method: "get",
    path: "/routing/tables/{tableId}",
    permission: "routing.read",
    tag,
    summary: "A responsibility table with its rows",
    params: tableParams,
    response: z.object({ table: tableOut, rows: z.array(rowOut) }),
    handle: async ({ platform, params }) => {
      const { sql } = platform.database;
      const table = await findTable(sql, params.tableId);
      if (table === null) fail("responsibility.not-found", "there is no such responsibility table");
      return { body: { table: tableJson(table), rows: await findRows(sql, table.id) } };
    },
  }),
  defineRoute({
    method: "post",
    path: "/routing/tables",
    permission: "routing.settings",
    tag,
    summary: "Write a draft",
    body: z.strictObject({
      name: z.string().trim().min(1).max(100),
      rows: z
        .array(
          z.strictObject({
            category: z.string().max(80),
            boundary: z.string().max(40),
            level: z.string().max(40),
            role: z.string().max(40),
          }),
        )
        .min(1)
        .max(5000),
    }),
    response: z.object({ id: z.string(), rows: z.int() }),
    status: 201,
    idempotency: "optional",
    handle: async ({ platform, actor, requestId, idempotency, body }) => {
      const { result } = await platform.commands.run(
        { name: "responsibility.draft", actor, requestId, ...(idempotency && { idempotency }) },
        async (context) => {
          const { tableId, rows } = await draftTable(context, body);
          return { id: String(tableId), rows };
        },
      );
      return { body: result };
    },
  }),
  defineRoute({
    method: "get",
    path: "/routing/tables/{tableId}/coverage",
    permission: "routing.read",
    tag,
    summary: "What a table would leave uncovered today",
    params: tableParams,
    response: z.object({ count: z.int(), findings: z.array(findingOut) }),
    handle: async ({ platform, params }) => {
      const findings = await coverageOfTable(
        platform.database.sql,
        params.tableId,
        dayOfInstant(platform.clock.now()),
      );
      return { body: { count: findings.length, findings: findings.slice(0, 1000) } };
    },
  }),
  defineRoute({
    method: "post",
    path: "/routing/tables/{tableId}/live",
    permission: "routing.settings",
    tag,
    summary: "Make a draft the live table, now or later; refused with the list of what it leaves uncovered",
    params: tableParams,
    body: z.strictObject({ from: z.iso.datetime({ offset: true }).optional() }),
    response: z.object({ id: z.string(), liveFrom: z.string() }),
    ifMatch: true,
    handle: async (request) => {
      const { params, body } = request;
      const from = body.from === undefined ? null : new Date(body.from);
      const live = await changeSeen(request, "responsibility.make-live", (context, version) =>
        makeTableLive(context, { tableId: params.tableId, from, version }),
      );
      return { body: { id: String(params.tableId), liveFrom: live.from.toISOString() } };
    },
  }),
];
