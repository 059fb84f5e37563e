/** Routes of the ladder: its versions, the passes, and where an account stands. */
import { z } from "zod";
import { day } from "#src/kernel/day.ts";
import { billingSeasonOf, findSeasons, requireSeason } from "#src/office/calendars/index.ts";
import { today } from "#src/platform/clock.ts";
import {
  accountNoIn,
  dayIn,
  defineRoute,
  fenJson,
  fenOut,
  idOfCursor,
  pageFrom,
  pageIn,
  pageOf,
  type Route,
  rowIdIn,
} from "#src/platform/route.ts";
import { accessAccount, HOLD_KINDS } from "#src/town/accounts/index.ts";
import { advanceLadder } from "./advance.ts";
import { findRuns } from "./advance-queries.ts";
import { ANCHORS, AUDIENCES, type Ladder, type Stage, stageOn, stageStartsOn } from "./ladder.ts";
import { findLadder, findLadders } from "./ladder-queries.ts";
import { advanceJson, advanceOut } from "./schema.ts";
import { setLadder } from "./set-ladder.ts";
import { stageOf } from "./standing.ts";
import type { Entry } from "./standing-queries.ts";

const tag = "Reminders 缴费通知";

const stageIn = z.strictObject({
  rank: z.int().min(1).max(99),
  code: z.string().regex(/^[a-z][a-z-]{1,30}$/),
  nameZh: z.string().trim().min(1).max(30),
  nameEn: z.string().trim().min(1).max(60),
  anchor: z.enum(ANCHORS),
  offsetDays: z.int().min(-120).max(365),
  audience: z.enum(AUDIENCES),
  afterCertificates: z.boolean(),
  template: z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/),
});

const ladderOut = z.object({
  id: z.string(),
  fromSeason: z.int(),
  document: z.string(),
  setAt: z.string(),
  stages: z.array(stageIn),
});
const ladderJson = (ladder: Ladder) => ({
  id: String(ladder.id),
  fromSeason: ladder.fromSeason,
  document: ladder.document,
  setAt: new Date(ladder.setAt).toISOString(),
  stages: [...ladder.stages],
});

const seasonIn = z.coerce.number().int().min(1990).max(2100);

const ladderRoutesOnly: readonly Route[] = [
  defineRoute({
    method: "get",
    path: "/seasons/{season}/reminder-ladder",
    permission: "reminder.read",
    tag,
    summary: "The ladder that counts for a season, with the day on which each stage begins",
    params: z.strictObject({ season: seasonIn }),
    response: z.object({
      season: z.int(),
      ladder: ladderOut,
      days: z.array(z.object({ code: z.string(), startsOn: z.string() })),
      /** The stage of today; null before the first one, or when another season's bills are out. */
      current: z.string().nullable(),
    }),
    handle: async ({ platform, params }) => {
      const { sql } = platform.database;
      const season = await requireSeason(sql, params.season);
      const ladder = await findLadder(sql, season.id);
      const now = today(platform.clock);
      const isCurrent = billingSeasonOf(await findSeasons(sql), now)?.id === season.id;
      return {
        body: {
          season: season.id,
          ladder: ladderJson(ladder),
          days: ladder.stages.map((stage) => ({
            code: stage.code,
            startsOn: stageStartsOn(stage, season),
          })),
          current: isCurrent ? (stageOn(ladder.stages, season, now)?.code ?? null) : null,
        },
      };
    },
  }),
  defineRoute({
    method: "get",
    path: "/reminder-ladders",
    permission: "reminder.read",
    tag,
    summary: "Every version of the ladder, the latest first",
    response: z.object({ items: z.array(ladderOut) }),
    handle: async ({ platform }) => ({
      body: { items: (await findLadders(platform.database.sql, 100)).map(ladderJson) },
    }),
  }),
  defineRoute({
    method: "post",
    path: "/reminder-ladders",
    permission: "reminder.run",
    tag,
    summary: "A new version of the ladder from a season on; needs a second person",
    body: z.strictObject({
      fromSeason: z.int().min(1990).max(2100),
      document: z.string().trim().min(1).max(200),
      stages: z.array(stageIn).min(1).max(12),
      approvalId: rowIdIn.optional(),
    }),
    response: z.object({ state: z.enum(["approval-requested", "done"]), approvalId: z.string() }),
    idempotency: "optional",
    handle: async ({ platform, actor, body, idempotency, requestId }) => {
      const { approvalId, ...order } = body;
      const { result } = await platform.commands.run(
        { name: "reminders.set-ladder", actor, requestId, ...(idempotency && { idempotency }) },
        (context) => setLadder(context, { ...order, stages: order.stages satisfies Stage[] }, approvalId),
      );
      return { body: result };
    },
  }),
];

