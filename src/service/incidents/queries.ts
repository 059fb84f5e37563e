/** SQL on incidents, their buildings and what was said about them. */
import { buildingScope } from "#src/platform/scope.ts";
import type { Sql } from "#src/platform/sql.ts";
import type { Incident, StoredUpdate, UpdateKind } from "./schema.ts";

export type ScopeBindings = {
  readonly scopeKind: string;
  readonly scopeIds: readonly bigint[];
  readonly scopeDay: string;
};

const COLUMNS = `incident.id, incident.kind_code as "kindCode", kind.name as "kindName", kind.name_en as "kindNameEn",
  kind.script as "kindScript", kind.script_en as "kindScriptEn", incident.title, incident.state,
  incident.heat_source_id as "heatSourceId", incident.station_id as "stationId", incident.loop_id as "loopId",
  incident.opened_by_kind as "openedByKind", incident.outage_id as "outageId",
  incident.script, incident.script_en as "scriptEn", incident.starts_at as "startsAt",
  incident.expected_back_at as "expectedBackAt", incident.opened_at as "openedAt",
  incident.restored_at as "restoredAt", incident.closed_at as "closedAt", incident.evidence,
  incident.evidence_kind as "evidenceKind", incident.evidence_ref as "evidenceRef", incident.version`;
const FROM = `from incidents incident join incident_kinds kind on kind.code = incident.kind_code`;

/** Whoever is bound to areas sees what touches one of their buildings, now or before. */
const TOUCHES = `(:scopeKind::text = 'everything' or exists (
  select 1 from incident_buildings touched where touched.incident_id = incident.id
    and ${buildingScope("touched.building_id")}))`;

const kindByCode = `
  select code, name, name_en as "nameEn", script, script_en as "scriptEn" from incident_kinds where code = :code`;
export const listKindCodes = async (sql: Sql): Promise<readonly string[]> =>
  (await sql.rows<{ code: string }>(`select code from incident_kinds order by code`)).map(({ code }) => code);
export const findKind = (sql: Sql, code: string) =>
  sql.maybeOne<{ code: string; name: string; nameEn: string; script: string; scriptEn: string }>(kindByCode, {
    code,
  });

export type NewIncidentRow = {
  kind: string;
  title: string;
  heatSourceId: bigint | null;
  stationId: bigint | null;
  loopId: bigint | null;
  openedByKind: string;
  outageId: bigint | null;
  ruleId: bigint | null;
  rulePlace: string | null;
  script: string | null;
  scriptEn: string | null;
  startsAt: Date;
  expectedBackAt: Date | null;
  now: Date;
  openedBy: bigint | null;
};
const addIncident = `
  insert into incidents (kind_code, title, heat_source_id, station_id, loop_id, opened_by_kind, outage_id, rule_id,
    rule_place, script, script_en, starts_at, expected_back_at, opened_at, opened_by)
  values (:kind, :title, :heatSourceId, :stationId, :loopId, :openedByKind, :outageId, :ruleId, :rulePlace, :script,
    :scriptEn, :startsAt, :expectedBackAt, :now, :openedBy)
  on conflict do nothing returning id`;
/** Null when the outage or the rule's place has its incident. */
export const insertIncident = (sql: Sql, row: NewIncidentRow) =>
  sql.maybeOne<{ id: bigint }>(addIncident, row);

const sameCause = `
  select id from incidents where (:outageId::bigint is not null and outage_id = :outageId::bigint)
    or (:ruleId::bigint is not null and rule_id = :ruleId::bigint and rule_place = :rulePlace::text
      and closed_at is null)`;
export const findOfCause = (
  sql: Sql,
  cause: { outageId: bigint | null; ruleId: bigint | null; rulePlace: string | null },
) => sql.maybeOne<{ id: bigint }>(sameCause, cause);

// People and rules are often quicker than the dispatch centre: the fault they opened is the same one.
const adopt = `
  update incidents set outage_id = :outageId, version = version + 1
  where id = (select id from incidents where closed_at is null and outage_id is null
      and heat_source_id is not distinct from :heatSourceId::bigint and station_id is not distinct from :stationId::bigint
      and loop_id is not distinct from :loopId::bigint and num_nonnulls(heat_source_id, station_id, loop_id) = 1
      order by id limit 1 for no key update)
  returning id`;
/** Ties the standing incident of the same source, station or loop to an outage; null when there is none. */
export const adoptIncident = (
  sql: Sql,
  row: { outageId: bigint; heatSourceId: bigint | null; stationId: bigint | null; loopId: bigint | null },
) => sql.maybeOne<{ id: bigint }>(adopt, row);

const addBuildings = `
  insert into incident_buildings (incident_id, building_id, from_at)
  select :incidentId, building_id, :from from unnest(:buildingIds::bigint[]) building_id
  on conflict do nothing`;
/** From that instant without heat. */
export const insertBuildings = (
  sql: Sql,
  row: { incidentId: bigint; buildingIds: readonly bigint[]; from: Date },
) => sql.run(addBuildings, row);

