/** Ladders over HTTP: their rows, and for each person what he was told, with the read receipt. */
import { z } from "zod";
import { staffIdOf } from "#src/platform/actor.ts";
import {
  defineRoute,
  idOfCursor,
  pageFrom,
  pageIn,
  pageOf,
  type Route,
  rowIdIn,
} from "#src/platform/route.ts";
import { CLOCK_KINDS } from "#src/service/clocks/index.ts";
import { SEVERITIES } from "#src/service/tickets/index.ts";
import { findLadders, findNotices, type NoticeRow } from "./ladder-queries.ts";
import { readNotice, setLadder } from "./ladders.ts";
import { LEVELS } from "./vocabulary.ts";

const tag = "Routing 派单";

const stepBase = {
  position: z.int().min(1).max(20),
  clockKind: z.enum(CLOCK_KINDS),
  shareBasisPoints: z.int().min(0).max(100_000),
  offsetSeconds: z.int().min(0).max(31_536_000),
  action: z.enum(["tell", "escalate"]),
  words: z.string().trim().min(1).max(200),
  wordsEn: z.string().trim().max(200).default(""),
};
const stepIn = z.discriminatedUnion("told", [
  z.strictObject({ ...stepBase, told: z.literal("owner") }),
  z.strictObject({
    ...stepBase,
    told: z.literal("role"),
    role: z.string().min(1).max(40),
    level: z.enum(LEVELS),
  }),
]);

const ladderOut = z.object({
  code: z.string(),
  name: z.string(),
  nameEn: z.string(),
  category: z.string(),
  severity: z.enum(["*", ...SEVERITIES]),
  active: z.boolean(),
  steps: z.array(
    z.object({
      position: z.int(),
      clockKind: z.string(),
      shareBasisPoints: z.int(),
      offsetSeconds: z.int(),
      told: z.enum(["owner", "role"]),
      role: z.string().nullable(),
      level: z.enum(LEVELS).nullable(),
      action: z.enum(["tell", "escalate"]),
      words: z.string(),
      wordsEn: z.string(),
    }),
  ),
});

const noticeOut = z.object({
  id: z.string(),
  ticketNo: z.string(),
  ladder: z.string(),
  position: z.int(),
  words: z.string(),
  wordsEn: z.string(),
  dueAt: z.string(),
  firedAt: z.string(),
  readAt: z.string().nullable(),
});
const noticeJson = (row: NoticeRow) => ({
  ...row,
  id: String(row.id),
  dueAt: row.dueAt.toISOString(),
  firedAt: row.firedAt.toISOString(),
  readAt: row.readAt?.toISOString() ?? null,
});

export const ladderRoutes: readonly Route[] = [
  defineRoute({
    method: "get",
    path: "/routing/ladders",
    permission: "routing.read",
    tag,
    summary: "Every ladder with its steps",
    response: z.object({ ladders: z.array(ladderOut) }),
    handle: async ({ platform }) => ({
      body: {
        ladders: (await findLadders(platform.database.sql)).map((ladder) => ({
          ...ladder,
          steps: [...ladder.steps],
        })),
      },
    }),
  }),
  defineRoute({
    method: "put",
    path: "/routing/ladders/{code}",
    permission: "routing.settings",
    tag,
    summary: "Write a ladder whole",
    params: z.strictObject({ code: z.string().regex(/^[a-z][a-z0-9-]{1,39}$/) }),
    body: z.strictObject({
      name: z.string().trim().min(1).max(60),
      nameEn: z.string().trim().max(60).default(""),
      category: z
        .string()
        .regex(/^(\*|[a-z][a-z-]*(\.[a-z][a-z-]*)?)$/)
        .default("*"),
      severity: z.enum(["*", ...SEVERITIES]).default("*"),
      active: z.boolean().default(true),
      steps: z.array(stepIn).min(1).max(20),
    }),
    response: z.object({ code: z.string(), steps: z.int() }),
    handle: async ({ platform, actor, requestId, params, body }) => {
      const steps = body.steps.map((step) =>
        step.told === "owner" ? { ...step, role: null, level: null } : step,
      );
      await platform.commands.run({ name: "ladder.set", actor, requestId }, (context) =>
        setLadder(context, { ...params, ...body, steps }),
      );
      return { body: { code: params.code, steps: steps.length } };
    },
  }),
  defineRoute({
    method: "get",
    path: "/routing/notices",
    permission: "task.read",
    tag,
    summary: "What ladders told the caller, the latest first",
    query: pageIn.extend({ unread: z.literal("yes").optional() }),
    response: pageOf(noticeOut),
    handle: async ({ platform, actor, query }) => {
      const rows = await findNotices(platform.database.sql, {
        // Nobody has the id -1: a machine was never told anything.
        staffId: staffIdOf(actor) ?? -1n,
        unread: query.unread === "yes",
        afterId: idOfCursor(query.cursor),
        limit: query.limit + 1,
      });
      return { body: pageFrom(rows, query.limit, (row) => [String(row.id)], noticeJson) };
    },
  }),
  defineRoute({
    method: "post",
    path: "/routing/notices/{id}/read",
    permission: "task.write",
    tag,
    summary: "The read receipt: the first reading counts",
    params: z.strictObject({ id: rowIdIn }),
    response: z.object({ id: z.string(), readAt: z.string() }),
    handle: async ({ platform, actor, requestId, params }) => {
      const { result: readAt } = await platform.commands.run(
        { name: "notice.read", actor, requestId },
        (context) => readNotice(context, params.id),
      );
      return { body: { id: String(params.id), readAt: readAt.toISOString() } };
    },
  }),
];
