/**
 * SQL on the network as it is switched: who hangs on what at an instant, and who was without heat for how long. All of it
 * reads the views `station_feeds`, `building_feeds`, `building_roads` and `building_outages` (migration 0025).
 */
import { buildingScope } from "#src/platform/scope.ts";
import type { Sql } from "#src/platform/sql.ts";
import type { Asset } from "./report-queries.ts";

const ON_ASSET = `(road.heat_source_id = :heatSourceId::bigint or road.station_id = :stationId::bigint
    or road.loop_id = :loopId::bigint or road.building_id = any(:buildingIds::bigint[]))`;

const buildingsOn = `
  select road.building_id as "buildingId" from building_roads road
  where road.valid @> :at::timestamptz and ${ON_ASSET} order by road.building_id`;
export const findBuildingsOn = (sql: Sql, asset: Asset & { at: Date }) =>
  sql.rows<{ buildingId: bigint }>(buildingsOn, asset);

const premisesOn = `
  select premises.id as "premisesId", premises.building_id as "buildingId"
  from building_roads road join premises on premises.building_id = road.building_id
  where road.valid @> :at::timestamptz and ${ON_ASSET} order by premises.id`;
export const findPremisesOn = (sql: Sql, asset: Asset & { at: Date }) =>
  sql.rows<{ premisesId: bigint; buildingId: bigint }>(premisesOn, asset);

const roadOf = `
  select loop_id as "loopId", station_id as "stationId", heat_source_id as "heatSourceId"
  from building_roads where building_id = :buildingId and valid @> :at::timestamptz`;
export type Road = { readonly loopId: bigint; readonly stationId: bigint; readonly heatSourceId: bigint };
export const findRoad = (sql: Sql, row: { buildingId: bigint; at: Date }) => sql.maybeOne<Road>(roadOf, row);

const buildingsOut = `
  select building_id as "buildingId" from building_outages
  where outage_id = :outageId and valid @> :at::timestamptz order by building_id`;
export const findBuildingsOut = (sql: Sql, row: { outageId: bigint; at: Date }) =>
  sql.rows<{ buildingId: bigint }>(buildingsOut, row);

// Two outages at once (a source and, below it, a station) are one time without heat.
const hoursOf = `
  select "buildingId", sum(extract(epoch from upper(span) - lower(span)))::bigint as seconds
  from (
    select stopped.building_id as "buildingId", unnest(range_agg(stopped.valid * tstzrange(:from, :to))) as span
    from building_outages stopped
    where stopped.building_id = any(:buildingIds::bigint[]) and stopped.valid && tstzrange(:from, :to)
    group by stopped.building_id
  ) spans group by "buildingId" order by "buildingId"`;
export const findSecondsOut = (sql: Sql, row: { buildingIds: readonly bigint[]; from: Date; to: Date }) =>
  sql.rows<{ buildingId: bigint; seconds: bigint }>(hoursOf, row);

const outageOf = `
  select outage.id, outage.from_at as "fromAt", outage.expected_back_at as "expectedBackAt",
    community.name || building.name as place
  from building_outages stopped
  join supply_outages outage on outage.id = stopped.outage_id
  join buildings building on building.id = stopped.building_id
  join communities community on community.id = building.community_id
  where stopped.building_id = :buildingId and stopped.valid @> :at::timestamptz
  order by outage.from_at, outage.id limit 1`;
export type BuildingOutage = {
  readonly id: bigint;
  readonly fromAt: Date;
  readonly expectedBackAt: Date | null;
  readonly place: string;
};
export const findOutageOfBuilding = (sql: Sql, row: { buildingId: bigint; at: Date }) =>
  sql.maybeOne<BuildingOutage>(outageOf, row);

export type OutageRow = {
  readonly id: bigint;
  readonly heatSourceId: bigint | null;
  readonly stationId: bigint | null;
  readonly loopId: bigint | null;
  readonly buildingIds: readonly bigint[];
  readonly fromAt: Date;
  readonly toAt: Date | null;
  readonly expectedBackAt: Date | null;
  readonly planned: boolean;
  readonly cause: string;
  readonly withdrawn: boolean;
  readonly assetName: string;
};

