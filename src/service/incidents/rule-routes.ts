/** The threshold rules over HTTP: how many like cases are one fault is for the company to say. */
import { z } from "zod";
import { staffIdOf } from "#src/platform/actor.ts";
import { defineRoute, type Route } from "#src/platform/route.ts";
import { listRules, type RuleRow, upsertRule } from "./member-queries.ts";
import { refuseKind } from "./open-incident.ts";
import { findKind } from "./queries.ts";
import { RULE_PLACES } from "./schema.ts";

const tag = "Incidents 事件";

const ruleOut = z.object({
  id: z.string(),
  kind: z.string(),
  place: z.enum(RULE_PLACES),
  threshold: z.int(),
  withinMinutes: z.int(),
  active: z.boolean(),
  reason: z.string(),
  version: z.int(),
});
const ruleJson = ({ id, kindCode, ...rule }: RuleRow): z.input<typeof ruleOut> => ({
  ...rule,
  id: String(id),
  kind: kindCode,
});

export const ruleRoutes: readonly Route[] = [
  defineRoute({
    method: "get",
    path: "/incident-rules",
    permission: "incident.read",
    tag,
    summary: "So many like cases in one place within so many minutes are one incident",
    response: z.object({ rules: z.array(ruleOut) }),
    handle: async ({ platform }) => ({
      body: { rules: (await listRules(platform.database.sql)).map(ruleJson) },
    }),
  }),
  defineRoute({
    method: "put",
    path: "/incident-rules",
    permission: "ticket.settings",
    tag,
    summary: "Set the rule of a kind and a place",
    body: z.strictObject({
      kind: z.string().max(31),
      place: z.enum(RULE_PLACES),
      threshold: z.int().min(2).max(1000),
      withinMinutes: z.int().min(1).max(10_080),
      active: z.boolean().default(true),
      reason: z.string().trim().min(1).max(500),
    }),
    response: ruleOut,
    handle: async ({ platform, actor, body, requestId }) => {
      const { result } = await platform.commands.run(
        { name: "incident.set-rule", actor, requestId },
        async (context) => {
          const { sql, now } = context;
          if ((await findKind(sql, body.kind)) === null) {
            await refuseKind(sql);
          }
          const rule = await upsertRule(sql, { ...body, now, by: staffIdOf(actor) });
          context.audit({ subject: `incident-rule:${rule.id}`, details: { ...body } });
          return rule;
        },
      );
      return { body: ruleJson(result) };
    },
  }),
];
