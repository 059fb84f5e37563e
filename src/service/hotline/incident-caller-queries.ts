/** SQL on callers who hang under an incident with their call and have no case there. It reads incidents, cases and messages. */
import type { Sql } from "#src/platform/sql.ts";

const said = `
  select said.incident_id as "incidentId", said.kind, incident.title, said.building_ids as "buildingIds",
    went.id as "wentId",
    exists (select from incident_updates earlier where earlier.incident_id = said.incident_id
      and earlier.kind = 'restored' and earlier.id > went.id and earlier.id < said.id) as "wasTold"
  from incident_updates said
  join incidents incident on incident.id = said.incident_id
  cross join lateral (select coalesce(max(earlier.id), 0) as id from incident_updates earlier
    where earlier.incident_id = said.incident_id and earlier.kind = 'back-again' and earlier.id < said.id) went
  where said.id = :updateId`;
export type Said = {
  readonly incidentId: bigint;
  readonly kind: string;
  readonly title: string;
  /** Whom it is about. */
  readonly buildingIds: readonly bigint[];
  /** What said last that heat went again; 0 when it went once only. */
  readonly wentId: bigint;
  /** All were told since that heat is back. */
  readonly wasTold: boolean;
};
export const findSaid = (sql: Sql, updateId: bigint) => sql.maybeOne<Said>(said, { updateId });

// A text message reaches a mobile number only: +861 and ten more digits.
const callers = `
  with joined as (
    select distinct on (call.number) call.id, call.number, call.account_id as "accountId"
    from incident_calls member join calls call on call.id = member.call_id
    where member.incident_id = :incidentId and call.number like '+861%' and length(call.number) = 14
      and (coalesce(member.building_id, call.building_id) = any(:buildingIds::bigint[])
        or (:isWhole::boolean and coalesce(member.building_id, call.building_id) is null))
    order by call.number, call.id
  )
  select joined.id as "callId", joined.number, joined."accountId", whose.id as "personId",
    (select count(*) from messages lately where lately.purpose = 'incident-update'
      and lately.recipient = 'tel:' || joined.number and lately.queued_at > :since::timestamptz
      and lately.state not in ('skipped', 'cancelled'))::int as lately
  from joined
  -- Of several people with one number the one who refused speaks for it.
  left join lateral (
    select phone.person_id as id from person_phones phone
    left join lateral (select consent.granted from consents consent where consent.person_id = phone.person_id
      and consent.purpose = 'service-notice' order by consent.id desc limit 1) word on true
    where phone.number = joined.number and phone.confirmed is distinct from false
    order by coalesce(word.granted, true), phone.person_id limit 1) whose on true
  where joined.id > :afterCallId
    and not exists (select from incident_tickets member join tickets ticket on ticket.id = member.ticket_id
      where member.incident_id = :incidentId and member.left_at is null and ticket.caller_number = joined.number)
    and not exists (select from messages before where before.purpose = 'incident-update'
      and before.recipient = 'tel:' || joined.number and before.step = :step)
  order by joined.id limit :limit::integer`;
export type IncidentCaller = {
  readonly callId: bigint;
  /** E.164. */
  readonly number: string;
  readonly accountId: bigint | null;
  /** Whose consent is asked; null for a number that is nobody's on file. */
  readonly personId: bigint | null;
  /** Messages about incidents that this number was sent since `since`. */
  readonly lately: number;
};

/**
 * Numbers whose calls hang under an incident for one of these buildings (`isWhole`: also for none that is known), each once,
 * without those that have a case under it and those that have this step's message.
 */
export const findCallersToTell = (
  sql: Sql,
  query: {
    incidentId: bigint;
    buildingIds: readonly bigint[];
    isWhole: boolean;
    step: string;
    since: Date;
    afterCallId: bigint;
    limit: number;
  },
) => sql.rows<IncidentCaller>(callers, query);
