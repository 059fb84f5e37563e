/** What was shown in clear, for those who look after it. */
import { z } from "zod";
import { dayIn, defineRoute, idOfCursor, pageFrom, pageIn, pageOf, type Route } from "#src/platform/route.ts";
import { listReveals } from "./queries.ts";

const revealOut = z.object({
  id: z.string(),
  login: z.string(),
  displayName: z.string(),
  /** `person:17`, `ticket:4`; never what was shown. */
  subject: z.string(),
  field: z.string(),
  reason: z.string(),
  at: z.string(),
  /** How many that person had seen that day, this one included. */
  ofTheDay: z.int(),
});

export const revealRoutes: readonly Route[] = [
  defineRoute({
    method: "get",
    path: "/reveals",
    permission: "audit.read",
    summary: "Who was shown what in clear, and why; the youngest first",
    tag: "Audit 审计",
    query: pageIn.extend({ login: z.string().max(40).optional(), day: dayIn.optional() }),
    response: pageOf(revealOut),
    handle: async ({ platform, query }) => {
      const rows = await listReveals(platform.database.sql, {
        beforeId: idOfCursor(query.cursor),
        limit: query.limit + 1,
        login: query.login ?? null,
        day: query.day ?? null,
      });
      return {
        body: pageFrom(
          rows,
          query.limit,
          (row) => [String(row.id)],
          (row) => ({
            ...row,
            id: String(row.id),
            at: row.at.toISOString(),
          }),
        ),
      };
    },
  }),
];
