/** SQL on the chain of calls of an emergency. */
import type { Sql } from "#src/platform/sql.ts";

export type ChainState = "calling" | "acknowledged" | "exhausted" | "ended";
export type CallState = "waiting" | "calling" | "acknowledged" | "no-answer" | "failed" | "not-needed";

const addChain = `
  insert into emergency_chains (work_order_id, state, next_at, started_at)
  values (:orderId, :state, :nextAt, :now)`;
export const insertChain = (
  sql: Sql,
  row: { orderId: bigint; state: "calling" | "exhausted"; nextAt: Date | null; now: Date },
) => sql.run(addChain, row);

const addCalls = `
  insert into emergency_calls (work_order_id, ordinal, duty_phone_id, name, number)
  select :orderId, call.ordinal, call.id, phone.name, phone.number
  from unnest(:phoneIds::bigint[]) with ordinality call (id, ordinal) join field_duty_phones phone on phone.id = call.id`;
export const insertCalls = (sql: Sql, orderId: bigint, phoneIds: readonly bigint[]) =>
  sql.run(addCalls, { orderId, phoneIds });

const dueChains = `
  select work_order_id as "orderId" from emergency_chains
  where state = 'calling' and next_at <= :now order by next_at limit :limit::integer`;
export const findDueChains = async (sql: Sql, now: Date, limit: number): Promise<bigint[]> =>
  (await sql.rows<{ orderId: bigint }>(dueChains, { now, limit })).map((row) => row.orderId);

const lockDue = `
  select work_order_id as "orderId" from emergency_chains
  where work_order_id = :orderId and state = 'calling' and next_at <= :now for update skip locked`;
/** False when the chain is not due any more, or another process is at it. */
export const lockDueChain = async (sql: Sql, orderId: bigint, now: Date): Promise<boolean> =>
  (await sql.maybeOne(lockDue, { orderId, now })) !== null;

export type ChainRow = {
  readonly orderId: bigint;
  readonly state: ChainState;
  readonly nextAt: Date | null;
  readonly acknowledgedAt: Date | null;
};
const CHAIN = `
  select work_order_id as "orderId", state, next_at as "nextAt", acknowledged_at as "acknowledgedAt"
  from emergency_chains where work_order_id = :orderId`;
const lockedChain = `${CHAIN} for update`;
export const findChain = (sql: Sql, orderId: bigint) => sql.maybeOne<ChainRow>(CHAIN, { orderId });
export const lockChain = (sql: Sql, orderId: bigint) => sql.maybeOne<ChainRow>(lockedChain, { orderId });

const giveUp = `
  update emergency_calls set state = 'no-answer', ended_at = :now
  where work_order_id = :orderId and state = 'calling'`;
export const giveUpCalling = (sql: Sql, orderId: bigint, now: Date) => sql.run(giveUp, { orderId, now });

export type ClaimedCall = {
  readonly id: bigint;
  readonly orderId: bigint;
  readonly ordinal: number;
  readonly number: string;
};
const claimNext = `
  update emergency_calls set state = 'calling', called_at = :now
  where id = (select id from emergency_calls where work_order_id = :orderId and state = 'waiting'
    order by ordinal limit 1)
  returning id, work_order_id as "orderId", ordinal, number`;
/** The next person, noted as called before anybody dials; null at the end of the list. */
export const claimNextCall = (sql: Sql, orderId: bigint, now: Date) =>
  sql.maybeOne<ClaimedCall>(claimNext, { orderId, now });

const setNext = `update emergency_chains set next_at = :nextAt where work_order_id = :orderId and state = 'calling'`;
export const setNextAt = (sql: Sql, orderId: bigint, nextAt: Date) => sql.run(setNext, { orderId, nextAt });

const setState = `
  update emergency_chains set state = :state, next_at = null, acknowledged_at = :acknowledgedAt
  where work_order_id = :orderId`;
export const endChain = (
  sql: Sql,
  row: { orderId: bigint; state: "acknowledged" | "exhausted" | "ended"; acknowledgedAt: Date | null },
) => sql.run(setState, row);

const spare = `
  update emergency_calls set state = 'not-needed' where work_order_id = :orderId and state = 'waiting'`;
export const spareWaiting = (sql: Sql, orderId: bigint) => sql.run(spare, { orderId });

const callOfTelephone = `
  select id, work_order_id as "orderId", ordinal, number from emergency_calls where outgoing_call_id = :outgoingCallId`;
export const findCallOfTelephone = (sql: Sql, outgoingCallId: bigint) =>
  sql.maybeOne<ClaimedCall>(callOfTelephone, { outgoingCallId });

const markAnswered = `
  update emergency_calls set state = 'acknowledged', ended_at = :now where id = :callId`;
export const markAcknowledged = (sql: Sql, callId: bigint, now: Date) =>
  sql.run(markAnswered, { callId, now });