const releaseSome = `
  update incident_buildings set to_at = greatest(from_at, :at::timestamptz)
  where incident_id = :incidentId and to_at is null
    and (:buildingIds::bigint[] is null or building_id = any(:buildingIds::bigint[]))
  returning building_id as "buildingId"`;
/** Ends them for the buildings given, or for all. */
export const releaseRows = (
  sql: Sql,
  row: { incidentId: bigint; buildingIds: readonly bigint[] | null; at: Date },
) => sql.rows<{ buildingId: bigint }>(releaseSome, row);

const dropOld = `
  delete from incident_buildings kept where kept.incident_id = :incidentId and not exists (
    select 1 from building_outages told where told.outage_id = :outageId and told.building_id = kept.building_id
      and lower(told.valid) = kept.from_at)`;
const copyNew = `
  insert into incident_buildings as kept (incident_id, building_id, from_at, to_at)
  select :incidentId, building_id, lower(valid), upper(valid) from building_outages where outage_id = :outageId
  on conflict (incident_id, building_id, from_at) do update set to_at = excluded.to_at
    where kept.to_at is distinct from excluded.to_at`;
/** Makes the rows of an incident those of its outage, as the network was and is switched. */
export const mirrorOutage = async (
  sql: Sql,
  row: { incidentId: bigint; outageId: bigint },
): Promise<void> => {
  await sql.run(dropOld, row);
  await sql.run(copyNew, row);
};

const standingBuildings = `
  select building_id as "buildingId" from incident_buildings
  where incident_id = :incidentId and from_at <= :at and (to_at is null or to_at > :at) order by building_id`;
export const findStandingBuildings = async (
  sql: Sql,
  row: { incidentId: bigint; at: Date },
): Promise<bigint[]> =>
  (await sql.rows<{ buildingId: bigint }>(standingBuildings, row)).map(({ buildingId }) => buildingId);

const everBuildings = `
  select distinct building_id as "buildingId" from incident_buildings where incident_id = :incidentId`;
export const findBuildingsEver = async (sql: Sql, incidentId: bigint): Promise<bigint[]> =>
  (await sql.rows<{ buildingId: bigint }>(everBuildings, { incidentId })).map(({ buildingId }) => buildingId);

const startedBuildings = `
  select exists (select 1 from incident_buildings where incident_id = :incidentId and from_at <= :at) as started`;
export const hasBegun = async (sql: Sql, row: { incidentId: bigint; at: Date }): Promise<boolean> =>
  (await sql.one<{ started: boolean }>(startedBuildings, row)).started;

const byId = `select ${COLUMNS} ${FROM} where incident.id = :id`;
export const findIncidentRow = (sql: Sql, id: bigint) => sql.maybeOne<Incident>(byId, { id });
const shareById = `${byId} for share of incident`;
/** Nobody closes or changes it until the transaction ends; others may join beside. */
export const shareIncidentRow = (sql: Sql, id: bigint) => sql.maybeOne<Incident>(shareById, { id });
const lockById = `${byId} for no key update of incident`;
export const lockIncidentRow = (sql: Sql, id: bigint) => sql.maybeOne<Incident>(lockById, { id });

const inScope = `select ${COLUMNS} ${FROM} where incident.id = :id and ${TOUCHES}`;
export const findIncidentInScope = (sql: Sql, query: ScopeBindings & { id: bigint }) =>
  sql.maybeOne<Incident>(inScope, query);

const page = `
  select ${COLUMNS} ${FROM}
  where (:beforeId::bigint is null or incident.id < :beforeId::bigint) and ${TOUCHES}
    and (:states::text[] is null or incident.state = any(:states::text[]))
  order by incident.id desc limit :limit::integer`;
export const listIncidentRows = (
  sql: Sql,
  query: ScopeBindings & { beforeId: bigint | null; states: readonly string[] | null; limit: number },
) => sql.rows<Incident>(page, query);

const outsideScope = `
  select exists (select 1 from unnest(:buildingIds::bigint[]) asked (building_id)
    where not ${buildingScope("asked.building_id")}) as found`;
/** Whether one of these buildings lies outside the caller's areas. */
export const reachesBeyond = async (
  sql: Sql,
  query: ScopeBindings & { buildingIds: readonly bigint[] },
): Promise<boolean> => (await sql.one<{ found: boolean }>(outsideScope, query)).found;

const standingOfSupply = `
  select id from incidents where closed_at is null and outage_id is not null order by id`;
export const findStandingOfSupply = async (sql: Sql): Promise<bigint[]> =>
  (await sql.rows<{ id: bigint }>(standingOfSupply)).map(({ id }) => id);

const change = `
  update incidents set state = :state, expected_back_at = :expectedBackAt, script = :script, script_en = :scriptEn,
    restored_at = case when :state = 'restored' then :now::timestamptz when :state = 'open' then null else restored_at end,
    version = version + 1
  where id = :id returning version`;
export const changeIncident = (
  sql: Sql,
  row: {
    id: bigint;
    state: string;
    expectedBackAt: Date | null;
    script: string | null;
    scriptEn: string | null;
    now: Date;
  },
) => sql.one<{ version: number }>(change, row);

