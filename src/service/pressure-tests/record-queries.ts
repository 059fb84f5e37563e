/** SQL on what is recorded about a test: tellings, papers with their photos, knocks, readings. */
import { buildingScope } from "#src/platform/scope.ts";
import type { Bindings, Sql } from "#src/platform/sql.ts";
import { stairwellOrder } from "#src/town/network/index.ts";
import type { DoorOutcome, TestPaper, Witness } from "./schema.ts";
import type { TestStage } from "./states.ts";

const addPosting = `
  insert into pressure_postings (test_id, window_no, unit_id, paper, file_id, posted_at, posted_by, posted_by_name)
  values (:testId, :windowNo, :unitId, :paper, :fileId, :now, :by, :byName)
  on conflict do nothing returning unit_id`;
/** False when this paper hangs there already. */
export const insertPosting = async (
  sql: Sql,
  row: {
    readonly testId: bigint;
    readonly windowNo: number;
    readonly unitId: bigint;
    readonly paper: TestPaper;
    readonly fileId: bigint;
    readonly now: Date;
    readonly by: bigint | null;
    readonly byName: string;
  },
): Promise<boolean> => (await sql.maybeOne(addPosting, row)) !== null;

export type PostingRow = {
  readonly unitId: bigint;
  readonly windowNo: number;
  readonly paper: TestPaper;
  readonly fileId: bigint;
  readonly postedAt: Date;
  readonly postedBy: string;
};
const postingsOf = `
  select unit_id as "unitId", window_no as "windowNo", paper, file_id as "fileId", posted_at as "postedAt",
    posted_by_name as "postedBy"
  from pressure_postings where test_id = :testId order by window_no, paper, unit_id`;
export const findPostings = (sql: Sql, testId: bigint) => sql.rows<PostingRow>(postingsOf, { testId });

const standsIn = `
  select exists (select 1 from units where id = :unitId and building_id = :buildingId) as found`;
export const isStairwellOf = async (
  sql: Sql,
  row: { readonly unitId: bigint; readonly buildingId: bigint },
): Promise<boolean> => (await sql.one<{ found: boolean }>(standsIn, row)).found;

export type StairwellRow = { readonly id: bigint; readonly name: string };
const stairwellsOf = `select id, name from units where building_id = :buildingId order by ${stairwellOrder("units")}`;
export const findStairwellsOf = (sql: Sql, buildingId: bigint) =>
  sql.rows<StairwellRow>(stairwellsOf, { buildingId });

const liesIn = `
  select exists (select 1 from premises where id = :premisesId and building_id = :buildingId) as found`;
export const isDoorOf = async (
  sql: Sql,
  row: { readonly premisesId: bigint; readonly buildingId: bigint },
): Promise<boolean> => (await sql.one<{ found: boolean }>(liesIn, row)).found;

const addDoor = `
  insert into pressure_doors (test_id, window_no, premises_id, paper, outcome, note, at, by_id, by_name)
  values (:testId, :windowNo, :premisesId, :paper, :outcome, :note, :now, :by, :byName) returning id`;
export const insertDoor = (
  sql: Sql,
  row: {
    readonly testId: bigint;
    readonly windowNo: number;
    readonly premisesId: bigint;
    readonly paper: TestPaper;
    readonly outcome: DoorOutcome;
    readonly note: string;
    readonly now: Date;
    readonly by: bigint | null;
    readonly byName: string;
  },
) => sql.one<{ id: bigint }>(addDoor, row);

export type ReadingRow = {
  readonly ordinal: number;
  readonly measuredAt: Date;
  readonly startKpa: number;
  readonly holdMinutes: number;
  readonly endKpa: number;
  readonly gaugeNo: string;
  readonly measurerName: string;
  readonly witnessName: string;
  readonly witnessOf: Witness;
  readonly note: string;
};
const addReading = `
  insert into pressure_readings (test_id, ordinal, measured_at, start_kpa, hold_minutes, end_kpa, gauge_no, measurer_name,
    witness_name, witness_of, note, recorded_at, recorded_by)
  select :testId, coalesce(max(ordinal), 0) + 1, :measuredAt, :startKpa, :holdMinutes, :endKpa, :gaugeNo, :measurerName,
    :witnessName, :witnessOf, :note, :now, :by
  from pressure_readings where test_id = :testId
  returning ordinal`;
