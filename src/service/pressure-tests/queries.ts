/** SQL on rounds, tests and their windows. */
import { buildingScope } from "#src/platform/scope.ts";
import type { Bindings, Sql } from "#src/platform/sql.ts";
import { toldOfWindow } from "./record-queries.ts";
import type { Round, Test } from "./schema.ts";
import type { TestKind, TestState } from "./states.ts";

const ROUND = `round.id, round.kind, round.title, round.station_id as "stationId", round.loop_id as "loopId",
  round.contact_name as "contactName", round.contact_number as "contactNumber", round.required_kpa as "requiredKpa",
  round.hold_minutes as "holdMinutes", round.allowed_drop_kpa as "allowedDropKpa", round.note,
  round.planned_at as "plannedAt"`;

const TEST = `test.id, test.round_id as "roundId", test.kind, test.building_id as "buildingId", building.name as building,
  community.id as "communityId", community.name as community, test.retest_of as "retestOf", test.state, test.window_no as "windowNo",
  test.starts_at as "startsAt", test.ends_at as "endsAt", test.begun_at as "begunAt", test.ended_at as "endedAt",
  test.result_note as "resultNote", test.version`;
const FROM = `from pressure_tests test join buildings building on building.id = test.building_id
  join communities community on community.id = building.community_id`;

const IN_SCOPE = buildingScope("test.building_id");

const addRound = `
  insert into pressure_rounds (kind, title, station_id, loop_id, contact_name, contact_number, required_kpa, hold_minutes,
    allowed_drop_kpa, note, planned_at, planned_by)
  values (:kind, :title, :stationId, :loopId, :contactName, :contactNumber, :requiredKpa, :holdMinutes, :allowedDropKpa,
    :note, :now, :plannedBy)
  returning id`;
export const insertRound = (
  sql: Sql,
  row: Omit<Round, "id" | "plannedAt"> & { readonly now: Date; readonly plannedBy: bigint | null },
) => sql.one<{ id: bigint }>(addRound, row);

export type NewTest = {
  readonly buildingId: bigint;
  readonly startsAt: Date;
  readonly endsAt: Date;
};
const addTests = `
  with planned as (
    insert into pressure_tests (round_id, building_id, kind, retest_of, starts_at, ends_at)
    select :roundId, t.building, :kind, :retestOf::bigint, t.starts, t.ends
    from unnest(:buildingIds::bigint[], :starts::timestamptz[], :ends::timestamptz[]) t (building, starts, ends)
    order by t.building
    on conflict (building_id, kind) where state in ('planned', 'announced', 'running', 'postponed') do nothing
    returning id, building_id, starts_at, ends_at
  ), windows as (
    insert into pressure_windows (test_id, window_no, starts_at, ends_at)
    select id, 1, starts_at, ends_at from planned
  )
  select id, building_id as "buildingId" from planned order by id`;
/** With their first windows. A building that has a test ahead is left out. */
export const insertTests = (
  sql: Sql,
  row: {
    readonly roundId: bigint;
    readonly kind: TestKind;
    readonly retestOf: bigint | null;
    readonly tests: readonly NewTest[];
  },
) =>
  sql.rows<{ id: bigint; buildingId: bigint }>(addTests, {
    roundId: row.roundId,
    kind: row.kind,
    retestOf: row.retestOf,
    buildingIds: row.tests.map((test) => test.buildingId),
    starts: row.tests.map((test) => test.startsAt),
    ends: row.tests.map((test) => test.endsAt),
  });

const namesOf = `
  select community.name || building.name as name, building.id from buildings building
  join communities community on community.id = building.community_id
  where building.id = any(:ids::bigint[]) order by building.id limit 20`;
export const findBuildingNames = (sql: Sql, ids: readonly bigint[]) =>
  sql.rows<{ id: bigint; name: string }>(namesOf, { ids });

const plannable = `
  select building.id, building.name, community.id as "communityId", community.name as community,
    (select test.id from pressure_tests test where test.building_id = building.id and test.kind = :kind
      and test.state in ('planned', 'announced', 'running', 'postponed')) as "aheadId"
  from buildings building join communities community on community.id = building.community_id
  where building.id = any(:buildingIds::bigint[]) and ${buildingScope("building.id")}
  order by community.name, community.id, length(building.name), building.name`;
