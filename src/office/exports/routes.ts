/** My exports (我的导出), over HTTP: what the caller asked for, how far it is, and the file. */
import { z } from "zod";
import { today } from "#src/platform/clock.ts";
import {
  defineRoute,
  idOfCursor,
  pageFrom,
  pageIn,
  pageOf,
  type Route,
  rowIdIn,
} from "#src/platform/route.ts";
import { exportOut as fileOut } from "#src/platform/table-export.ts";
import { lookerOf } from "./ask.ts";
import { dropExport, fetchExport, unknownExport } from "./fetch.ts";
import { findOwn, listOwn } from "./queries.ts";
import { exportJson, exportOut } from "./schema.ts";

const tag = "Exports 导出";
const params = z.strictObject({ id: rowIdIn });

export const exportRoutes: readonly Route[] = [
  defineRoute({
    method: "get",
    path: "/exports",
    permission: "export.own",
    tag,
    summary: "What the caller has asked for as a table, the youngest first, with how far each is",
    query: pageIn,
    response: pageOf(exportOut),
    handle: async ({ platform, actor, query }) => {
      const rows = await listOwn(platform.database.sql, {
        ...lookerOf(actor, today(platform.clock)),
        beforeId: idOfCursor(query.cursor),
        limit: query.limit + 1,
      });
      const now = platform.clock.now();
      return {
        body: pageFrom(
          rows,
          query.limit,
          (row) => [String(row.id)],
          (row) => exportJson(row, actor, now),
        ),
      };
    },
  }),
  defineRoute({
    method: "get",
    path: "/exports/{id}",
    permission: "export.own",
    tag,
    summary: "One of the caller's exports",
    params,
    response: exportOut,
    handle: async ({ platform, actor, params: { id } }) => {
      const looker = lookerOf(actor, today(platform.clock));
      const row = (await findOwn(platform.database.sql, { ...looker, id })) ?? unknownExport();
      return { body: exportJson(row, actor, platform.clock.now()) };
    },
  }),
  defineRoute({
    method: "get",
    path: "/exports/{id}/file",
    permission: "export.own",
    stepUp: true,
    tag,
    summary:
      "The file, while it is kept and the caller's rights reach as far as when it was asked for; audited",
    params,
    response: fileOut,
    produces: "application/octet-stream",
    handle: (asked) => fetchExport(asked, asked.params.id),
  }),
  defineRoute({
    method: "post",
    path: "/exports/{id}/cancel",
    permission: "export.own",
    tag,
    summary: "End an export that is not finished, or delete its file; what is over stays as it is",
    params,
    response: exportOut,
    handle: async (asked) => ({ body: await dropExport(asked, asked.params.id) }),
  }),
];
