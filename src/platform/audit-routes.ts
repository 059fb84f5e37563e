/** The audit over HTTP: searched by who, what, about what and when; verified by a run that a worker makes. */
import { z } from "zod";
import { addDays, day, daysBetween, instantOfDay } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import { withNames } from "#src/platform/people.ts";
import { today } from "./clock.ts";
import { requestVerification } from "./audit-verification.ts";
import { type AuditPlace, listAudit, listVerifications } from "./operations-queries.ts";
import {
  dayIn,
  decodeCursor,
  defineRoute,
  pageFrom,
  pageIn,
  pageOf,
  type Platform,
  refuseCursor,
  type Route,
} from "./route.ts";

const tag = "Audit 审计";
/** A season fills millions of rows: without a subject a search names its days. */
const USUAL_DAYS = 7;
const MOST_DAYS = 92;

const searchQuery = pageIn.extend({
  /** A login, a machine's name, `cli:…`. */
  actor: z.string().max(80).optional(),
  /** `staff.change`, or `staff.*` for what begins so. */
  command: z.string().max(80).optional(),
  /** `ticket:17`. */
  subject: z.string().max(120).optional(),
  from: dayIn.optional(),
  /** The last day, included. */
  until: dayIn.optional(),
});

const auditOut = withNames(
  z.object({
    id: z.string(),
    at: z.string(),
    actorKind: z.string(),
    actorName: z.string(),
    command: z.string(),
    subject: z.string(),
    details: z.record(z.string(), z.unknown()),
    requestId: z.string().nullable(),
  }),
  "actorName",
);

/** @throws DomainError `audit.days` */
const daysOf = (query: z.output<typeof searchQuery>, platform: Platform) => {
  if (query.from === undefined && query.until === undefined && query.subject !== undefined) {
    return { from: null, until: null };
  }
  const until = query.until === undefined ? today(platform.clock) : day(query.until);
  const from = query.from === undefined ? addDays(until, 1 - USUAL_DAYS) : day(query.from);
  const days = daysBetween(from, until) + 1;
  if (days < 1 || days > MOST_DAYS) {
    fail("audit.days", `a search covers 1 to ${MOST_DAYS} days`, {
      field: "from",
      remedy: "search in parts, or name the subject",
    });
  }
  return { from: instantOfDay(from), until: instantOfDay(addDays(until, 1)) };
};

/** @throws DomainError `request.bad-cursor` */
const placeOf = (cursor: string | undefined): AuditPlace | null => {
  if (cursor === undefined) return null;
  const [at, id] = decodeCursor(cursor);
  if (typeof at !== "string" || !/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(at) || Number.isNaN(Date.parse(at))) {
    return refuseCursor();
  }
  return typeof id === "string" && /^\d{1,18}$/.test(id) ? { at, id: BigInt(id) } : refuseCursor();
};

const search = defineRoute({
  method: "get",
  path: "/audit",
  permission: "audit.read",
  summary: "Who did what, the youngest first; without a subject of the last seven days",
  tag,
  query: searchQuery,
  response: pageOf(auditOut),
  handle: async ({ platform, query }) => {
    const rows = await listAudit(platform.database.sql, {
      before: placeOf(query.cursor),
      limit: query.limit + 1,
      actor: query.actor ?? null,
      command: query.command ?? null,
      subject: query.subject ?? null,
      ...daysOf(query, platform),
    });
    return {
      body: pageFrom(
        rows,
        query.limit,
        (row) => [row.exactAt, String(row.id)],
        (row) => ({
          id: String(row.id),
          at: row.at.toISOString(),
          actorKind: row.actorKind,
          actorName: row.actorName,
          command: row.command,
          subject: row.subject,
          details: row.details,
          requestId: row.requestId,
        }),
      ),
    };
  },
});

const verificationOut = withNames(
  z.object({
    id: z.string(),
    askedBy: z.string().nullable(),
    askedAt: z.string(),
    state: z.enum(["asked", "running", "done", "failed"]),
    startedAt: z.string().nullable(),
    finishedAt: z.string().nullable(),
    /** Rows and blocks per stream, findings: ids and digests. */
    report: z.unknown(),
  }),
  "askedBy",
);

const verifications = defineRoute({
  method: "get",
  path: "/audit/verifications",
  permission: "audit.read",
  summary: "The latest runs that verified the seals, with what they found",
  tag,
  response: z.object({ items: z.array(verificationOut) }),
  handle: async ({ platform }) => ({
    body: {
      items: (await listVerifications(platform.database.sql, 20)).map((run) => ({
        ...run,
        id: String(run.id),
        askedAt: run.askedAt.toISOString(),
        startedAt: run.startedAt?.toISOString() ?? null,
        finishedAt: run.finishedAt?.toISOString() ?? null,
      })),
    },
  }),
});

const verify = defineRoute({
  method: "post",
  path: "/audit/verifications",
  permission: "audit.read",
  summary: "Ask for a run that verifies every seal; a worker begins within a minute",
  tag,
  response: z.object({ id: z.string() }),
  status: 202,
  handle: async ({ platform, actor, requestId }) => {
    const { result } = await platform.commands.run(
      { name: "audit.verify", actor, requestId },
      requestVerification,
    );
    return { body: { id: String(result) } };
  },
});

export const auditRoutes: readonly Route[] = [search, verifications, verify];