/** Those of these buildings that lie in the caller's areas, each with the test that it has ahead. */
export const findPlannable = (
  sql: Sql,
  query: Bindings & { readonly kind: TestKind; readonly buildingIds: readonly bigint[] },
) =>
  sql.rows<{
    readonly id: bigint;
    readonly name: string;
    readonly communityId: bigint;
    readonly community: string;
    readonly aheadId: bigint | null;
  }>(plannable, query);

const assetName = `
  select coalesce((select name from stations where id = :stationId::bigint),
    (select station.name || ' ' || loops.code from loops join stations station on station.id = loops.station_id
      where loops.id = :loopId::bigint)) as name`;
export const findAssetName = async (
  sql: Sql,
  asset: { readonly stationId: bigint | null; readonly loopId: bigint | null },
): Promise<string | null> => (await sql.one<{ name: string | null }>(assetName, asset)).name;

const outsideScope = `
  select exists (select 1 from unnest(:buildingIds::bigint[]) asked (building_id)
    where not ${buildingScope("asked.building_id")}) as found`;
/** Whether one of these buildings lies outside the caller's areas. */
export const reachesBeyond = async (
  sql: Sql,
  query: Bindings & { readonly buildingIds: readonly bigint[] },
): Promise<boolean> => (await sql.one<{ found: boolean }>(outsideScope, query)).found;

const roundById = `select ${ROUND} from pressure_rounds round where round.id = :id`;
export const findRound = (sql: Sql, id: bigint) => sql.maybeOne<Round>(roundById, { id });

const TOUCHES = `exists (select 1 from pressure_tests test where test.round_id = round.id and ${IN_SCOPE})`;
const roundInScope = `select ${ROUND} from pressure_rounds round where round.id = :id and ${TOUCHES}`;
export const findRoundInScope = (sql: Sql, id: bigint, scope: Bindings) =>
  sql.maybeOne<Round>(roundInScope, { id, ...scope });

const roundPage = `
  select ${ROUND} from pressure_rounds round
  where (:beforeId::bigint is null or round.id < :beforeId::bigint) and ${TOUCHES}
  order by round.id desc limit :limit::integer`;
export const listRounds = (
  sql: Sql,
  query: Bindings & { readonly beforeId: bigint | null; readonly limit: number },
) => sql.rows<Round>(roundPage, query);

const testById = `select ${TEST} ${FROM} where test.id = :id`;
export const findTest = (sql: Sql, id: bigint) => sql.maybeOne<Test>(testById, { id });
const testInScope = `${testById} and ${IN_SCOPE}`;
export const findTestInScope = (sql: Sql, id: bigint, scope: Bindings) =>
  sql.maybeOne<Test>(testInScope, { id, ...scope });
const lockInScope = `${testInScope} for no key update of test`;
export const lockTestInScope = (sql: Sql, id: bigint, scope: Bindings) =>
  sql.maybeOne<Test>(lockInScope, { id, ...scope });

const testsOfRound = `select ${TEST} ${FROM} where test.round_id = :roundId and ${IN_SCOPE} order by test.id`;
export const findTestsOfRound = (sql: Sql, roundId: bigint, scope: Bindings) =>
  sql.rows<Test>(testsOfRound, { roundId, ...scope });

// A cold run lasts for days: whatever touches one of them stands in the calendar of each.
const testPage = `
  select ${TEST} ${FROM}
  where (:afterId::bigint is null or test.id > :afterId::bigint) and ${IN_SCOPE}
    and (:from::timestamptz is null or test.ends_at > :from::timestamptz)
    and (:until::timestamptz is null or test.starts_at < :until::timestamptz)
    and (:states::text[] is null or test.state = any(:states::text[]))
    and (:kind::text is null or test.kind = :kind::text)
    and (:roundId::bigint is null or test.round_id = :roundId::bigint)
    and (:buildingId::bigint is null or test.building_id = :buildingId::bigint)
  order by test.id limit :limit::integer`;
export type TestFilter = {
  readonly afterId: bigint | null;
  readonly from: Date | null;
  readonly until: Date | null;
  readonly states: readonly TestState[] | null;
  readonly kind: TestKind | null;
  readonly roundId: bigint | null;
  readonly buildingId: bigint | null;
  readonly limit: number;
};
export const listTests = (sql: Sql, query: Bindings & TestFilter) => sql.rows<Test>(testPage, query);

