/** What the routes of notices share: how one looks in JSON. */
import { z } from "zod";
import { must } from "#src/kernel/errors.ts";
import type { Actor } from "#src/platform/actor.ts";
import { withNames } from "#src/platform/people.ts";
import { rowIdIn } from "#src/platform/route.ts";
import type { Sql } from "#src/platform/sql.ts";
import { findLogins } from "./queries.ts";
import { findHours } from "./run-queries.ts";
import { type Notice, NOTICE_CHANNELS, NOTICE_PURPOSES, NOTICE_STATES } from "./schema.ts";

export const tag = "Notices 通知";
export const idParams = z.strictObject({ id: rowIdIn });
export const instantIn = z.iso.datetime({ offset: true }).transform((value) => new Date(value));
export const reasonIn = z.string().trim().min(1).max(200);
export const templateIn = z.string().regex(/^[a-z0-9][a-z0-9-]{0,79}$/, "the name of a template");
const MOST_VALUES = 20;
export const variablesIn = z
  .record(z.string().regex(/^[a-z][A-Za-z0-9]{0,40}$/), z.union([z.string().max(500), z.number().finite()]))
  .refine((given) => Object.keys(given).length <= MOST_VALUES, {
    error: `at most ${MOST_VALUES} values`,
    params: { rule: "most-values", most: MOST_VALUES },
  });
export const channelsIn = z
  .array(z.enum(NOTICE_CHANNELS))
  .min(1)
  .max(3)
  .refine((given) => new Set(given).size === given.length, {
    error: "each channel once",
    params: { rule: "each-once" },
  });
export const versionOut = z.object({ id: z.string(), version: z.int() });

export const noticeOut = withNames(
  z.object({
    id: z.string(),
    kind: z.string(),
    title: z.string(),
    purpose: z.enum(NOTICE_PURPOSES),
    channels: z.array(z.enum(NOTICE_CHANNELS)),
    template: z.string(),
    locale: z.enum(["zh-CN", "en"]),
    variables: z.record(z.string(), z.union([z.string(), z.number()])),
    /** As it was asked; lists of more than 200 as their count, and so account numbers for whoever is bound to areas. */
    audience: z.record(z.string(), z.unknown()),
    source: z.string().nullable(),
    followsId: z.string().nullable(),
    incidentId: z.string().nullable(),
    state: z.enum(NOTICE_STATES),
    stateReason: z.string(),
    emergency: z.boolean(),
    /** Asked for; `quietWordBy` said so, or it waits for contact hours. */
    passesQuietHours: z.boolean(),
    quietWordBy: z.string().nullable(),
    startsAt: z.string().nullable(),
    expiresAt: z.string().nullable(),
    /** Whether this very version was sent to somebody's own phone. */
    sampled: z.boolean(),
    /** Logins of people; null: nobody yet, or the system. */
    createdBy: z.string().nullable(),
    requestedBy: z.string().nullable(),
    approvedBy: z.string().nullable(),
    approvalId: z.string().nullable(),
    approvedAt: z.string().nullable(),
    /** Frozen with the approval; 0 before. */
    households: z.int(),
    reachable: z.int(),
    messages: z.int(),
    /** False with an approval: the worker is about to freeze what followed by itself. */
    frozen: z.boolean(),
    startedAt: z.string().nullable(),
    /** Once it is begun: before this nothing of it goes (its hour, the end of the quiet hours). */
    goesAt: z.string().nullable(),
    endedAt: z.string().nullable(),
    createdAt: z.string(),
    version: z.int(),
  }),
  "createdBy",
  "requestedBy",
  "approvedBy",
  "quietWordBy",
);

const text = (id: bigint | null): string | null => (id === null ? null : String(id));
const at = (instant: Date | null): string | null => instant?.toISOString() ?? null;

/** What was approved had its sample; later versions are those of its states. */
const isSampled = ({ sampledVersion, version, state, emergency }: Notice): boolean =>
  sampledVersion !== null && (sampledVersion === version || (state !== "draft" && !emergency));

type People = ReadonlyMap<bigint | null, string>;

const MOST_SHOWN = 200;

/**
 * A notice of the company is everybody's to read, its homes are not: whoever is bound to areas reads how many were named by number.
 */
const audienceJson = ({ audience }: Notice, { scope }: Actor): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(audience).map(([key, value]) => [
      key,
      Array.isArray(value) &&
      (value.length > MOST_SHOWN || (key === "accountNos" && scope.kind !== "everything"))
        ? { count: value.length }
        : value,
    ]),
  );

const json = (
  notice: Notice,
  people: People,
  goesAt: Date | null,
  actor: Actor,
): z.input<typeof noticeOut> => ({
  id: String(notice.id),
  kind: notice.kind,
  title: notice.title,
  purpose: notice.purpose,
  channels: [...notice.channels],
  template: notice.template,
  locale: notice.locale,
  variables: { ...notice.variables },
  audience: audienceJson(notice, actor),
  source: notice.source,
  followsId: text(notice.followsId),
  incidentId: text(notice.incidentId),
  state: notice.state,
  stateReason: notice.stateReason,
  emergency: notice.emergency,
  passesQuietHours: notice.passesQuietHours,
  quietWordBy: people.get(notice.quietWordBy) ?? null,
  startsAt: at(notice.startsAt),
  expiresAt: at(notice.expiresAt),
  sampled: isSampled(notice),
  createdBy: people.get(notice.createdBy) ?? null,
  requestedBy: people.get(notice.requestedBy) ?? null,
  approvedBy: people.get(notice.approvedBy) ?? null,
  approvalId: text(notice.approvalId),
  approvedAt: at(notice.approvedAt),
  households: notice.households,
  reachable: notice.reachable,
  messages: notice.messages,
  frozen: notice.frozen,
  startedAt: at(notice.startedAt),
  goesAt: at(goesAt),
  endedAt: at(notice.endedAt),
  createdAt: notice.createdAt.toISOString(),
  version: notice.version,
});

/** Notices as JSON, with the people who wrote, asked and approved. */
export const noticesJson = async (
  sql: Sql,
  notices: readonly Notice[],
  actor: Actor,
): Promise<z.input<typeof noticeOut>[]> => {
  const ids = notices.flatMap((one) => [one.createdBy, one.requestedBy, one.approvedBy, one.quietWordBy]);
  const people = await findLogins(sql, ids);
  const hours = await findHours(
    sql,
    notices.map(({ id }) => id),
  );
  return notices.map((notice) => json(notice, people, hours.get(notice.id) ?? null, actor));
};
export const noticeJson = async (
  sql: Sql,
  notice: Notice,
  actor: Actor,
): Promise<z.input<typeof noticeOut>> => {
  const [one] = await noticesJson(sql, [notice], actor);
  return must(one, "the notice that was given");
};
