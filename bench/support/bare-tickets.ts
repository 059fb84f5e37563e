/** The limit of cases: the same final rows as a case over HTTP leaves once it is routed. */
import { plantedAccountNo } from "#tests/support/town.ts";
import { bareOptions, connectBare, runBare } from "./bare-client.ts";

const options = bareOptions();
const database = connectBare(options);

/** What the clocks of such a case carry, as a routed case of ours has it. */
const clocks = await database.sql.rows<Record<string, unknown>>(
  `select kind, rule_id as "ruleId", calendar_id as "calendarId", calendar_stamp as "calendarStamp",
     station_id as "stationId", station_owner as "stationOwner", target_ms as "targetMs", warn_ms as "warnMs"
   from ticket_clocks where ticket_id = (select max(id) from tickets)`,
);
const { chain } = await database.sql.one<{ chain: unknown }>(
  "select chain from ticket_assignments where ticket_id = (select max(ticket_id) from ticket_assignments)",
);
const listeners = await database.sql.rows<{ type: string; subscriber: string }>(
  `select e.type, r.subscriber from event_receipts r join outbox_events e on e.id = r.event_id
   where e.subject = (select subject from outbox_events where type = 'ticket.opened' and settled_at is not null
     order by id desc limit 1)`,
);

const statement = `
  with k as (
    insert into idempotency_keys (scope, key, request_hash, response, created_at)
    values ('machine:1 POST /tickets', :serial::text, :hash::bytea,
      jsonb_build_object('ticketNo', '100010', 'opened', true), now())
  ), t as (
    insert into tickets (category_code, source, channel, severity, account_id, premises_id, building_id, summary, fields,
      state, owner_id, owner_role, owner_area_id, owner_level, assigned_at, opened_at, changed_at, version)
    select 'fault.radiator', 'reported', 'phone', 'ordinary', a.id, p.id, p.building_id, :serial::text, '{"rooms": "north"}',
      'assigned', p.building_id / 5 + 1, 'area-manager', p.building_id / 5 + 1, 'area', now(), now(), now(), 2
    from heat_accounts a join premises p on p.id = a.premises_id where a.account_no = :accountNo::text
    returning id, owner_id
  ), e as (
    insert into ticket_entries (ticket_id, kind, text, details, version, entered_at, entered_by_name)
    select t.id, 'state', :serial::text, jsonb_build_object('command', 'open', 'to', 'new', 'category', 'fault.radiator'),
      1, now(), 'bench' from t
    union all
    select t.id, 'route', '', jsonb_build_object('command', 'assign', 'staffId', t.owner_id, 'role', 'area-manager',
      'areaId', t.owner_id, 'level', 'area'), 2, now(), 'subscriber:routing' from t
  ), c as (
    insert into ticket_clocks (ticket_id, kind, given, rule_id, calendar_id, calendar_stamp, category, severity, station_id,
      station_owner, target_ms, warn_ms, started_at, due_at, warn_at)
    select t.id, k.kind, false, k."ruleId", k."calendarId", k."calendarStamp", 'fault.radiator', 'ordinary', k."stationId",
      k."stationOwner", k."targetMs", k."warnMs", now(), now() + interval '2 hours', now() + interval '90 minutes'
    from t, jsonb_to_recordset(:clocks::jsonb) k (kind text, "ruleId" bigint, "calendarId" bigint, "calendarStamp" text,
      "stationId" bigint, "stationOwner" text, "targetMs" bigint, "warnMs" bigint)
  ), n as (
    insert into ticket_assignments (ticket_id, cause, cause_key, decided_at, rule, table_id, boundary, station_id, level,
      role_code, area_id, staff_id, chain)
    select t.id, 'opened', 'opened', now(), 'responsibility', 1, 'ours', 1, 'area', 'area-manager', t.owner_id, t.owner_id,
      :chain::jsonb from t
  ), l as (
    insert into live_events (topic, subject, audience, staff_id, permission, occurred_at)
    select 'ticket.assigned', 'ticket:' || t.id, 'staff', t.owner_id, 'ticket.read', now() from t
  ), a as (
    insert into audit_events (occurred_at, actor_id, actor_kind, actor_name, command, subject, details, request_id)
    select now(), 1, 'machine', 'bench', 'ticket.open', 'ticket:' || t.id, jsonb_build_object('category', 'fault.radiator',
      'channel', 'phone', 'source', 'reported', 'severity', 'ordinary'), 'request-' || t.id from t
    union all
    select now(), null, 'system', 'subscriber:routing', 'event:routing', 'ticket:' || t.id, jsonb_build_object('staffId',
      t.owner_id, 'role', 'area-manager', 'areaId', t.owner_id, 'level', 'area'), null from t
  ), o as (
    insert into outbox_events (type, version, subject, occurred_at, payload, rung_at, fence, attempts, settled_at)
    select o.type, 1, 'ticket:' || t.id, now(), jsonb_build_object('ticketId', t.id::text), now(), 1, 1, now()
    from t, unnest(array['ticket.opened', 'ticket.assigned', 'ticket.state-changed']) o (type)
    returning id, type
  ), r as (
    insert into event_receipts (event_id, subscriber)
    select o.id, l.subscriber from o
    join jsonb_to_recordset(:listeners::jsonb) l (type text, subscriber text) on l.type = o.type
  ) select id from t`;

const json = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) => (typeof inner === "bigint" ? inner.toString() : inner));

await runBare(options, database, ({ serial, hash, home }) =>
  database.sql.rows(statement, {
    serial,
    hash,
    accountNo: plantedAccountNo(home),
    clocks: json(clocks),
    chain: json(chain),
    listeners: json(listeners),
  }),
);