const finish = `
  update incidents set state = :state, closed_at = :now, closed_by = :closedBy, evidence = :evidence,
    evidence_kind = :evidenceKind, evidence_ref = :evidenceRef, version = version + 1
  where id = :id returning version`;
export const finishIncident = (
  sql: Sql,
  row: {
    id: bigint;
    state: "closed" | "cancelled";
    evidence: string;
    evidenceKind: string | null;
    evidenceRef: string | null;
    now: Date;
    closedBy: bigint | null;
  },
) => sql.one<{ version: number }>(finish, row);

const EVIDENCE_TABLES = {
  file: "stored_files",
  "work-order": "work_orders",
  slip: "temperature_slips",
  call: "calls",
  report: "supply_reports",
  ticket: "tickets",
} as const;
const evidenceExists = `select case :word::text
  ${Object.entries(EVIDENCE_TABLES)
    .map(([word, table]) => `when '${word}' then exists (select 1 from ${table} where id = :id)`)
    .join("\n  ")} else false end as found`;
/** Whether what is named as evidence (`work-order:9`) is there. */
export const hasEvidence = async (sql: Sql, row: { word: string; id: bigint }): Promise<boolean> =>
  (await sql.one<{ found: boolean }>(evidenceExists, row)).found;
export const EVIDENCE_WORDS = Object.keys(EVIDENCE_TABLES);

const reopen = `
  update incidents set state = 'open', closed_at = null, closed_by = null, evidence = '', evidence_kind = null,
    evidence_ref = null, restored_at = null, expected_back_at = null, version = version + 1
  where id = :id and (rule_id is null or not exists (select 1 from incidents other
    where other.rule_id = incidents.rule_id and other.rule_place = incidents.rule_place and other.closed_at is null))
  returning version`;
/** Null when the rule has opened another one for its place since. */
export const reopenRow = (sql: Sql, id: bigint) => sql.maybeOne<{ version: number }>(reopen, { id });

const addUpdate = `
  insert into incident_updates (incident_id, kind, text, expected_back_at, buildings, building_ids, at, by_id, by_name)
  values (:incidentId, :kind, :text, :expectedBackAt, cardinality(:buildingIds::bigint[]), :buildingIds::bigint[], :now,
    :byId, :byName)
  returning id`;
export const insertUpdate = (
  sql: Sql,
  row: {
    incidentId: bigint;
    kind: UpdateKind;
    text: string;
    expectedBackAt: Date | null;
    buildingIds: readonly bigint[];
    now: Date;
    byId: bigint | null;
    byName: string;
  },
) => sql.one<{ id: bigint }>(addUpdate, row);

const updatesOf = `
  select id, incident_id as "incidentId", kind, text, expected_back_at as "expectedBackAt", buildings, at,
    by_name as "byName"
  from incident_updates where incident_id = :incidentId order by id`;
export const findUpdates = (sql: Sql, incidentId: bigint) =>
  sql.rows<StoredUpdate>(updatesOf, { incidentId });

const forBuilding = `
  select incident.id as "incidentId", incident.kind_code as "kindCode", incident.title, incident.starts_at as "startsAt",
    incident.expected_back_at as "expectedBackAt", coalesce(incident.script, kind.script) as script,
    coalesce(incident.script_en, kind.script_en) as "scriptEn", community.name || building.name as place
  from incident_buildings held
  join incidents incident on incident.id = held.incident_id and incident.state = 'open'
  join incident_kinds kind on kind.code = incident.kind_code
  join buildings building on building.id = held.building_id
  join communities community on community.id = building.community_id
  where held.building_id = :buildingId and held.from_at <= :at and (held.to_at is null or held.to_at > :at)
    and (:category::text is null or exists (select 1 from incident_kind_categories belongs
      where belongs.kind_code = incident.kind_code and belongs.category_code = :category::text))
  order by incident.outage_id is null, incident.id desc limit 1`;
export type BuildingIncidentRow = {
  readonly incidentId: bigint;
  readonly kindCode: string;
  readonly title: string;
  readonly startsAt: Date;
  readonly expectedBackAt: Date | null;
  readonly script: string;
  readonly scriptEn: string;
  readonly place: string;
};
/** What the dispatch centre knows of stands before what people suppose; then the latest. */
export const findForBuilding = (sql: Sql, query: { buildingId: bigint; at: Date; category: string | null }) =>
  sql.maybeOne<BuildingIncidentRow>(forBuilding, query);

const assetName = `
  select coalesce((select name from heat_sources where id = :heatSourceId::bigint),
    (select name from stations where id = :stationId::bigint),
    (select stations.name || ' ' || loops.code from loops join stations on stations.id = loops.station_id
      where loops.id = :loopId::bigint),
    (select string_agg(community.name || building.name, '、' order by building.id)
      from (select * from buildings where id = any(:buildingIds::bigint[]) order by id limit 3) building
      join communities community on community.id = building.community_id)) as name`;
export const findAssetName = async (
  sql: Sql,
  asset: {
    heatSourceId: bigint | null;
    stationId: bigint | null;
    loopId: bigint | null;
    buildingIds: readonly bigint[];
  },
): Promise<string> => (await sql.one<{ name: string | null }>(assetName, asset)).name ?? "";
