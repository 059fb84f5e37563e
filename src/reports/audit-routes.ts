/** The audit searched over HTTP. A name or a number may be typed, so it travels in the body and never in an address. */
import { z } from "zod";
import { addDays, day, daysBetween, instantOfDay } from "#src/kernel/day.ts";
import { fail } from "#src/kernel/errors.ts";
import { today } from "#src/platform/clock.ts";
import { type AuditPlace, type AuditRow, listAudit } from "#src/platform/operations-queries.ts";
import { withNames } from "#src/platform/people.ts";
import {
  dayIn,
  decodeCursor,
  defineRoute,
  pageFrom,
  pageOf,
  type Platform,
  refuseCursor,
  type Route,
} from "#src/platform/route.ts";
import { actorsCalled, numbersOf, subjectsCalled } from "./audit-names.ts";

/** A season fills millions of rows: without a subject a search names its days. */
const USUAL_DAYS = 7;
const MOST_DAYS = 92;

const typedIn = (most: number) => z.string().trim().min(1).max(most).optional();

const searchBody = z.strictObject({
  /** A login or a name, whole or in part; a machine's name, `cli:…`. */
  actor: typedIn(80),
  /** `staff.change`, or `staff.*` for what begins so. */
  command: typedIn(80),
  /** `ticket:17`, or the number of an account, a case, a receipt and so on: `account:100000017` for accounts only. */
  subject: typedIn(120),
  from: dayIn.optional(),
  /** The last day, included. */
  until: dayIn.optional(),
  limit: z.int().min(1).max(200).default(50),
  cursor: z.string().max(200).optional(),
});

const auditOut = withNames(
  z.object({
    id: z.string(),
    at: z.string(),
    actorKind: z.string(),
    actorName: z.string(),
    command: z.string(),
    subject: z.string(),
    /** What people call it: the number of the account, the case, the receipt. Null: its row is all that is known. */
    subjectNo: z.string().nullable(),
    details: z.record(z.string(), z.unknown()),
    requestId: z.string().nullable(),
  }),
  "actorName",
);

/** @throws DomainError `audit.days` */
const daysOf = (asked: z.output<typeof searchBody>, platform: Platform) => {
  if (asked.from === undefined && asked.until === undefined && asked.subject !== undefined) {
    return { from: null, until: null };
  }
  const until = asked.until === undefined ? today(platform.clock) : day(asked.until);
  const from = asked.from === undefined ? addDays(until, 1 - USUAL_DAYS) : day(asked.from);
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

const entryJson = (row: AuditRow, numbers: ReadonlyMap<string, string>): z.input<typeof auditOut> => ({
  id: String(row.id),
  at: row.at.toISOString(),
  actorKind: row.actorKind,
  actorName: row.actorName,
  command: row.command,
  subject: row.subject,
  subjectNo: numbers.get(row.subject) ?? null,
  details: row.details,
  requestId: row.requestId,
});

export const auditSearchRoutes: readonly Route[] = [
  defineRoute({
    method: "post",
    path: "/audit/search",
    permission: "audit.read",
    tag: "Audit 审计",
    summary:
      "Who did what, the youngest first: by a login or a name, by what was done, by a thing or its number; without a subject of the last seven days; changes nothing",
    body: searchBody,
    response: pageOf(auditOut),
    handle: async ({ platform, body }) => {
      const { sql } = platform.database;
      const rows = await listAudit(sql, {
        before: placeOf(body.cursor),
        limit: body.limit + 1,
        actors: body.actor === undefined ? null : await actorsCalled(sql, body.actor),
        command: body.command ?? null,
        subjects: body.subject === undefined ? null : await subjectsCalled(sql, body.subject),
        ...daysOf(body, platform),
      });
      const numbers = await numbersOf(
        sql,
        rows.map(({ subject }) => subject),
      );
      return {
        body: pageFrom(
          rows,
          body.limit,
          (row) => [row.exactAt, String(row.id)],
          (row) => entryJson(row, numbers),
        ),
      };
    },
  }),
];
