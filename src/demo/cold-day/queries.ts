/** What the simulated exchange and the counting at the end read; nothing is written here. */
import type { Sql } from "#src/platform/sql.ts";

export type Household = { readonly accountNo: string; readonly stationCode: string };

/** Households by where their valve task stands: whose payment has raised one, and who has paid behind a shut valve. */
export const findHouseholds = (sql: Sql, limit: number) =>
  sql.rows<Household & { readonly waitsForValve: boolean; readonly isPaidAndShut: boolean }>(
    `select account.account_no as "accountNo", station.code as "stationCode",
       exists (select 1 from tasks t where t.account_id = account.id and t.kind = 'valve-opening'
         and t.state = 'open') as "waitsForValve",
       exists (select 1 from charge_points point join valve_states valve on valve.charge_point_id = point.id
         where point.account_id = account.id and upper_inf(valve.valid) and valve.state <> 'open')
         and (select bool_and(bill.paid_fen = bill.amount_fen) from bills bill where bill.account_id = account.id
           and bill.kind = 'heat' and bill.state <> 'cancelled'
           and bill.season_id = (select max(season_id) from bills)) is true as "isPaidAndShut"
     from heat_accounts account
     join premises on premises.id = account.premises_id
     join buildings building on building.id = premises.building_id
     join loops loop on loop.id = building.loop_id
     join stations station on station.id = loop.station_id
     where account.state in ('active', 'connected')
     order by account.id limit :limit::integer`,
    { limit },
  );

/** Of each extension the call that is on. */
export const findCallId = (sql: Sql, providerCallId: string) =>
  sql.maybeOne<{ id: bigint }>(
    `select id from calls where provider = 'cti' and provider_call_id = :providerCallId`,
    { providerCallId },
  );

/** The exchange knows the numbers that it is told to dial. */
export const findNumberOfCallBack = (sql: Sql, id: bigint) =>
  sql.one<{ number: string }>(`select number from call_backs where id = :id`, { id });

export const findStandingIncident = (sql: Sql, stationCode: string) =>
  sql.maybeOne<{ id: bigint }>(
    `select incident.id from incidents incident join stations station on station.id = incident.station_id
     where station.code = :stationCode and incident.state = 'open' order by incident.id desc limit 1`,
    { stationCode },
  );

export const countUnsettled = async (sql: Sql): Promise<number> =>
  Number(
    (
      await sql.one<{ count: bigint }>(
        `select count(*) from outbox_events where settled_at is null and id not in (select event_id from dead_letters)`,
      )
    ).count,
  );

export type Counted = {
  readonly calls: bigint;
  readonly selfServed: bigint;
  readonly answered: bigint;
  readonly abandoned: bigint;
  readonly unfinished: bigint;
  readonly joinedIncident: bigint;
  readonly otherCompany: bigint;
  readonly noCase: bigint;
  readonly cases: bigint;
  readonly unowned: bigint;
  readonly incidents: bigint;
  readonly worstRoutingMs: bigint;
  readonly valveJoined: bigint;
  readonly valveRaised: bigint;
};

/** The run's calls, by the names that its exchange gave them. */
export const countRun = (sql: Sql, prefix: string) =>
  sql.one<Counted>(
    `with mine as (
       select * from calls where provider = 'cti' and direction = 'inbound' and provider_call_id like :prefix || '%'
     ), cases as (
       select t.* from tickets t join mine on mine.ticket_id = t.id
     ), valves as (
       select cases.id, bool_or(o.opened_at < cases.opened_at) as "wasThere"
       from cases join work_order_tickets link on link.ticket_id = cases.id
       join work_orders o on o.id = link.work_order_id and o.kind = 'valve' group by cases.id
     )
     select count(*) as calls,
       count(*) filter (where outcome = 'self-served') as "selfServed",
       count(*) filter (where outcome = 'answered') as answered,
       count(*) filter (where outcome = 'abandoned') as abandoned,
       count(*) filter (where outcome is null) as unfinished,
       count(*) filter (where wrap_up = 'joined-incident') as "joinedIncident",
       count(*) filter (where wrap_up = 'other-company') as "otherCompany",
       count(*) filter (where wrap_up = 'answered-no-case') as "noCase",
       (select count(*) from cases) as cases,
       (select count(*) from cases where owner_id is null and owner_role is null) as unowned,
       (select count(distinct hung.incident_id) from (
         select incident_id from mine where incident_id is not null
         union select member.incident_id from incident_tickets member join cases on cases.id = member.ticket_id) hung)
         as incidents,
       coalesce((select max(extract(epoch from assigned_at - opened_at) * 1000)::bigint from cases), 0)
         as "worstRoutingMs",
       (select count(*) from valves where "wasThere") as "valveJoined",
       (select count(*) from valves where not "wasThere") as "valveRaised"
     from mine`,
    { prefix },
  );

export type CallBackEnds = {
  readonly numbers: bigint;
  readonly reached: bigint;
  readonly calledAgain: bigint;
  readonly givenUp: bigint;
  readonly open: bigint;
  readonly openWithOwner: bigint;
};

export const countCallBacks = (sql: Sql, prefix: string) =>
  sql.one<CallBackEnds>(
    `with latest as (
       select distinct on (c.number) b.state, b.due_at, b.closed_by, b.reason, b.owner_id, b.owner_role
       from calls c left join call_backs b on b.id = c.call_back_id
       where c.provider = 'cti' and c.provider_call_id like :prefix || '%' and c.direction = 'inbound'
         and c.outcome = 'abandoned' and c.number is not null
       order by c.number, c.finished_at desc, c.id desc)
     select count(*) as numbers, count(*) filter (where state = 'reached') as reached,
       count(*) filter (where state = 'called-again') as "calledAgain",
       count(*) filter (where state = 'given-up' and closed_by is not null and reason <> '') as "givenUp",
       count(*) filter (where state = 'open' and due_at is not null) as "open",
       count(*) filter (where state = 'open' and due_at is not null and (owner_id is not null or owner_role <> ''))
         as "openWithOwner"
     from latest`,
    { prefix },
  );

export const isDemo = async (sql: Sql): Promise<boolean> =>
  (await sql.one<{ demo: boolean }>(`select demo from database_facts`)).demo;

export const findStaff = (sql: Sql, logins: readonly string[]) =>
  sql.rows<{ id: bigint }>(`select id from staff_members where login = any(:logins::text[]) order by id`, {
    logins,
  });
