/** SQL on orders that come near their deadline. */
import type { Day } from "#src/kernel/day.ts";
import type { Sql } from "#src/platform/sql.ts";

export type DueReferral = {
  readonly id: bigint;
  readonly outsideNo: string;
  readonly authorityName: string;
  readonly ticketNo: string;
  readonly dueAt: Date;
  /** Of the message: deadline and hours, so that an extension is spoken of anew. */
  readonly step: string;
  /** Who has the case, else who manages its area. */
  readonly staffId: bigint | null;
  readonly areaId: bigint | null;
  readonly mobile: string | null;
};

const dueReferrals = `
  select near.*, coalesce(owner.id, manager.id) as "staffId",
    case when owner.id is not null then owner.mobile else manager.mobile end as mobile
  from (
    select order_.id, order_.outside_no as "outsideNo", authority.name as "authorityName", ticket.ticket_no as "ticketNo",
      order_.due_at as "dueAt", ticket.owner_id, ticket.owner_area_id as "areaId",
      'due:' || extract(epoch from order_.due_at)::bigint || ':' || min(step.hours) as step
    from referrals order_
    join tickets ticket on ticket.id = order_.ticket_id
    join referral_authorities authority on authority.code = order_.authority_code
    join unnest(:hours::integer[]) step (hours)
      on order_.due_at <= :now::timestamptz + step.hours * interval '1 hour'
    where order_.state in ('received', 'signed-for') and order_.due_at > :now::timestamptz
    group by order_.id, authority.name, ticket.id
  ) near
  left join staff_members owner on owner.id = near.owner_id and owner.disabled_at is null
  left join lateral (select staff.id, staff.mobile from area_duties duty
    join staff_members staff on staff.id = duty.staff_id and staff.disabled_at is null
    where duty.area_id = near."areaId" and duty.duty = 'manager' and duty.valid @> :today::date
    order by duty.id desc limit 1) manager on true
  where not exists (select 1 from messages told
      where told.regarding = 'referral:' || near.id and told.step = near.step)
    and not exists (select 1 from tasks task where task.kind = 'referral-due'
      and task.source = 'referral:' || near.id || ':' || to_char(near."dueAt" at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
  order by near."dueAt", near.id limit :limit::integer`;
/** Standing orders within the hours of which nobody has been told yet. */
export const findDueReferrals = (
  sql: Sql,
  query: { hours: readonly number[]; now: Date; today: Day; limit: number },
): Promise<DueReferral[]> => sql.rows<DueReferral>(dueReferrals, query);

const standing = `
  select id from referrals where id = any(:ids::bigint[]) and state in ('received', 'signed-for', 'return-asked')`;
export const findStanding = async (sql: Sql, ids: readonly bigint[]): Promise<bigint[]> =>
  (await sql.rows<{ id: bigint }>(standing, { ids })).map(({ id }) => id);

const failedWords = `
  select order_.id, order_.outside_no as "outsideNo", authority.name as "authorityName", ticket.ticket_no as "ticketNo",
    order_.due_at as "dueAt", message.step, ticket.owner_id as "staffId", ticket.owner_area_id as "areaId", null::text as mobile
  from messages message
  join referrals order_ on message.regarding = 'referral:' || order_.id and order_.state in ('received', 'signed-for')
  join tickets ticket on ticket.id = order_.ticket_id
  join referral_authorities authority on authority.code = order_.authority_code
  where message.id = any(:messageIds::bigint[]) and message.purpose = 'referral'
    and message.state in ('rejected', 'undelivered', 'expired', 'skipped')
  order by message.id`;
/** Standing orders of whose deadline nobody was told, because the message did not arrive. */
export const findFailedReferralWords = (sql: Sql, messageIds: readonly bigint[]): Promise<DueReferral[]> =>
  sql.rows<DueReferral>(failedWords, { messageIds });