export type BuildingTest = {
  readonly id: bigint;
  readonly kind: TestKind;
  readonly state: TestState;
  readonly startsAt: Date | null;
  readonly endsAt: Date | null;
  readonly contactName: string;
  readonly contactNumber: string;
};
// Also a test that was to be today and is not: people ask about just that.
const ofBuilding = `
  select test.id, test.kind, test.state, test.starts_at as "startsAt", test.ends_at as "endsAt",
    round.contact_name as "contactName", round.contact_number as "contactNumber"
  from pressure_tests test join pressure_rounds round on round.id = test.round_id
  where test.building_id = :buildingId and exists (select 1 from pressure_windows held
    where held.test_id = test.id and held.starts_at < :until and held.ends_at > :from)
  order by test.id`;
export const findTestsOfBuilding = (
  sql: Sql,
  query: { readonly buildingId: bigint; readonly from: Date; readonly until: Date },
) => sql.rows<BuildingTest>(ofBuilding, query);

export type TestPatch = {
  readonly windowNo?: number;
  readonly startsAt?: Date | null;
  readonly endsAt?: Date | null;
  readonly begunAt?: Date | null;
  readonly endedAt?: Date;
  readonly resultNote?: string;
};
const moveState = `
  update pressure_tests set state = :to, window_no = :windowNo, starts_at = :startsAt, ends_at = :endsAt,
    begun_at = :begunAt, ended_at = :endedAt, result_note = :resultNote, version = version + 1
  where id = :id and version = :version and state = :from returning version`;
/** Null when the test is not the one that was read. */
export const moveTest = (sql: Sql, test: Test, to: TestState, patch: TestPatch) =>
  sql.maybeOne<{ version: number }>(moveState, {
    windowNo: test.windowNo,
    startsAt: test.startsAt,
    endsAt: test.endsAt,
    begunAt: test.begunAt,
    endedAt: test.endedAt,
    resultNote: test.resultNote,
    ...patch,
    id: test.id,
    version: test.version,
    from: test.state,
    to,
  });

const endWindow = `
  update pressure_windows set ended_by = :endedBy, ended_at = :now, reason = :reason
  where test_id = :testId and window_no = :windowNo and ended_by is null`;
export const closeWindow = (
  sql: Sql,
  row: {
    readonly testId: bigint;
    readonly windowNo: number;
    readonly endedBy: "move" | "postpone" | "cancel";
    readonly reason: string;
    readonly now: Date;
  },
) => sql.run(endWindow, row);
const addWindow = `
  insert into pressure_windows (test_id, window_no, starts_at, ends_at) values (:testId, :windowNo, :startsAt, :endsAt)`;
export const openWindow = (
  sql: Sql,
  row: { readonly testId: bigint; readonly windowNo: number; readonly startsAt: Date; readonly endsAt: Date },
) => sql.run(addWindow, row);

export type WindowRow = {
  readonly windowNo: number;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly endedBy: string | null;
  readonly endedAt: Date | null;
  readonly reason: string;
};
const windowsOf = `
  select window_no as "windowNo", starts_at as "startsAt", ends_at as "endsAt", ended_by as "endedBy",
    ended_at as "endedAt", reason
  from pressure_windows where test_id = :testId order by window_no`;
export const findWindows = (sql: Sql, testId: bigint) => sql.rows<WindowRow>(windowsOf, { testId });

const lockMany = `
  select ${TEST} ${FROM} where test.id = any(:ids::bigint[]) order by test.id for no key update of test`;
/** In the order of their ids. */
export const lockTests = (sql: Sql, ids: readonly bigint[]) => sql.rows<Test>(lockMany, { ids });

const roundsToTell = `
  select distinct test.round_id as id from pressure_tests test
  where test.state in ('planned', 'announced') and test.starts_at > :from and test.starts_at < :until
    and not exists (select 1 from pressure_tellings telling
      left join notices notice on notice.id = telling.notice_id
      where telling.test_id = test.id and (${toldOfWindow("test")})
        and notice.state is distinct from 'cancelled')
  order by 1`;
export const findRoundsToTell = (
  sql: Sql,
  query: { readonly stage: string; readonly from: Date; readonly until: Date },
) => sql.rows<{ id: bigint }>(roundsToTell, query);

const unused = `
  select test.id from pressure_tests test
  where test.state in ('planned', 'announced', 'running') and test.ends_at <= :now
    and not exists (select 1 from tasks task where task.kind = :kind
      and task.source = 'pressure-test:' || test.id || ':' || test.window_no || ':unused')
  order by test.id limit :limit::int`;
/** Tests whose window is over, that were not carried through, and of which nobody was told yet: those that wait hide no other. */
export const findUnused = (
  sql: Sql,
  query: { readonly now: Date; readonly kind: string; readonly limit: number },
) => sql.rows<{ id: bigint }>(unused, query);
