/** All SQL of the live feed. */
import type { Permission } from "./actor.ts";
import type { Sql } from "./sql.ts";

const insertStatement = `
  with announced as (
    insert into live_events (topic, subject, audience, area_id, staff_id, permission, payload, occurred_at)
    select l.topic, l.subject, l.audience, l."areaId", l."staffId", l.permission, l.payload, :occurredAt
    from jsonb_to_recordset(:rows::jsonb) l (topic text, subject text, audience text, "areaId" bigint, "staffId" bigint,
      permission text, payload jsonb)
    returning id
  )
  select pg_notify(:channel, '') from announced where :urgent::boolean limit 1`;

export type NewLiveRow = {
  readonly topic: string;
  readonly subject: string;
  readonly audience: "everyone" | "area" | "staff";
  readonly areaId: bigint | null;
  readonly staffId: bigint | null;
  readonly permission: Permission | null;
  readonly payload: unknown;
};

/** Any number in one statement; `rows` is a JSON array of `NewLiveRow`. */
export const insertLive = (
  sql: Sql,
  batch: { rows: string; occurredAt: Date; channel: string; urgent: boolean },
) => sql.rows(insertStatement, batch);

// The newest id is read before the holders: whoever draws a lower id later does not exist.
export const readNewestLive = async (sql: Sql): Promise<bigint> =>
  (
    await sql.one<{ id: bigint }>(
      `select case when is_called then last_value else last_value - 1 end as id from live_events_id_seq`,
    )
  ).id;

export const readLiveHolders = async (sql: Sql): Promise<readonly string[]> =>
  (
    await sql.one<{ found: string[] }>(
      `select array(select l.virtualtransaction from pg_locks l
       where l.locktype = 'relation' and l.mode = 'RowExclusiveLock' and l.granted
         and l.database = (select d.oid from pg_database d where d.datname = current_database())
         and l.relation = 'live_events_id_seq'::regclass and l.pid <> pg_backend_pid()) as found`,
    )
  ).found;

export type LiveRow = {
  readonly id: bigint;
  readonly topic: string;
  readonly subject: string;
  readonly audience: "everyone" | "area" | "staff";
  readonly areaId: bigint | null;
  readonly staffId: bigint | null;
  readonly permission: Permission | null;
  readonly payload: unknown;
  readonly occurredAt: Date;
};

export const readLive = (sql: Sql, page: { afterId: bigint; toId: bigint; limit: number }) =>
  sql.rows<LiveRow>(
    `select id, topic, subject, audience, area_id as "areaId", staff_id as "staffId", permission, payload,
       occurred_at as "occurredAt"
     from live_events where id > :afterId and id <= :toId order by id limit :limit::integer`,
    page,
  );

export const readForgottenTo = async (sql: Sql): Promise<bigint> =>
  (await sql.one<{ id: bigint }>(`select forgotten_to_id as id from live_feed_marks`)).id;

/** Forgets the oldest rows in one statement with the mark that says so; answers how many. */
export const forgetLive = (sql: Sql, old: { before: Date; limit: number }) =>
  sql.one<{ count: bigint }>(
    `with old as materialized (
       select id from live_events where id <= coalesce(
         (select max(id) from live_events where occurred_at < :before), 0)
       order by id limit :limit::integer
     ), gone as (
       delete from live_events e using old where e.id = old.id returning e.id
     ), marked as (
       update live_feed_marks set forgotten_to_id = greatest(forgotten_to_id, (select max(id) from gone))
       where exists (select 1 from gone)
     )
     select count(*) as count from gone`,
    old,
  );
