/** SQL on reports, switches and outages. */
import type { Sql } from "#src/platform/sql.ts";
import type { ReportOfAsset } from "./outages.ts";
import type { ReportKind } from "./schema.ts";

/** What a report is about: exactly one of them, or buildings. */
export type Asset = {
  readonly heatSourceId: bigint | null;
  readonly stationId: bigint | null;
  readonly loopId: bigint | null;
  readonly buildingIds: readonly bigint[];
};
export const NO_ASSET: Asset = { heatSourceId: null, stationId: null, loopId: null, buildingIds: [] };

/** One message is settled after the other: they are few, and each reads what the one before left. */
const takeTurns = `select pg_advisory_xact_lock(hashtext('town/supply'))`;
export const lockSupply = (sql: Sql) => sql.run(takeTurns);

const idsOfNames = {
  source: `select id from heat_sources where code = :code`,
  station: `select id from stations where code = :code`,
  loop: `select loops.id from loops join stations on stations.id = loops.station_id
    where stations.code = :station and loops.code = :code`,
} as const;
const idOf = async (sql: Sql, text: string, bindings: Readonly<Record<string, string>>) =>
  (await sql.maybeOne<{ id: bigint }>(text, bindings))?.id ?? null;
export const findSourceId = (sql: Sql, code: string) => idOf(sql, idsOfNames.source, { code });
export const findStationId = (sql: Sql, code: string) => idOf(sql, idsOfNames.station, { code });
export const findLoopId = (sql: Sql, station: string, code: string) =>
  idOf(sql, idsOfNames.loop, { station, code });

const buildingsNamed = `
  select named.community, named.building, building.id
  from jsonb_to_recordset(:names::jsonb) named (community text, building text)
  left join communities community on community.code = named.community
  left join buildings building on building.community_id = community.id and building.name = named.building`;
/** Each named building with its id, or null where there is none of that name. */
export const findBuildingsNamed = (
  sql: Sql,
  names: readonly { readonly community: string; readonly building: string }[],
) =>
  sql.rows<{ community: string; building: string; id: bigint | null }>(buildingsNamed, {
    names: JSON.stringify(names),
  });

export type NewReport = Asset & {
  readonly provider: "dispatch" | "person";
  readonly eventId: string;
  readonly kind: ReportKind;
  readonly stopsHeat: boolean;
  readonly planned: boolean;
  readonly expectedBackAt: Date | null;
  readonly note: string;
  readonly occurredAt: Date;
  readonly receivedAt: Date;
  readonly problem: string | null;
  readonly body: string;
};

const addReport = `
  insert into supply_reports (provider, event_id, kind, heat_source_id, station_id, loop_id, building_ids, stops_heat,
    planned, expected_back_at, note, occurred_at, received_at, problem, body)
  values (:provider, :eventId, :kind, :heatSourceId, :stationId, :loopId, :buildingIds::bigint[], :stopsHeat,
    :planned, :expectedBackAt, :note, :occurredAt, :receivedAt, :problem, :body::jsonb)
  on conflict (provider, event_id) do nothing returning id`;
/** Null when this event was stored before. */
export const insertReport = (sql: Sql, report: NewReport) => sql.maybeOne<{ id: bigint }>(addReport, report);

const reportOfEvent = `
  select id, problem, same_as_id as "sameAsId" from supply_reports
  where provider = :provider and event_id = :eventId`;
export const findReportOfEvent = (sql: Sql, event: { provider: string; eventId: string }) =>
  sql.one<{ id: bigint; problem: string | null; sameAsId: bigint | null }>(reportOfEvent, event);

const SAME_ASSET = `heat_source_id is not distinct from :heatSourceId and station_id is not distinct from :stationId
    and loop_id is not distinct from :loopId and building_ids = :buildingIds::bigint[]`;

const reportsOfAsset = `
  select id, event_id as "eventId", kind, stops_heat as "stopsHeat", planned, occurred_at as "occurredAt",
    expected_back_at as "expectedBackAt", note, outage_id as "outageId"
  from supply_reports
  where ${SAME_ASSET} and problem is null and kind <> 'switch'`;