const runOut = z.object({
  id: z.string(),
  businessDate: z.string(),
  season: z.int(),
  stage: z.string(),
  state: z.enum(["running", "done"]),
  entered: z.int(),
  enteredFen: fenOut,
  paused: z.int(),
});

const runRoutes: readonly Route[] = [
  defineRoute({
    method: "get",
    path: "/reminder-runs",
    permission: "reminder.run",
    tag,
    summary: "The passes that brought accounts to a stage, the latest first",
    query: pageIn,
    response: pageOf(runOut),
    handle: async ({ platform, query }) => {
      const rows = await findRuns(platform.database.sql, {
        beforeId: idOfCursor(query.cursor),
        limit: query.limit + 1,
      });
      return {
        body: pageFrom(
          rows,
          query.limit,
          (run) => [String(run.id)],
          (run) => ({
            id: String(run.id),
            businessDate: run.businessDate,
            season: run.seasonId,
            stage: run.code,
            state: run.state,
            entered: Number(run.enteredCount),
            enteredFen: fenJson(run.enteredFen),
            paused: Number(run.pausedCount),
          }),
        ),
      };
    },
  }),
  defineRoute({
    method: "post",
    path: "/reminder-runs",
    permission: "reminder.run",
    tag,
    summary: "Bring the accounts of a day to its stage, as the timetable does; repeating is safe",
    body: z.strictObject({ day: dayIn.optional() }),
    response: advanceOut,
    handle: async ({ platform, actor, body, requestId }) => {
      const done = await advanceLadder(platform, {
        actor,
        requestId,
        ...(body.day === undefined ? {} : { day: day(body.day) }),
      });
      return { body: advanceJson(done) };
    },
  }),
];

const sentencesOut = z.object({ "zh-CN": z.string(), en: z.string() });
const entryOut = z.object({
  season: z.int(),
  stage: z.string(),
  nameZh: z.string(),
  nameEn: z.string(),
  enteredOn: z.string(),
  openFen: fenOut,
  bills: z.int(),
  runId: z.string(),
  /** What brought it there: so many days after this day of the season calendar, by this version. */
  anchor: z.string(),
  offsetDays: z.int(),
  audience: z.enum(AUDIENCES),
  ladderId: z.string(),
  document: z.string(),
});
const entryJson = (entry: Entry) => ({
  season: entry.season,
  stage: entry.code,
  nameZh: entry.nameZh,
  nameEn: entry.nameEn,
  enteredOn: entry.enteredOn,
  openFen: fenJson(entry.openFen),
  bills: entry.billCount,
  runId: String(entry.runId),
  anchor: entry.anchor,
  offsetDays: entry.offsetDays,
  audience: entry.audience,
  ladderId: String(entry.ladderId),
  document: entry.document,
});

const standingRoute: Route = defineRoute({
  method: "get",
  path: "/accounts/{accountNo}/reminder-stage",
  permission: "reminder.read",
  tag,
  summary:
    "Where an account stands on the ladder and why, what is unpaid, what comes next, and all that went before",
  params: z.strictObject({ accountNo: accountNoIn }),
  response: z.object({
    accountNo: z.string(),
    season: z.int().nullable(),
    stage: entryOut.nullable(),
    reason: z.enum(["reached", "paused", "nothing-to-pay", "next-pass", "no-stage"]),
    why: sentencesOut,
    openFen: fenOut,
    seasonFen: fenOut,
    dueFen: fenOut,
    pausedBy: z.array(
      z.object({
        kind: z.enum(HOLD_KINDS),
        reason: z.string(),
        startsOn: z.string(),
        endsOn: z.string().nullable(),
      }),
    ),
    next: z.object({ stage: z.string(), startsOn: z.string() }).nullable(),
    history: z.array(entryOut),
  }),
  handle: async ({ platform, actor, params }) => {
    const { sql } = platform.database;
    const now = today(platform.clock);
    const account = await accessAccount(sql, actor, params.accountNo, now);
    const standing = await stageOf(sql, { accountId: account.id, day: now });
    return {
      body: {
        accountNo: account.accountNo,
        season: standing.season,
        stage: standing.stage === null ? null : entryJson(standing.stage),
        reason: standing.reason,
        why: standing.why,
        openFen: fenJson(standing.amounts.openFen),
        seasonFen: fenJson(standing.amounts.seasonFen),
        dueFen: fenJson(standing.amounts.dueFen),
        pausedBy: standing.holds.map(({ kind, reason, startsOn, endsOn }) => ({
          kind,
          reason,
          startsOn,
          endsOn,
        })),
        next:
          standing.next === null
            ? null
            : { stage: standing.next.stage.code, startsOn: standing.next.startsOn },
        history: standing.history.map(entryJson),
      },
    };
  },
});

export const ladderRoutes: readonly Route[] = [...ladderRoutesOnly, ...runRoutes, standingRoute];