const noteCall = `update emergency_calls set outgoing_call_id = :outgoingCallId where id = :callId`;
export const noteOutgoingCall = (sql: Sql, callId: bigint, outgoingCallId: bigint) =>
  sql.run(noteCall, { callId, outgoingCallId });

const markFailed = `
  update emergency_calls set state = 'failed', ended_at = :now where id = :callId and state = 'calling'`;
/** False when somebody pressed the key meanwhile, or the chain went on. */
export const failCall = async (sql: Sql, callId: bigint, now: Date): Promise<boolean> =>
  (await sql.run(markFailed, { callId, now })) === 1;

export type CallRow = {
  readonly id: bigint;
  readonly ordinal: number;
  readonly name: string;
  readonly number: string;
  readonly state: CallState;
  readonly calledAt: Date | null;
  readonly endedAt: Date | null;
};
const callsOf = `
  select id, ordinal, name, number, state, called_at as "calledAt", ended_at as "endedAt"
  from emergency_calls where work_order_id = :orderId order by ordinal`;
export const findCalls = (sql: Sql, orderId: bigint) => sql.rows<CallRow>(callsOf, { orderId });

/** What the voice says: no name, no number, no account. */
const spokenPlace = `
  select o.address, o.building_id as "buildingId",
    (select served.area_id from service_area_buildings served
     where served.building_id = o.building_id and served.valid @> :day::date) as "areaId"
  from work_orders o where o.id = :orderId`;
export const findEmergencyPlace = (sql: Sql, orderId: bigint, day: string) =>
  sql.one<{ address: string; buildingId: bigint | null; areaId: bigint | null }>(spokenPlace, {
    orderId,
    day,
  });

const standingOfTickets = `
  select distinct chain.work_order_id as "orderId" from work_order_tickets joined
  join emergency_chains chain on chain.work_order_id = joined.work_order_id
  where joined.ticket_id = any(:ticketIds::bigint[]) and chain.state in ('calling', 'exhausted')
  order by chain.work_order_id`;
/** Chains about these cases that nobody has answered yet. */
export const findStandingChains = async (sql: Sql, ticketIds: readonly bigint[]): Promise<bigint[]> =>
  (await sql.rows<{ orderId: bigint }>(standingOfTickets, { ticketIds })).map((row) => row.orderId);

const lockHome = `
  select pg_advisory_xact_lock(hashtextextended('emergency of home ' || coalesce(
    (select premises_id from heat_accounts where id = :accountId::bigint), :premisesId::bigint), 0))`;
const ofHome = `
  select o.id, chain.state <> 'calling' as answered, o.state = 'on-site' as "onSite"
  from work_orders o join emergency_chains chain on chain.work_order_id = o.id and chain.state <> 'exhausted'
  where o.kind = 'emergency' and o.state not in ('done', 'cancelled')
    and (o.account_id = :accountId::bigint or o.premises_id = coalesce(
      (select premises_id from heat_accounts where id = :accountId::bigint), :premisesId::bigint))
  order by o.id limit 1`;
/** The emergency order of a home for which people are called, or go. Two cases of one home look one after the other. */
export const findEmergencyOfHome = async (
  sql: Sql,
  home: { accountId: bigint | null; premisesId: bigint | null },
): Promise<{ id: bigint; answered: boolean; onSite: boolean } | null> => {
  await sql.run(lockHome, home);
  return sql.maybeOne<{ id: bigint; answered: boolean; onSite: boolean }>(ofHome, home);
};

const attended = `
  select exists (select 1 from work_order_tickets joined
    join work_orders o on o.id = joined.work_order_id and o.state not in ('done', 'cancelled')
    join emergency_chains chain on chain.work_order_id = o.id
    where joined.ticket_id = :ticketId and (chain.state = 'calling' or o.state = 'on-site')) as found`;
/** Whether people are being called for this case, or are there, at this moment. */
export const isAttended = async (sql: Sql, ticketId: bigint): Promise<boolean> =>
  (await sql.one<{ found: boolean }>(attended, { ticketId })).found;

const takenByDuty = `
  select exists (
    select 1 from (
      select entered_by as staff_id from ticket_entries
      where ticket_id = :ticketId and kind = 'state' and details ->> 'command' in ('accept', 'start')
      order by id desc limit 1
    ) taken
    where exists (select 1 from staff_roles held where held.staff_id = taken.staff_id
        and held.role in ('area-manager', 'supervisor'))
      or exists (select 1 from field_duty_phones phone where phone.staff_id = taken.staff_id
        and phone.valid @> :day::date)
      or exists (select 1 from field_crew_members member where member.staff_id = taken.staff_id
        and member.valid @> :day::date)
  ) as found`;
/** Whether who took the case last is somebody who goes there or sends somebody: on the duty list, of a crew, or in charge. */
export const isTakenByDuty = async (sql: Sql, query: { ticketId: bigint; day: string }): Promise<boolean> =>
  (await sql.one<{ found: boolean }>(takenByDuty, query)).found;