const OUTAGE_COLUMNS = `outage.id, outage.heat_source_id as "heatSourceId", outage.station_id as "stationId",
  outage.loop_id as "loopId", outage.building_ids as "buildingIds", outage.from_at as "fromAt", outage.to_at as "toAt",
  outage.expected_back_at as "expectedBackAt", outage.planned, outage.cause,
  outage.withdrawn_at is not null as withdrawn,
  coalesce(source.name, station.name, loop_station.name || ' ' || loops.code,
    (select string_agg(community.name || building.name, '、' order by building.id)
      from buildings building join communities community on community.id = building.community_id
      where building.id = any(outage.building_ids[:20]))) as "assetName"`;
const OUTAGE_FROM = `from supply_outages outage
  left join heat_sources source on source.id = outage.heat_source_id
  left join stations station on station.id = outage.station_id
  left join loops on loops.id = outage.loop_id left join stations loop_station on loop_station.id = loops.station_id`;

const outageById = `select ${OUTAGE_COLUMNS} ${OUTAGE_FROM} where outage.id = :id`;
export const findOutageRow = (sql: Sql, id: bigint) => sql.maybeOne<OutageRow>(outageById, { id });

const outagePage = `
  select ${OUTAGE_COLUMNS} ${OUTAGE_FROM}
  where outage.withdrawn_at is null and (:beforeId::bigint is null or outage.id < :beforeId::bigint)
    and (not :onlyOpen::boolean or outage.to_at is null)
    and (:scopeKind::text = 'everything' or exists (
      select 1 from building_outages stopped where stopped.outage_id = outage.id and ${buildingScope("stopped.building_id")}))
  order by outage.id desc limit :limit::integer`;
export const listOutageRows = (
  sql: Sql,
  page: {
    beforeId: bigint | null;
    onlyOpen: boolean;
    limit: number;
    scopeKind: string;
    scopeIds: readonly bigint[];
    scopeDay: string;
  },
) => sql.rows<OutageRow>(outagePage, page);

const hoursOfOutage = `
  select stopped.building_id as "buildingId", community.name || building.name as name,
    (select count(*) from premises where premises.building_id = stopped.building_id)::int as premises,
    sum(extract(epoch from least(upper(stopped.valid), :now::timestamptz) - lower(stopped.valid)))::bigint as seconds
  from building_outages stopped join buildings building on building.id = stopped.building_id
  join communities community on community.id = building.community_id
  where stopped.outage_id = :outageId and lower(stopped.valid) <= :now::timestamptz and stopped.building_id > :after
    and (:scopeKind::text = 'everything' or ${buildingScope("stopped.building_id")})
  group by stopped.building_id, community.name, building.name order by stopped.building_id limit :limit::integer`;
export type BuildingHours = {
  readonly buildingId: bigint;
  readonly name: string;
  readonly premises: number;
  readonly seconds: bigint;
};
export const listHoursOfOutage = (
  sql: Sql,
  page: {
    outageId: bigint;
    now: Date;
    after: bigint;
    limit: number;
    scopeKind: string;
    scopeIds: readonly bigint[];
    scopeDay: string;
  },
) => sql.rows<BuildingHours>(hoursOfOutage, page);

export type ReportRow = {
  readonly id: bigint;
  readonly provider: string;
  readonly eventId: string;
  readonly kind: string;
  readonly outageId: bigint | null;
  readonly stopsHeat: boolean;
  readonly note: string;
  readonly occurredAt: Date;
  readonly receivedAt: Date;
  readonly expectedBackAt: Date | null;
  readonly sameAsId: bigint | null;
  readonly problem: string | null;
};
const REPORT_COLUMNS = `id, provider, event_id as "eventId", kind, outage_id as "outageId", stops_heat as "stopsHeat", note,
  occurred_at as "occurredAt", received_at as "receivedAt", expected_back_at as "expectedBackAt",
  same_as_id as "sameAsId", problem`;
const reportById = `select ${REPORT_COLUMNS} from supply_reports where id = :id`;
export const findReportRow = (sql: Sql, id: bigint) => sql.maybeOne<ReportRow>(reportById, { id });
const reportPage = `
  select ${REPORT_COLUMNS} from supply_reports where (:beforeId::bigint is null or id < :beforeId::bigint)
  order by id desc limit :limit::integer`;
export const listReportRows = (sql: Sql, page: { beforeId: bigint | null; limit: number }) =>
  sql.rows<ReportRow>(reportPage, page);
