/** What must hold over all tests, as SQL that returns offenders. An empty list is the proof. */
import type { Proof } from "#src/money/ledger/index.ts";

export const pressureProofs: readonly Proof[] = [
  {
    rule: "what passed a pressure test held what its round asks",
    sql: `
      select 'pressure_tests:' || test.id as row, 'a reading that holds' as expected,
        coalesce(last.start_kpa || '/' || last.hold_minutes || '/' || last.end_kpa, 'none') as found
      from pressure_tests test join pressure_rounds round on round.id = test.round_id
      left join lateral (select reading.start_kpa, reading.hold_minutes, reading.end_kpa from pressure_readings reading
        where reading.test_id = test.id order by reading.ordinal desc limit 1) last on true
      where test.kind = 'pressure' and test.state = 'passed' and (last.start_kpa >= round.required_kpa
        and last.hold_minutes >= round.hold_minutes and last.start_kpa - last.end_kpa <= round.allowed_drop_kpa) is not true`,
  },
  {
    rule: "the window of a test is the last of its windows, and stands as long as the test does",
    sql: `
      select 'pressure_tests:' || test.id as row, test.window_no || ' ' || test.state as expected,
        coalesce(held.window_no || ' ' || coalesce(held.ended_by, 'stands'), 'none') as found
      from pressure_tests test left join lateral (select past.window_no, past.ended_by from pressure_windows past
        where past.test_id = test.id order by past.window_no desc limit 1) held on true
      where held.window_no is distinct from test.window_no
        or (held.ended_by is null) = (test.state in ('postponed', 'cancelled'))`,
  },
  {
    rule: "nothing is announced of which nobody was told",
    sql: `
      select 'pressure_tests:' || test.id as row, 'told' as expected, 'untold' as found
      from pressure_tests test where test.state in ('announced', 'running', 'passed', 'failed', 'retesting')
        and not exists (select 1 from pressure_tellings telling where telling.test_id = test.id
          and telling.window_no = test.window_no and telling.stage in ('week-before', 'day-before'))`,
  },
  {
    rule: "no test was passed over a leak that ran",
    sql: `
      select 'pressure_leaks:' || leak.ticket_id as row, 'isolated' as expected, 'runs' as found
      from pressure_leaks leak join pressure_tests test on test.id = leak.test_id
      where test.state = 'passed' and leak.joined_at < test.ended_at
        and (leak.isolated_at is null or leak.isolated_at > test.ended_at)`,
  },
];
