/** The lists behind supply and valves. */
import { buildingScope } from "#src/platform/scope.ts";
import { DOORS_OF_WINDOWS } from "#src/service/pressure-tests/index.ts";
import { inNamedAreas } from "../area-queries.ts";
import {
  ARRIVAL_MINUTES,
  DARK_BUILDINGS,
  IS_SUPPLIED,
  LEAKS,
  NOT_CLOSED,
  NOT_OPENED,
  SERIES_UNPAID,
  SUPPLIED_POINTS,
  TURNED_VALVES,
  VALID_SLIPS,
} from "../supply-queries.ts";
import { byPart, type ListDefinition, paged } from "./model.ts";

const HOME = { accountNo: "account", address: "text" } as const;

const supplied: ListDefinition = {
  columns: { ...HOME, milliM2: "milli-m2" },
  sql: paged(`select account.id, account.account_no as "accountNo", home.address,
      coalesce(sum(terms.billing_area_milli_m2), 0)::bigint as "milliM2"
    from ${SUPPLIED_POINTS} and (:station::bigint is null or exists (select 1 from buildings b join loops on loops.id = b.loop_id
      where b.id = home.building_id and loops.station_id = :station::bigint))
    group by account.id, account.account_no, home.address`),
};
const valves: ListDefinition = {
  columns: { ...HOME, valve: "code", effectiveOn: "day", reason: "text" },
  parts: ["open", "closed"],
  sql: paged(`select turned.id, account.account_no as "accountNo", home.address, turned.to_state as valve,
      turned.effective_on as "effectiveOn", turned.reason
    from ${TURNED_VALVES} and ${byPart({
      open: "turned.to_state = 'open'",
      closed: "turned.to_state in ('closed', 'sealed')",
    })}`),
};
const notOpened: ListDefinition = {
  columns: { ...HOME, taskSince: "time", dueAt: "time" },
  sql: paged(`select task.id, account.account_no as "accountNo", home.address, task.created_at as "taskSince",
      task.due_at as "dueAt" from ${NOT_OPENED}`),
};
const notClosed: ListDefinition = {
  columns: { ...HOME, openFen: "fen" },
  sql: paged(`select account.id, account.account_no as "accountNo", home.address, sum(b.open_fen)::bigint as "openFen"
    from ${NOT_CLOSED} group by account.id, account.account_no, home.address`),
};
const seriesUnpaid: ListDefinition = {
  columns: { ...HOME, openFen: "fen" },
  sql: paged(`select account.id, account.account_no as "accountNo", home.address, sum(b.open_fen)::bigint as "openFen"
    from ${SERIES_UNPAID} group by account.id, account.account_no, home.address`),
};
const outages: ListDefinition = {
  columns: { station: "text", building: "text", fromAt: "time", toAt: "time", minutes: "minutes" },
  sql: paged(`
    with ${DARK_BUILDINGS}
    select timed.building_id as id, station.name as station, community.name || b.name as building,
      lower(dark.hours) as "fromAt", upper(dark.hours) as "toAt", timed.seconds / 60 as minutes
    from timed join dark on dark.building_id = timed.building_id and dark.station_id = timed.station_id
    join stations station on station.id = timed.station_id
    join buildings b on b.id = timed.building_id join communities community on community.id = b.community_id`),
};
const darkHomes: ListDefinition = {
  columns: { ...HOME, station: "text", minutes: "minutes" },
  sql: paged(`
    with ${DARK_BUILDINGS}
    select account.id, account.account_no as "accountNo", home.address, station.name as station, timed.seconds / 60 as minutes
    from timed join stations station on station.id = timed.station_id
    join premises home on home.building_id = timed.building_id
    join heat_accounts account on account.premises_id = home.id and ${IS_SUPPLIED}`),
};
const leaks: ListDefinition = {
  columns: {
    ticketNo: "ticket",
    address: "text",
    state: "code",
    openedAt: "time",
    arrivedAt: "time",
    minutes: "minutes",
  },
  parts: ["all", "reached", "in-time"],
  sql: paged(`select t.id, t.ticket_no as "ticketNo",
      coalesce((select home.address from premises home where home.id = t.premises_id), t.address_text, '') as address, t.state,
      t.opened_at as "openedAt", way.stopped_at as "arrivedAt", ${ARRIVAL_MINUTES} as minutes
    from ${LEAKS} and ${byPart({ all: "true", reached: "way.stopped_at is not null", "in-time": "coalesce(way.met, false)" })}`),
};
const slips: ListDefinition = {
  columns: { ...HOME, measuredAt: "time", coldest: "tenths", outdoor: "tenths" },
  parts: ["valid", "passed", "failed"],
  sql: paged(`select slip.id, slip.account_no as "accountNo", slip.address, slip.measured_at as "measuredAt", slip.coldest,
      slip.outdoor_tenths as outdoor
    from ${VALID_SLIPS} and ${byPart({ valid: "true", passed: "slip.coldest >= 180", failed: "slip.coldest < 180" })}`),
};
const tests: ListDefinition = {
  columns: { building: "text", state: "code", startsAt: "time", endsAt: "time" },
  parts: ["planned", "passed", "failed", "moved", "postponed", "open"],
  sql: paged(`
    select test.id, community.name || b.name as building, coalesce(held.ended_by, test.state) as state,
      held.starts_at as "startsAt", held.ends_at as "endsAt"
    from pressure_windows held join pressure_tests test on test.id = held.test_id
    join buildings b on b.id = test.building_id join communities community on community.id = b.community_id
    where test.kind = 'pressure' and held.starts_at >= :from and held.starts_at < :to
      and (held.ended_at is null or held.ended_at >= :from) and ${buildingScope("test.building_id")}
      and ${inNamedAreas("test.building_id")} and ${byPart({
        planned: "true",
        passed: "held.ended_by is null and test.state = 'passed'",
        failed: "held.ended_by is null and test.state in ('failed', 'retesting')",
        moved: "held.ended_by = 'move'",
        postponed: "held.ended_by = 'postpone'",
        open: "held.ended_by is null and test.state not in ('passed', 'failed', 'retesting')",
      })}`),
};
/** Every door of the buildings that are tested on the days: whether it knows, and what was written down where nothing reached it. */
const testDoors: ListDefinition = {
  columns: { address: "text", way: "code", knock: "code" },
  parts: ["all", "reached", "named", "unnamed"],
  sql: paged(`
    select door.id, home.address, door.way, door.knock from (${DOORS_OF_WINDOWS(`
      select held.test_id, held.window_no from pressure_windows held join pressure_tests test on test.id = held.test_id
      where test.kind = 'pressure' and held.starts_at >= :from and held.starts_at < :to
        and (held.ended_at is null or held.ended_at >= :from) and ${buildingScope("test.building_id")}
        and ${inNamedAreas("test.building_id")}`)}) door
    join premises home on home.id = door.premises_id
    where ${byPart({
      all: "true",
      reached: "door.way <> 'nobody'",
      named: "door.way = 'nobody' and door.knock is not null",
      unnamed: "door.way = 'nobody' and door.knock is null",
    })}`),
};

export const SUPPLY_LISTS = {
  supplied,
  valves,
  notOpened,
  notClosed,
  seriesUnpaid,
  outages,
  leaks,
  slips,
  darkHomes,
  tests,
  testDoors,
};