/** The test is locked, so two of them do not get one number. */
export const insertReading = (
  sql: Sql,
  row: Omit<ReadingRow, "ordinal"> & {
    readonly testId: bigint;
    readonly now: Date;
    readonly by: bigint | null;
  },
) => sql.one<{ ordinal: number }>(addReading, row);

const readingsOf = `
  select ordinal, measured_at as "measuredAt", start_kpa as "startKpa", hold_minutes as "holdMinutes", end_kpa as "endKpa",
    gauge_no as "gaugeNo", measurer_name as "measurerName", witness_name as "witnessName", witness_of as "witnessOf", note
  from pressure_readings where test_id = :testId order by ordinal`;
export const findReadings = (sql: Sql, testId: bigint) => sql.rows<ReadingRow>(readingsOf, { testId });

export type TellingRow = {
  readonly windowNo: number;
  readonly stage: TestStage;
  readonly noticeId: bigint | null;
  readonly toldAt: Date;
};
const tellingsOf = `
  select window_no as "windowNo", stage, notice_id as "noticeId", told_at as "toldAt"
  from pressure_tellings where test_id = :testId order by id`;
export const findTellings = (sql: Sql, testId: bigint) => sql.rows<TellingRow>(tellingsOf, { testId });

// What has nothing to say any more is said by the change behind it.
const failedChanges = `
  select distinct on (test.id, telling.window_no) test.id, test.building_id as "buildingId",
    telling.window_no as "windowNo", case when message.state = 'skipped' then message.reason else message.state end as why
  from messages message join pressure_tellings telling on message.regarding = 'notice:' || telling.notice_id
  join pressure_tests test on test.id = telling.test_id
  where message.id = any(:messageIds::bigint[]) and telling.stage in ('moved', 'postponed', 'cancelled')
    and message.state in ('rejected', 'undelivered', 'expired', 'skipped')
    and message.reason not in ('test-window-gone', 'test-never-told')
  order by test.id, telling.window_no`;
/** The tests of whose change one of these messages did not tell a home. */
export const findFailedChanges = (sql: Sql, messageIds: readonly bigint[]) =>
  sql.rows<{ id: bigint; buildingId: bigint; windowNo: number; why: string }>(failedChanges, { messageIds });

// What was called off before it went told nobody: the same may be told by another notice.
const dropUntold = `
  delete from pressure_tellings telling using notices notice
  where notice.id = telling.notice_id and notice.state = 'cancelled' and telling.test_id = any(:testIds::bigint[])`;
const addTellings = `
  insert into pressure_tellings (test_id, window_no, stage, notice_id, told_at, told_by)
  select test.id, :windowNo, :stage, :noticeId, :now, :by from unnest(:testIds::bigint[]) test (id)`;
export const forgetUntold = (sql: Sql, testIds: readonly bigint[]) => sql.run(dropUntold, { testIds });
export const insertTellings = (
  sql: Sql,
  row: {
    readonly testIds: readonly bigint[];
    readonly windowNo: number;
    readonly stage: TestStage;
    readonly noticeId: bigint;
    readonly now: Date;
    readonly by: bigint | null;
  },
) => sql.run(addTellings, row);

/** Homes of a building that a notice of its move does not name: they heard nothing of the window before. */
const notNamed = (building: string, notice: string): string => `
    select account.account_no from premises home
    join heat_accounts account on account.premises_id = home.id and account.state <> 'closed'
    join notices moved on moved.id = ${notice}
    where home.building_id = ${building} and not moved.audience -> 'accountNos' ? account.account_no`;

