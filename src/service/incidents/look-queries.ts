/** SQL on what is looked at before an incident is opened, and beside it: kinds, reach, and what may show that it is over. */
import type { Sql } from "#src/platform/sql.ts";
import { type TicketReach, ticketScope } from "#src/service/tickets/index.ts";

export type KindRow = {
  readonly code: string;
  readonly name: string;
  readonly nameEn: string;
  readonly script: string;
  readonly scriptEn: string;
  readonly categories: readonly string[];
};
const kinds = `
  select kind.code, kind.name, kind.name_en as "nameEn", kind.script, kind.script_en as "scriptEn",
    array(select belongs.category_code from incident_kind_categories belongs where belongs.kind_code = kind.code
      order by belongs.category_code) as categories
  from incident_kinds kind order by kind.code`;
export const listKinds = (sql: Sql) => sql.rows<KindRow>(kinds);

const reach = `
  select
    (select count(*) from premises where building_id = any(:buildingIds::bigint[]))::int as homes,
    (select count(distinct account.id) from premises home
      join heat_accounts account on account.premises_id = home.id and account.state <> 'closed'
      join charge_points point on point.account_id = account.id
      join supply_states supply on supply.charge_point_id = point.id and supply.valid @> :day::date
        and supply.state = 'supplied'
      where home.building_id = any(:buildingIds::bigint[]))::int as "homesSupplied",
    (select count(*) from tickets ticket
      join incident_kind_categories belongs on belongs.kind_code = :kind and belongs.category_code = ticket.category_code
      where ticket.building_id = any(:buildingIds::bigint[]) and ticket.state not in ('closed', 'cancelled', 'merged')
        and not exists (select 1 from incident_tickets member
          where member.ticket_id = ticket.id and member.left_at is null))::int as tickets,
    array(select community.name || building.name from buildings building
      join communities community on community.id = building.community_id
      where building.id = any(:buildingIds::bigint[]) order by building.id limit :named::integer) as names`;
export type ReachRow = {
  readonly homes: number;
  readonly homesSupplied: number;
  readonly tickets: number;
  readonly names: readonly string[];
};
/** How many an incident over these buildings would touch; `names` of the first few. */
export const countReach = (
  sql: Sql,
  query: { buildingIds: readonly bigint[]; kind: string; day: string; named: number },
) => sql.one<ReachRow>(reach, query);

const standing = `
  select incident.id, incident.title, count(distinct held.building_id)::int as buildings
  from incident_buildings held join incidents incident on incident.id = held.incident_id and incident.state = 'open'
  where held.building_id = any(:buildingIds::bigint[]) and held.from_at <= :at::timestamptz
    and (held.to_at is null or held.to_at > :at::timestamptz)
  group by incident.id order by incident.id desc limit 10`;
/** Incidents that hold some of these buildings already. */
export const findStandingOver = (sql: Sql, query: { buildingIds: readonly bigint[]; at: Date }) =>
  sql.rows<{ id: bigint; title: string; buildings: number }>(standing, query);

const places = `
  select incident.id, coalesce(source.name, station.name, fed.name || ' ' || loop.code,
    (select string_agg(community.name || building.name, '、' order by building.id)
      from (select distinct building_id from incident_buildings where incident_id = incident.id
        order by building_id limit 3) held
      join buildings building on building.id = held.building_id
      join communities community on community.id = building.community_id), '') as place
  from incidents incident
  left join heat_sources source on source.id = incident.heat_source_id
  left join stations station on station.id = incident.station_id
  left join loops loop on loop.id = incident.loop_id
  left join stations fed on fed.id = loop.station_id
  where incident.id = any(:ids::bigint[])`;
/** What each of these incidents is about, as people call it. */
export const findPlaces = async (sql: Sql, ids: readonly bigint[]): Promise<ReadonlyMap<bigint, string>> =>
  ids.length === 0
    ? new Map()
    : new Map(
        (await sql.rows<{ id: bigint; place: string }>(places, { ids })).map(({ id, place }) => [id, place]),
      );

const evidence = `
  with members as materialized (
    select t.id, t.ticket_no from incident_tickets member join tickets t on t.id = member.ticket_id
    where member.incident_id = :incidentId and member.left_at is null and ${ticketScope("t")}
  ), orders as materialized (
    select o.id, o.finished_at, o.summary, min(members.ticket_no) as ticket_no
    from members join work_order_tickets tied on tied.ticket_id = members.id
    join work_orders o on o.id = tied.work_order_id and o.state = 'done'
    group by o.id
  )
  select ref, kind, about, at, "ticketNo" from (
    select entry.ref, 'attachment' as kind, file.file_name as about, entry.entered_at as at, members.ticket_no as "ticketNo"
    from members join ticket_entries entry on entry.ticket_id = members.id and entry.kind = 'attachment'
      and entry.ref like 'file:%'
    join stored_files file on file.id = split_part(entry.ref, ':', 2)::bigint
    union all
    select 'work-order:' || id, 'order', 'W' || lpad(id::text, greatest(6, length(id::text)), '0') || ' ' || summary,
      finished_at, ticket_no from orders
    union all
    select 'slip:' || slip.id, 'slip', slip.instrument_no, slip.measured_at, orders.ticket_no
    from orders join temperature_slips slip on slip.work_order_id = orders.id
  ) found order by at desc, ref limit :limit::integer`;
export type EvidenceRow = {
  readonly ref: string;
  readonly kind: "attachment" | "order" | "slip";
  readonly about: string;
  readonly at: Date;
  readonly ticketNo: string;
};
/** Papers of its cases that may show that it is over, the latest first. */
export const findEvidence = (sql: Sql, query: TicketReach & { incidentId: bigint; limit: number }) =>
  sql.rows<EvidenceRow>(evidence, query);
