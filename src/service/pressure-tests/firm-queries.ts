/** SQL on property firms: who looks after a building, and what was said to whom. */
import type { Sql } from "#src/platform/sql.ts";
import type { TestStage } from "./states.ts";

export type FirmRow = { readonly number: string; readonly place: string; readonly buildings: number };
// A firm that runs the station itself is told by the number that stands there, unless the community names another.
const firmsOf = `
  select coalesce(firm.number, station.property_firm_phone) as number, min(community.name) as place,
    count(*)::int as buildings
  from buildings building
  join communities community on community.id = building.community_id
  join loops on loops.id = building.loop_id join stations station on station.id = loops.station_id
  left join community_property_firms firm on firm.community_id = community.id
  where building.id = any(:buildingIds::bigint[]) and coalesce(firm.number, station.property_firm_phone, '') <> ''
  group by 1 order by 1`;
/** Each firm once, with how many of these buildings it looks after. */
export const findFirms = (sql: Sql, buildingIds: readonly bigint[]) =>
  sql.rows<FirmRow>(firmsOf, { buildingIds });

export type FirmWord = {
  readonly windowNo: number;
  readonly stage: TestStage;
  readonly state: string;
  readonly reason: string;
  readonly at: Date;
};
// One message speaks of all tests that one notice tells of, and stands under the first of them.
const wordsOf = `
  with about as (
    select distinct 'pressure-test:' || other.test_id as regarding, mine.stage, mine.window_no::text as window_no
    from pressure_tellings mine join pressure_tellings other on other.notice_id = mine.notice_id
    where mine.test_id = :testId
    union select 'pressure-test:' || :testId::bigint, null, null)
  select distinct on (message.id) split_part(message.step, ':', 3)::int as "windowNo",
    split_part(message.step, ':', 4) as stage, message.state, message.reason, message.changed_at as at
  from about join messages message on message.regarding = about.regarding and message.template = :template
    and (about.stage is null
      or (about.stage = split_part(message.step, ':', 4) and about.window_no = split_part(message.step, ':', 3)))
  order by message.id`;
/** What the firm of a test was told, and what became of it. */
export const findFirmWords = (sql: Sql, query: { readonly testId: bigint; readonly template: string }) =>
  sql.rows<FirmWord>(wordsOf, query);

const firmOfBuilding = `
  select coalesce(firm.name, '') as name, coalesce(firm.number, station.property_firm_phone) as number
  from buildings building join loops on loops.id = building.loop_id join stations station on station.id = loops.station_id
  left join community_property_firms firm on firm.community_id = building.community_id
  where building.id = :buildingId and coalesce(firm.number, station.property_firm_phone, '') <> ''`;
export const findFirmOfBuilding = (sql: Sql, buildingId: bigint) =>
  sql.maybeOne<{ name: string; number: string }>(firmOfBuilding, { buildingId });

const failedWords = `
  select message.step, message.state, split_part(message.step, ':', 2)::bigint as "testId"
  from messages message
  where message.id = any(:messageIds::bigint[]) and message.template = :template
    and message.step ~ '^pressure-test:[0-9]{1,18}:' and message.state in ('rejected', 'undelivered', 'expired', 'skipped')
  order by message.id`;
export const findFailedFirmWords = (
  sql: Sql,
  query: { readonly messageIds: readonly bigint[]; readonly template: string },
) => sql.rows<{ step: string; state: string; testId: bigint }>(failedWords, query);

// A word ahead speaks of all tests of its notice, a change of the one that it stands under.
const overTaken = `
  select asked.message_id as "messageId"
  from unnest(:messageIds::bigint[], :testIds::bigint[], :windowNos::int[], :stages::text[])
    asked (message_id, test_id, window_no, stage)
  where case when asked.stage in ('moved', 'postponed') then exists (
    select 1 from pressure_tests test where test.id = asked.test_id and case asked.stage
      when 'moved' then test.window_no <> asked.window_no + 1 or test.state in ('postponed', 'cancelled')
      else test.window_no <> asked.window_no or test.state = 'cancelled' end)
  else not exists (
    select 1 from pressure_tellings said join pressure_tellings along on along.notice_id = said.notice_id
    join pressure_tests test on test.id = along.test_id
    where said.test_id = asked.test_id and said.window_no = asked.window_no and said.stage = asked.stage
      and test.window_no = along.window_no and test.state not in ('postponed', 'cancelled')) end`;
/** Of these words about a window, or a change of one, those that do not hold any more. */
export const findOverTakenFirmWords = (
  sql: Sql,
  asked: {
    readonly messageIds: readonly bigint[];
    readonly testIds: readonly bigint[];
    readonly windowNos: readonly number[];
    readonly stages: readonly string[];
  },
) => sql.rows<{ messageId: bigint }>(overTaken, asked);