/** Whoever was told of the move to a window was told of it, as well as a week before: all homes were when the move named them all. */
export const toldOfWindow = (
  test: string,
): string => `(telling.stage = :stage and telling.window_no = ${test}.window_no)
      or (:stage = 'week-before' and telling.stage = 'moved' and telling.window_no = ${test}.window_no - 1
        and not exists (${notNamed(`${test}.building_id`, "telling.notice_id")}))`;
const untold = `
  select test.id from unnest(:testIds::bigint[]) test (id)
  where not exists (select 1 from pressure_tellings telling join pressure_tests told on told.id = telling.test_id
    where telling.test_id = test.id and (${toldOfWindow("told")}))`;
/** Of these tests those whose present window was not told at this stage. */
export const findUntold = async (
  sql: Sql,
  row: { readonly testIds: readonly bigint[]; readonly stage: TestStage },
): Promise<ReadonlySet<bigint>> => new Set((await sql.rows<{ id: bigint }>(untold, row)).map(({ id }) => id));

const movedTo = `
  select test.id, coalesce((select array_agg(unnamed.account_no order by unnamed.account_no) from (${notNamed(
    "test.building_id",
    "telling.notice_id",
  )}) unnamed), '{}') as "accountNos"
  from pressure_tests test join pressure_tellings telling on telling.test_id = test.id and telling.stage = 'moved'
    and telling.window_no = test.window_no - 1
  where test.id = any(:testIds::bigint[])`;
/** Of tests whose homes hear, or are to hear, of the move to their window: the homes that the word of it does not name. */
export const findUnnamedByMove = async (
  sql: Sql,
  testIds: readonly bigint[],
): Promise<ReadonlyMap<bigint, readonly string[]>> =>
  new Map(
    (await sql.rows<{ id: bigint; accountNos: string[] }>(movedTo, { testIds })).map((row) => [
      row.id,
      row.accountNos,
    ]),
  );

// Of the test itself or of the one that it repeats: whatever two people approved last for just these homes.
const lastApproved = `
  select test.id, max(telling.notice_id) as "noticeId"
  from pressure_tests test
  join pressure_tellings telling on telling.test_id in (test.id, test.retest_of)
  join notices notice on notice.id = telling.notice_id and notice.approved_at is not null
  where test.id = any(:testIds::bigint[]) group by test.id`;
/** The notice whose approval covers the next one to these tests; null when one of them was never told of by an approved one. */
export const findApprovedBefore = async (sql: Sql, testIds: readonly bigint[]): Promise<bigint | null> => {
  const rows = await sql.rows<{ id: bigint; noticeId: bigint }>(lastApproved, { testIds });
  return rows.length < testIds.length ? null : (rows[0]?.noticeId ?? null);
};

const announcedTo = `
  select exists (select 1 from pressure_tellings where test_id = :testId and window_no <= :windowNo
    and stage in ('week-before', 'day-before')) as found`;
/** Whether this window or one before it was announced: then the firm knows of it, from there or from the changes since. */
export const wasAnnounced = async (
  sql: Sql,
  row: { readonly testId: bigint; readonly windowNo: number },
): Promise<boolean> => (await sql.one<{ found: boolean }>(announcedTo, row)).found;

const saveFirm = `
  insert into community_property_firms as firm (community_id, name, number, changed_at, changed_by)
  select community.id, :name, :number, :now, :by from communities community
  where community.id = :communityId and (:scopeKind::text = 'everything' or exists (
    select 1 from buildings building where building.community_id = community.id and ${buildingScope("building.id")}))
  on conflict (community_id) do update set name = excluded.name, number = excluded.number,
    changed_at = excluded.changed_at, changed_by = excluded.changed_by, version = firm.version + 1
  returning community_id`;
/** False when there is no such community, or no building of it lies in the actor's areas. */
export const upsertFirm = async (
  sql: Sql,
  row: Bindings & {
    readonly communityId: bigint;
    readonly name: string;
    readonly number: string;
    readonly now: Date;
    readonly by: bigint | null;
  },
): Promise<boolean> => (await sql.maybeOne(saveFirm, row)) !== null;
