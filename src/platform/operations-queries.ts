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
};

export type AuditFilter = {
  readonly beforeId: bigint | null;
  readonly limit: number;
  readonly actor: string | null;
  readonly command: string | null;
  readonly subject: string | null;
  /** Half open; null with a subject, whose rows are few. */
  readonly from: Date | null;
  readonly until: Date | null;
};

/** The youngest first. A command or subject that ends in `*` is the beginning of one. */
export const listAudit = (sql: Sql, filter: AuditFilter) =>
  sql.rows<AuditRow>(
    `select id, occurred_at as at, actor_kind as "actorKind", actor_name as "actorName", command, subject, details,
       request_id as "requestId"
     from audit_events
     where (:beforeId::bigint is null or id < :beforeId::bigint)
       and (:from::timestamptz is null or occurred_at >= :from::timestamptz)
       and (:until::timestamptz is null or occurred_at < :until::timestamptz)
       and (:actor::text is null or actor_name = :actor::text)
       and (:command::text is null or command = :command::text
         or (right(:command::text, 1) = '*' and starts_with(command, rtrim(:command::text, '*'))))
       and (:subject::text is null or subject = :subject::text)
     order by id desc limit :limit::integer`,
    filter,
  );

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
