/** Rules of the clocks over HTTP. */
import { z } from "zod";
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
import { recalculateClocks } from "./recalculate.ts";
import { findStationByCode, listPauseReasons, listRules, type RuleRow } from "./rule-queries.ts";
import { retireRule, setPauseReason, setRule } from "./rules.ts";
import { COUNTED_KINDS, PAUSABLE_KINDS, RULE_SEASONS, SEVERITIES, STATION_OWNERS } from "./schema.ts";

const tag = "Clocks 时限";
const reason = z.string().trim().min(1).max(500);

const ruleOut = z.object({
  id: z.string(),
  kind: z.enum(COUNTED_KINDS),
  category: z.string().nullable(),
  severity: z.enum(SEVERITIES).nullable(),
  stationOwner: z.enum(STATION_OWNERS).nullable(),
  stationCode: z.string().nullable(),
  season: z.enum(RULE_SEASONS).nullable(),
  targetMinutes: z.int().nullable(),
  calendar: z.string().nullable(),
  warnPercent: z.int(),
  isDefault: z.boolean(),
  source: z.string(),
  createdAt: z.string(),
  retiredAt: z.string().nullable(),
});

const ruleJson = (row: RuleRow) => ({
  id: String(row.id),
  kind: row.kind,
  category: row.category,
  severity: row.severity,
  stationOwner: row.stationOwner,
  stationCode: row.stationCode,
  season: row.season,
  targetMinutes: row.targetMinutes,
  calendar: row.calendar,
  warnPercent: row.warnPercent,
  isDefault: row.isDefault,
  source: row.source,
  createdAt: row.createdAt.toISOString(),
  retiredAt: row.retiredAt?.toISOString() ?? null,
});

const ruleIn = z.strictObject({
  kind: z.enum(COUNTED_KINDS),
  category: z
    .string()
    .regex(/^[a-z][a-z-]*(\.[a-z][a-z-]*)?$/, "a category like heat or heat.cold")
    .max(60)
    .nullable()
    .default(null),
  severity: z.enum(SEVERITIES).nullable().default(null),
  stationOwner: z.enum(STATION_OWNERS).nullable().default(null),
  stationCode: z.string().max(60).nullable().default(null),
  season: z.enum(RULE_SEASONS).nullable().default(null),
  /** Both null: cases of this sort have no such clock. */
  targetMinutes: z.int().min(1).max(527_040).nullable(),
  calendar: z.string().max(40).nullable(),
  warnPercent: z.int().min(1).max(100).default(75),
  source: z.string().trim().min(1).max(500),
});

const rules: readonly Route[] = [
  defineRoute({
    method: "get",
    path: "/clock-rules",
    permission: "ticket.rules",
    tag,
    summary: "The rules of the clocks; the most specific one counts",
    query: pageIn.extend({ retired: z.stringbool().default(false) }),
    response: pageOf(ruleOut),
    handle: async ({ platform, query }) => {
      const rows = await listRules(platform.database.sql, {
        retired: query.retired,
        afterId: idOfCursor(query.cursor),
        limit: query.limit + 1,
      });
      return { body: pageFrom(rows, query.limit, (row) => [String(row.id)], ruleJson) };
    },
  }),
  defineRoute({
    method: "put",
    path: "/clock-rules",
    permission: "ticket.settings",
    tag,
    summary: "Put a rule into force in place of the one with the same criteria; running clocks keep theirs",
    body: ruleIn,
    response: z.object({ id: z.string(), changed: z.boolean() }),
    handle: async ({ platform, actor, requestId, body }) => {
      const { stationCode, ...input } = body;
      const { result } = await platform.commands.run(
        { name: "clock-rule.set", actor, requestId },
        async (context) => {
          const station = stationCode === null ? null : await findStationByCode(context.sql, stationCode);
          if (stationCode !== null && station === null) {
            fail("station.not-found", "there is no station with this code", { field: "stationCode" });
          }
          return setRule(context, { ...input, stationId: station?.id ?? null });
        },
      );
      return { body: { id: String(result.ruleId), changed: result.changed } };
    },
  }),
  defineRoute({
    method: "post",
    path: "/clock-rules/{id}/retire",
    permission: "ticket.settings",
    tag,
    summary: "Take a rule out of force; a less specific one takes over",
    params: z.strictObject({ id: rowIdIn }),
    body: z.strictObject({ reason }),
    response: z.object({ id: z.string() }),
    handle: async ({ platform, actor, requestId, params, body }) => {
      await platform.commands.run({ name: "clock-rule.retire", actor, requestId }, (context) =>
        retireRule(context, params.id, body.reason),
      );
      return { body: { id: String(params.id) } };
    },
  }),
  defineRoute({
    method: "post",
    path: "/clock-recalculations",
    permission: "ticket.settings",
    tag,
    summary: "Count every open clock anew by the rules and calendars in force; given deadlines stay",
    body: z.strictObject({ reason }),
    response: z.object({ checked: z.int(), changed: z.int(), cancelled: z.int() }),
    handle: async ({ platform, actor, requestId, body }) => ({
      body: await recalculateClocks(platform, actor, { reason: body.reason, requestId }),
    }),
  }),
];

const pauseReasons: readonly Route[] = [
  defineRoute({
    method: "get",
    path: "/pause-reasons",
    permission: "ticket.rules",
    tag,
    summary: "Reasons for which clocks stand still, and which clocks",
    response: z.object({
      items: z.array(
        z.object({
          code: z.string(),
          name: z.string(),
          nameEn: z.string(),
          active: z.boolean(),
          isDefault: z.boolean(),
          kinds: z.array(z.string()),
        }),
      ),
    }),
    handle: async ({ platform }) => {
      const rows = await listPauseReasons(platform.database.sql);
      return { body: { items: rows.map((row) => ({ ...row, kinds: [...row.kinds] })) } };
    },
  }),
  defineRoute({
    method: "put",
    path: "/pause-reasons/{code}",
    permission: "ticket.settings",
    tag,
    summary: "Add or change a reason to wait",
    params: z.strictObject({ code: z.string().regex(/^[a-z][a-z-]{1,39}$/, "small letters and hyphens") }),
    body: z.strictObject({
      name: z.string().trim().min(1).max(40),
      nameEn: z.string().trim().min(1).max(80),
      active: z.boolean().default(true),
      kinds: z.array(z.enum(PAUSABLE_KINDS)).max(PAUSABLE_KINDS.length),
    }),
    response: z.object({ code: z.string() }),
    handle: async ({ platform, actor, requestId, params, body }) => {
      await platform.commands.run({ name: "pause-reason.set", actor, requestId }, (context) =>
        setPauseReason(context, { ...body, code: params.code }),
      );
      return { body: { code: params.code } };
    },
  }),
];

export const clockRoutes: readonly Route[] = [...rules, ...pauseReasons];
