/** The lists behind calls, cases and orders from outside. Numbers of callers are masked by whoever reads them. */
import { buildingScope } from "#src/platform/scope.ts";
import { REFERRAL_PARTS } from "#src/service/referrals/index.ts";
import { FIGURE_NAMES, type FigureName, FIGURES, ticketScope } from "#src/service/tickets/index.ts";
import { inNamedAreas } from "../area-queries.ts";
import { CONTACTS, FIRST_CONTACT } from "../board-queries.ts";
import {
  ANSWERED_IN_TIME,
  CALL_BASE,
  CALLS_IN,
  CASE_PARTS,
  CASES,
  LOST_NUMBERS,
  REACHED_IN_TIME,
} from "../hotline-queries.ts";
import { byPart, type ListDefinition, paged } from "./model.ts";

const calls: ListDefinition = {
  columns: {
    beganAt: "time",
    number: "text",
    outcome: "code",
    answeredAt: "time",
    agent: "text",
    accountNo: "account",
  },
  parts: ["all", "self-served", "answered", "base", "in-time", "abandoned"],
  sql: paged(`
    select c.id, c.began_at as "beganAt", c.number, coalesce(c.outcome, 'live') as outcome, c.answered_at as "answeredAt",
      (select staff.display_name from staff_members staff where staff.id = c.agent_id) as agent,
      account.account_no as "accountNo"
    from ${CALLS_IN} and ${byPart({
      all: "true",
      "self-served": "c.outcome = 'self-served'",
      answered: "c.outcome = 'answered'",
      base: CALL_BASE,
      "in-time": ANSWERED_IN_TIME,
      abandoned: "c.outcome = 'abandoned'",
    })}`),
};

const lost: ListDefinition = {
  columns: { number: "text", calls: "count", lostAt: "time", reachedAt: "time", minutes: "minutes" },
  parts: ["all", "in-time", "open", "reached"],
  sql: paged(`
    select lost.id, lost.number, lost.calls, lost.lost_at as "lostAt", lost.reached_at as "reachedAt",
      ceil(extract(epoch from lost.reached_at - lost.lost_at) / 60)::int as minutes
    from ${LOST_NUMBERS} where ${byPart({
      all: "true",
      "in-time": REACHED_IN_TIME,
      open: "lost.waits",
      reached: "lost.reached_at is not null",
    })}`),
};

const contacts: ListDefinition = {
  columns: { beganAt: "time", number: "text", wrapUp: "code", agent: "text", accountNo: "account" },
  parts: ["counted", "met", "missed"],
  sql: paged(`
    select c.id, c.began_at as "beganAt", c.number, c.wrap_up as "wrapUp",
      (select staff.display_name from staff_members staff where staff.id = c.agent_id) as agent,
      account.account_no as "accountNo"
    from ${CALLS_IN} and ${CONTACTS} and ${byPart({
      counted: "true",
      met: `(${FIRST_CONTACT})`,
      missed: `not (${FIRST_CONTACT})`,
    })}`),
};

const CASE_COLUMNS = {
  ticketNo: "ticket",
  category: "text",
  address: "text",
  state: "code",
  owner: "text",
  openedAt: "time",
  closedAt: "time",
} as const;
const CASE_CELLS = `t.ticket_no as "ticketNo",
      (select category.name from ticket_categories category where category.code = t.category_code) as category,
      coalesce((select home.address from premises home where home.id = t.premises_id),
        (select community.name || b.name from buildings b join communities community on community.id = b.community_id
          where b.id = t.building_id), t.address_text, '') as address,
      t.state, coalesce((select staff.display_name from staff_members staff where staff.id = t.owner_id), t.owner_role, '') as owner,
      t.opened_at as "openedAt", t.closed_at as "closedAt"`;

const cases: ListDefinition = {
  columns: CASE_COLUMNS,
  parts: ["new", "closed", "open"],
  sql: paged(`select t.id, ${CASE_CELLS} from ${CASES} and ${byPart(CASE_PARTS)}`),
};

const coldCases: ListDefinition = {
  columns: CASE_COLUMNS,
  sql: paged(`
    select t.id, ${CASE_CELLS} from tickets t
    where t.state not in ('cancelled', 'merged') and ${CASE_PARTS.new} and t.category_code like 'heat.%'
      and ${buildingScope("t.building_id")} and ${inNamedAreas("t.building_id")}
      and (:station::bigint is null or exists (select 1 from buildings b join loops on loops.id = b.loop_id
        where b.id = t.building_id and loops.station_id = :station::bigint))`),
};