export const findReportsOfAsset = (sql: Sql, asset: Asset) =>
  sql.rows<ReportOfAsset & { outageId: bigint | null }>(reportsOfAsset, asset);

const earlierTelling = `
  select id, occurred_at as "occurredAt" from supply_reports
  where ${SAME_ASSET} and problem is null and kind = :kind and id <> :id and same_as_id is null
    and stops_heat = :stopsHeat
    and occurred_at between :occurredAt::timestamptz - make_interval(secs => :windowSeconds::integer)
      and :occurredAt::timestamptz + make_interval(secs => :windowSeconds::integer)
  order by id limit 1`;
/** The same kind of message about the same asset within the window, which came before this one. */
export const findEarlierTelling = (
  sql: Sql,
  report: Asset & { id: bigint; kind: string; stopsHeat: boolean; occurredAt: Date; windowSeconds: number },
) => sql.maybeOne<{ id: bigint; occurredAt: Date }>(earlierTelling, report);

const markSame = `update supply_reports set same_as_id = :sameAsId where id = :id`;
export const markSameAs = (sql: Sql, row: { id: bigint; sameAsId: bigint }) => sql.run(markSame, row);

const addSwitches = `
  insert into supply_switches (report_id, event_id, station_id, heat_source_id, building_id, loop_id, effective_at)
  select :reportId, :eventId, turned.station_id, :heatSourceId, turned.building_id, :loopId, :effectiveAt
  from unnest(:stationIds::bigint[], :buildingIds::bigint[]) turned (station_id, building_id)
  on conflict do nothing`;
/** Both lists are of one length: of each pair one is null. */
export const insertSwitches = (
  sql: Sql,
  row: {
    reportId: bigint;
    eventId: string;
    stationIds: readonly (bigint | null)[];
    buildingIds: readonly (bigint | null)[];
    heatSourceId: bigint | null;
    loopId: bigint | null;
    effectiveAt: Date;
  },
) => sql.run(addSwitches, row);

export type OutageFields = {
  readonly fromAt: Date;
  readonly toAt: Date | null;
  readonly expectedBackAt: Date | null;
  readonly planned: boolean;
  readonly cause: string;
};

const addOutage = `
  insert into supply_outages (heat_source_id, station_id, loop_id, building_ids, from_at, to_at, expected_back_at,
    planned, cause)
  values (:heatSourceId, :stationId, :loopId, :buildingIds::bigint[], :fromAt, :toAt, :expectedBackAt, :planned, :cause)
  returning id`;
export const insertOutage = (sql: Sql, outage: Asset & OutageFields) =>
  sql.one<{ id: bigint }>(addOutage, outage);

const changeOutage = `
  update supply_outages set from_at = :fromAt, to_at = :toAt, expected_back_at = :expectedBackAt, planned = :planned,
    cause = :cause, withdrawn_at = null, version = version + 1
  where id = :id and (from_at, to_at, expected_back_at, planned, cause, withdrawn_at)
    is distinct from (:fromAt::timestamptz, :toAt::timestamptz, :expectedBackAt::timestamptz, :planned::boolean,
      :cause::text, null::timestamptz)`;
export const updateOutage = (sql: Sql, outage: OutageFields & { id: bigint }) =>
  sql.run(changeOutage, outage);

const withdraw = `
  update supply_outages set withdrawn_at = :now, version = version + 1
  where id = any(:ids::bigint[]) and withdrawn_at is null`;
export const withdrawOutages = (sql: Sql, row: { ids: readonly bigint[]; now: Date }) =>
  sql.run(withdraw, row);

const assignReports = `
  update supply_reports report set outage_id = told.outage_id
  from unnest(:reportIds::bigint[], :outageIds::bigint[]) told (report_id, outage_id)
  where report.id = told.report_id and report.outage_id is distinct from told.outage_id`;
export const setOutageOfReports = (
  sql: Sql,
  row: { reportIds: readonly bigint[]; outageIds: readonly (bigint | null)[] },
) => sql.run(assignReports, row);
