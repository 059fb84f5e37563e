/** The lists behind supply and valves. */
import { buildingScope } from "#src/platform/scope.ts";
import { inNamedAreas } from "../area-queries.ts";
import {
  ARRIVAL_MINUTES,
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
    from ${SUPPLIED_POINTS} group by account.id, account.account_no, home.address`),
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
  columns: { station: "text", building: "text", fromAt: "time", toAt: "time" },
  sql: paged(`
    select row_number() over (order by road.building_id, road.outage_id) as id, station.name as station,
      community.name || b.name as building, lower(road.valid) as "fromAt", upper(road.valid) as "toAt"
    from building_outages road join buildings b on b.id = road.building_id join loops on loops.id = b.loop_id
    join stations station on station.id = loops.station_id join communities community on community.id = b.community_id
    where road.valid && tstzrange(:from::timestamptz, :cut::timestamptz)
      and ${buildingScope("road.building_id")} and ${inNamedAreas("road.building_id")}
      and (:station::bigint is null or loops.station_id = :station::bigint)`),
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
  sql: paged(`
    select test.id, community.name || b.name as building, coalesce(held.ended_by, test.state) as state,
      held.starts_at as "startsAt", held.ends_at as "endsAt"
    from pressure_windows held join pressure_tests test on test.id = held.test_id
    join buildings b on b.id = test.building_id join communities community on community.id = b.community_id
    where test.kind = 'pressure' and held.starts_at >= :from and held.starts_at < :to
      and (held.ended_at is null or held.ended_at >= :from) and ${buildingScope("test.building_id")}
      and ${inNamedAreas("test.building_id")}`),
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
  tests,
};