/** The cases behind a figure of the room of cases, once each. */
const behindFigure = (name: FigureName): ListDefinition => {
  const { joins, counted, met } = FIGURES[name];
  return {
    columns: CASE_COLUMNS,
    parts: ["counted", "met", "missed"],
    sql: paged(`
    select t.id, ${CASE_CELLS} from tickets t where t.id in (
      select t.id from tickets t ${joins} where ${counted} and ${ticketScope("t")} and ${inNamedAreas("t.building_id")}
        and (:category::text is null or t.category_code = :category::text or t.category_code like :category::text || '.%')
        and (:part::text = 'counted' or (:part::text = 'met') = coalesce(${met}, false)))`),
  };
};
export const figureList = (name: FigureName): string => `figure-${name}`;

const referrals: ListDefinition = {
  columns: {
    outsideNo: "text",
    authority: "text",
    ticketNo: "ticket",
    round: "count",
    state: "code",
    receivedAt: "time",
    dueAt: "time",
    owner: "text",
  },
  parts: Object.keys(REFERRAL_PARTS),
  sql: paged(`
    select r.id, r.outside_no as "outsideNo", authority.name as authority, t.ticket_no as "ticketNo", r.round, r.state,
      r.received_at as "receivedAt", r.due_at as "dueAt", coalesce(owner.display_name, t.owner_role, '') as owner
    from referrals r join tickets t on t.id = r.ticket_id join referral_authorities authority on authority.code = r.authority_code
    left join staff_members owner on owner.id = t.owner_id
    where ${ticketScope("t")} and ${inNamedAreas("t.building_id")}
      and (:authority::text is null or r.authority_code = :authority::text) and ${byPart(REFERRAL_PARTS)}`),
};

const LEDGER_ENDS = {
  closed: "t.state = 'closed'",
  solved: "t.state = 'closed' and t.closing_class = 'solved'",
  open: "t.state <> 'closed'",
} as const;
const ledgerOf = (source: "reported" | "found") =>
  Object.fromEntries([
    [source, `t.source = '${source}'`],
    ...Object.entries(LEDGER_ENDS).map(([part, end]) => [
      `${source}-${part}`,
      `t.source = '${source}' and ${end}`,
    ]),
  ]) as Record<string, string>;
/** By source and by what became of them; of both sources where none is named. */
const LEDGER_PARTS: Readonly<Record<string, string>> = {
  ...ledgerOf("reported"),
  ...ledgerOf("found"),
  all: "true",
  ...LEDGER_ENDS,
};

const ledger: ListDefinition = {
  columns: CASE_COLUMNS,
  parts: Object.keys(LEDGER_PARTS),
  sql: paged(`
    select t.id, ${CASE_CELLS} from ${CASES} and ${CASE_PARTS.new} and ${byPart(LEDGER_PARTS)}`),
};

const clocks: ListDefinition = {
  columns: { ...CASE_COLUMNS, clock: "code", dueAt: "time", stoppedAt: "time" },
  parts: ["due", "met", "missed"],
  sql: paged(`
    select clock.id, ${CASE_CELLS}, clock.kind as clock, clock.due_at as "dueAt", clock.stopped_at as "stoppedAt"
    from ticket_clocks clock join tickets t on t.id = clock.ticket_id
    where clock.state <> 'cancelled' and t.state not in ('cancelled', 'merged') and ${ticketScope("t")}
      and ${inNamedAreas("t.building_id")} and (:class::text is null or clock.kind = :class::text)
      and clock.due_at >= :from::timestamptz and clock.due_at < :cut::timestamptz
      and ${byPart({
        due: "true",
        met: "clock.state = 'stopped' and clock.met",
        missed: "not (clock.state = 'stopped' and clock.met)",
      })}`),
};

export const SERVICE_LISTS = {
  calls,
  lost,
  contacts,
  cases,
  coldCases,
  referrals,
  ledger,
  clocks,
  ...Object.fromEntries(FIGURE_NAMES.map((name) => [figureList(name), behindFigure(name)])),
};
