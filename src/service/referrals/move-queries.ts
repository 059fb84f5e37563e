/** SQL on orders that go with a merged case, and come back with it. */
import type { Sql } from "#src/platform/sql.ts";

export type MovedOrder = {
  readonly id: bigint;
  readonly authorityName: string;
  readonly authorityNameEn: string;
  readonly outsideNo: string;
  readonly fromTicketId: bigint;
  readonly toTicketId: bigint;
};

const RETURNING = `
  select moved.id, authority.name as "authorityName", authority.name_en as "authorityNameEn", moved.outside_no as "outsideNo",
    moved.from_ticket_id as "fromTicketId", moved.ticket_id as "toTicketId"
  from moved join referral_authorities authority on authority.code = moved.authority_code order by moved.id`;

const takeAlong = `
  with moved as (
    update referrals set ticket_id = :toTicketId, version = version + 1
    where ticket_id = :fromTicketId and state in ('received', 'signed-for', 'return-asked')
    returning id, authority_code, outside_no, :fromTicketId::bigint as from_ticket_id, ticket_id
  ), noted as (
    insert into referral_moves (referral_id, from_ticket_id, to_ticket_id, moved_at)
    select id, from_ticket_id, ticket_id, :now from moved
  )
  ${RETURNING}`;
/** Orders that wait for an answer go from one case to another. */
export const moveOrders = (sql: Sql, row: { fromTicketId: bigint; toTicketId: bigint; now: Date }) =>
  sql.rows<MovedOrder>(takeAlong, row);

const bringBack = `
  with ended as (
    update referral_moves later set moved_back_at = :now
    from referral_moves first
    where first.from_ticket_id = :ticketId and first.moved_back_at is null
      and later.referral_id = first.referral_id and later.id >= first.id and later.moved_back_at is null
    returning later.referral_id
  ), before as (
    select id, ticket_id from referrals where id in (select referral_id from ended) order by id for no key update
  ), moved as (
    update referrals set ticket_id = :ticketId, version = version + 1
    from before where referrals.id = before.id
    returning referrals.id, referrals.authority_code, referrals.outside_no, before.ticket_id as from_ticket_id,
      referrals.ticket_id
  )
  ${RETURNING}`;
/** Orders that had gone with this case come back to it, from wherever they are now, answered or not. */
export const returnOrders = (sql: Sql, row: { ticketId: bigint; now: Date }) =>
  sql.rows<MovedOrder>(bringBack, row);
