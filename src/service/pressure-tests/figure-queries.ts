/** SQL on the figures of a day. */
import { buildingScope } from "#src/platform/scope.ts";
import type { Bindings, Sql } from "#src/platform/sql.ts";
import type { TestKind, TestState } from "./states.ts";

export type DayWindow = {
  readonly testId: bigint;
  readonly windowNo: number;
  readonly state: TestState;
  readonly isRetest: boolean;
  /** Of this window; null while it stands. */
  readonly endedBy: "move" | "postpone" | "cancel" | null;
};
// What was moved away before the day began was not planned for that day any more.
const windows = `
  select test.id as "testId", held.window_no as "windowNo", test.state, test.retest_of is not null as "isRetest",
    held.ended_by as "endedBy"
  from pressure_windows held join pressure_tests test on test.id = held.test_id
  where test.kind = :kind and held.starts_at >= :from and held.starts_at < :until
    and (held.ended_at is null or held.ended_at >= :from) and ${buildingScope("test.building_id")}
  order by test.id, held.window_no`;
/** Every window of a day that stood when the day began. */
export const findWindowsOfDay = (
  sql: Sql,
  query: Bindings & { readonly kind: TestKind; readonly from: Date; readonly until: Date },
) => sql.rows<DayWindow>(windows, query);

const told = `
  select telling.stage, count(recipient.account_id)::int as homes
  from unnest(:testIds::bigint[], :windowNos::int[]) asked (test_id, window_no)
  join pressure_tellings telling on telling.test_id = asked.test_id and telling.window_no = asked.window_no
  join pressure_tests test on test.id = asked.test_id
  join notice_recipients recipient on recipient.notice_id = telling.notice_id
  join heat_accounts account on account.id = recipient.account_id
  join premises home on home.id = account.premises_id and home.building_id = test.building_id
  group by telling.stage`;
/** How many homes these tests tell at each stage, by the audiences of their notices. */
export const countTold = (
  sql: Sql,
  query: { readonly testIds: readonly bigint[]; readonly windowNos: readonly number[] },
) => sql.rows<{ stage: string; homes: number }>(told, query);

const leaks = `
  select count(*)::int as leaks, count(leak.isolated_at)::int as isolated
  from pressure_leaks leak where leak.test_id = any(:testIds::bigint[])`;
export const countLeaks = (sql: Sql, testIds: readonly bigint[]) =>
  sql.one<{ leaks: number; isolated: number }>(leaks, { testIds });
