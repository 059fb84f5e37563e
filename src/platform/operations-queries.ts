/** SQL of those who look after the house: what waits, what is stuck, who did what. */
import type { Sql } from "./sql.ts";

export type StuckEvent = {
  readonly id: bigint;
  readonly type: string;
  readonly subject: string;
  readonly occurredAt: Date;
  readonly subscriber: string | null;
  readonly tries: number;
  readonly lastError: string;
};

/** Announced longer ago than `olderThanSeconds` and not handled by everybody; the oldest first. */
export const listStuckEvents = (sql: Sql, query: { olderThanSeconds: number; limit: number }) =>
  sql.rows<StuckEvent>(
    `select event.id, event.type, event.subject, event.occurred_at as "occurredAt", try.subscriber,
       coalesce(try.tries, 0) as tries, coalesce(try.last_error, '') as "lastError"
     from outbox_events event left join event_tries try on try.event_id = event.id
     where event.settled_at is null
       and coalesce(event.rung_at, event.occurred_at) < now() - :olderThanSeconds * interval '1 second'
       and not exists (select 1 from dead_letters dead where dead.event_id = event.id
         and dead.subscriber = try.subscriber and dead.replayed_at is null)
     order by event.id, try.subscriber limit :limit`,
    query,
  );

export type AuditRow = {
  readonly id: bigint;
  readonly at: Date;
  readonly actorKind: string;
  readonly actorName: string;
  readonly command: string;
  readonly subject: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly requestId: string | null;
  /** `at` to the microsecond. */
  readonly exactAt: string;
};

/** Where a page of the audit ended: to the microsecond, as the database tells it. */
export type AuditPlace = { readonly at: string; readonly id: bigint };

export type AuditFilter = {
  readonly before: AuditPlace | null;
  readonly limit: number;
  /** Logins and names of machines, any of them; null for everybody. */
  readonly actors: readonly string[] | null;
  readonly command: string | null;
  /** `ticket:17`, any of them; null for everything. */
  readonly subjects: readonly string[] | null;
  /** Half open; null with subjects, whose rows are few. */
  readonly from: Date | null;
  readonly until: Date | null;
};

/** One is a plain condition, so that its index hands the rows over in their order. */
const oneOf = (column: string, names: string, found: readonly string[] | null): string =>
  found === null
    ? ""
    : found.length === 1
      ? `${column} = (:${names}::text[])[1]`
      : `${column} = any(:${names}::text[])`;

/**
 * The statement of a search. Only what is asked for stands in it, so that each shape has its index: by person
 * (`audit_events_by_actor`), by thing (`audit_events_by_subject`), by days alone (`audit_events_by_time`). Of several people or
 * things each is walked by itself for a page, and the youngest of those pages are the page.
 */
export const auditSearch = ({ before, actors, command, subjects, from, until }: AuditFilter): string => {
  const many = (found: readonly string[] | null): boolean => found !== null && found.length !== 1;
  const each = many(subjects) ? "subjects" : subjects === null && many(actors) ? "actors" : null;
  const conditions = [
    each === "actors" ? "actor_name = each.name" : oneOf("actor_name", "actors", actors),
    each === "subjects" ? "subject = each.name" : oneOf("subject", "subjects", subjects),
    command === null
      ? ""
      : command.endsWith("*")
        ? "starts_with(command, rtrim(:command::text, '*'))"
        : "command = :command::text",
    from === null ? "" : "occurred_at >= :from::timestamptz",
    until === null ? "" : "occurred_at < :until::timestamptz",
    before === null ? "" : "(occurred_at, id) < (:beforeAt::timestamptz, :beforeId::bigint)",
  ].filter((condition) => condition !== "");
  const page = `
    select id, occurred_at as at, actor_kind as "actorKind", actor_name as "actorName", command, subject, details,
      request_id as "requestId",
      to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "exactAt"
    from audit_events
    where ${conditions.length === 0 ? "true" : conditions.join(" and ")}
    order by occurred_at desc, id desc limit :limit::integer`;
  return each === null
    ? page
    : `select found.* from unnest(:${each}::text[]) each (name) cross join lateral (${page}) found
       order by found.at desc, found.id desc limit :limit::integer`;
};

/** The youngest first. A command that ends in `*` is the beginning of one. */
export const listAudit = (sql: Sql, filter: AuditFilter) =>
  sql.rows<AuditRow>(auditSearch(filter), {
    ...filter,
    beforeAt: filter.before?.at ?? null,
    beforeId: filter.before?.id ?? null,
  });

export type VerificationRow = {
  readonly id: bigint;
  readonly askedBy: string | null;
  readonly askedAt: Date;
  readonly state: "asked" | "running" | "done" | "failed";
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly report: unknown;
};

export const listVerifications = (sql: Sql, limit: number) =>
  sql.rows<VerificationRow>(
    `select run.id, member.login as "askedBy", run.asked_at as "askedAt", run.state, run.started_at as "startedAt",
       run.finished_at as "finishedAt", run.report
     from audit_verifications run left join staff_members member on member.id = run.asked_by
     order by run.id desc limit :limit`,
    { limit },
  );

/** Null when one is under way. */
export const askVerification = (sql: Sql, ask: { staffId: bigint | null; now: Date }) =>
  sql.maybeOne<{ id: bigint }>(
    `insert into audit_verifications (asked_by, asked_at) values (:staffId, :now)
     on conflict ((true)) where state in ('asked', 'running') do nothing returning id`,
    ask,
  );

/** What was asked for, or what a process left in the middle. */
export const takeVerification = (sql: Sql, take: { now: Date; leaseMs: number }) =>
  sql.maybeOne<{ id: bigint }>(
    `update audit_verifications
     set state = 'running', started_at = :now::timestamptz,
       lease_until = clock_timestamp() + :leaseMs * interval '1 millisecond'
     where id = (select id from audit_verifications
         where state = 'asked' or (state = 'running' and lease_until < clock_timestamp())
         order by id limit 1 for update skip locked)
     returning id`,
    take,
  );

export const endVerification = (
  sql: Sql,
  end: { id: bigint; state: "done" | "failed"; now: Date; report: string },
) =>
  sql.run(
    `update audit_verifications set state = :state, finished_at = :now, lease_until = null, report = :report::jsonb
     where id = :id and state = 'running'`,
    end,
  );
