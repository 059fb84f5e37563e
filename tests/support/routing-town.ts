/**
 * A company with a branch and two areas, three stations (two ours, one the property firm's), a building on each, people on
 * every duty and desk, and the standard responsibility table live. Business time: Monday 23 November 2026, 09:00.
 */
import { checkSubscribers, handleEvent } from "#src/platform/outbox.ts";
import type { Actor } from "#src/platform/actor.ts";
import type { CommandContext } from "#src/platform/command.ts";
import type { Platform } from "#src/platform/route.ts";
import {
  draftTable,
  dutyWatchSubscriber,
  makeTableLive,
  routingSubscriber,
  STANDARD_TABLE,
} from "#src/service/routing/index.ts";
import { type NewTicket, openTicket } from "#src/service/tickets/index.ts";
import { createTestDatabase, type TestDatabase } from "./database.ts";
import { person, platformOf } from "./people.ts";
import { quietLog } from "./quiet-log.ts";

export const FIRM_PHONE = "+8637160001234";

export type RoutingTown = {
  readonly db: TestDatabase;
  readonly platform: Platform;
  readonly company: bigint;
  readonly branch: bigint;
  readonly west1: bigint;
  readonly west2: bigint;
  /** Buildings: of our station in the first area, of the firm's in the first, of ours in the second. */
  readonly ours: bigint;
  readonly firms: bigint;
  readonly other: bigint;
  readonly firmStation: bigint;
  readonly ourStation: bigint;
  readonly people: Readonly<Record<string, Actor>>;
  who(login: string): Actor;
  as<T>(actor: Actor, work: (context: CommandContext) => Promise<T>): Promise<T>;
  open(input: Partial<NewTicket>): Promise<{ ticketId: bigint; ticketNo: string }>;
  /** What a worker does with everything that is open. */
  work(): Promise<void>;
  routeOf(ticketId: bigint): Promise<RouteRow[]>;
  drop(): Promise<void>;
};

export type RouteRow = {
  readonly cause: string;
  readonly rule: string;
  readonly role: string;
  readonly level: string;
  readonly login: string | null;
  readonly chain: readonly {
    readonly step: string;
    readonly outcome: string;
    readonly login: string | null;
  }[];
};

const TOWN = `
  with source as (
    insert into heat_sources (code, name) values ('S', '热源') returning id
  ), stations as (
    insert into stations (heat_source_id, code, name, owner, taken_over_on, property_firm_name, property_firm_phone)
    select source.id, v.code, v.name, v.owner, v.day::date, v.firm, v.phone
    from source, (values ('T1', '一号站', 'company', '2012-05-01', null, null),
      ('T2', '二号站', 'property-firm', null, '和美物业', :firmPhone), ('T3', '三号站', 'company', '2014-05-01', null, null))
      v (code, name, owner, day, firm, phone)
    returning id, code
  ), loops as (
    insert into loops (station_id, code) select id, '1' from stations returning id, station_id
  ), community as (
    insert into communities (code, name, base_name, district) values ('C', '书香苑', '书香苑', '金水区') returning id
  ), buildings as (
    insert into buildings (community_id, loop_id, name)
    select community.id, loops.id, stations.code || '号楼'
    from community, loops join stations on stations.id = loops.station_id returning id, name
  ), company as (
    insert into service_areas (code, name, level) values ('NY', '公司', 'company') returning id
  ), branch as (
    insert into service_areas (parent_id, code, name, level) select id, 'W', '西区分公司', 'branch' from company returning id
  ), areas as (
    insert into service_areas (parent_id, code, name, level)
    select branch.id, v.code, v.code, 'area' from branch, (values ('W1'), ('W2')) v (code) returning id, code
  ), served as (
    insert into service_area_buildings (area_id, building_id, valid)
    select areas.id, buildings.id, daterange('2020-01-01', null)
    from buildings join areas on areas.code = case buildings.name when 'T3号楼' then 'W2' else 'W1' end
  )
  select (select id from company) as company, (select id from branch) as branch,
    (select id from areas where code = 'W1') as west1, (select id from areas where code = 'W2') as west2,
    (select id from buildings where name = 'T1号楼') as ours, (select id from buildings where name = 'T2号楼') as firms,
    (select id from buildings where name = 'T3号楼') as other,
    (select id from stations where code = 'T2') as "firmStation", (select id from stations where code = 'T1') as "ourStation"`;

type Places = Pick<
  RoutingTown,
  "company" | "branch" | "west1" | "west2" | "ours" | "firms" | "other" | "firmStation" | "ourStation"
>;

/** Login, role, and what the person is on duty for. */
const PEOPLE = [
  ["manager1", "area-manager", "west1 manager"],
  ["deputy1", "area-manager", "west1 deputy"],
  ["manager2", "area-manager", "west2 manager"],
  ["branch", "area-manager", "branch manager"],
  ["chief", "area-manager", "branch chief"],
  ["crew", "area-manager", "station"],
  ["property", "agent", "property-desk"],
  ["service", "agent", "service-desk"],
  ["judge", "supervisor", "ruling-desk"],
  ["head", "supervisor", "head-office"],
  ["finance", "finance", ""],
  ["cashier", "cashier", ""],
] as const;

const putOnDuty = async (db: TestDatabase, places: Places, staffId: bigint, duty: string): Promise<void> => {
  const [place, what] = duty.split(" ");
  const row = { staffId, duty: what ?? "", role: duty };
  if (place === "west1" || place === "west2" || place === "branch") {
    await db.owner.sql.run(
      `insert into area_duties (area_id, staff_id, duty, valid)
       values (:areaId, :staffId, :duty, daterange('2020-01-01', null))`,
      { ...row, areaId: places[place] },
    );
  } else if (duty === "station") {
    await db.owner.sql.run(
      `insert into station_duties (station_id, staff_id, valid)
       values (:stationId, :staffId, daterange('2020-01-01', null))`,
      { ...row, stationId: places.ourStation },
    );
  } else if (duty !== "") {
    await db.owner.sql.run(
      `insert into routing_desk_members (role_code, staff_id, valid)
       values (:role, :staffId, daterange('2020-01-01', null))`,
      row,
    );
  }
};

const ROUTES = `
  select a.cause, a.rule, a.role_code as role, a.level, m.login,
    (select jsonb_agg(jsonb_build_object('step', link ->> 'step', 'outcome', link ->> 'outcome', 'login', p.login)
        order by n)
      from jsonb_array_elements(a.chain) with ordinality links (link, n)
      left join staff_members p on p.id = (link ->> 'staffId')::bigint) as chain
  from ticket_assignments a left join staff_members m on m.id = a.staff_id where a.ticket_id = :ticketId order by a.id`;

export const createRoutingTown = async (
  options: { readonly live?: boolean; readonly at?: string } = {},
): Promise<RoutingTown> => {
  const db = await createTestDatabase(options.at ?? "2026-11-23T09:00:00+08:00");
  const places = await db.owner.sql.one<Places>(TOWN, { firmPhone: FIRM_PHONE });
  const people: Record<string, Actor> = {};
  for (const [login, role, duty] of PEOPLE) {
    people[login] = await person(db, login, [role]);
    await putOnDuty(db, places, people[login].id ?? 0n, duty);
  }
  const platform = platformOf(db);
  const as = async <T>(actor: Actor, work: (context: CommandContext) => Promise<T>): Promise<T> =>
    (await db.commands.run({ name: "test", actor }, work)).result;
  if (options.live !== false) {
    await as(db.actor, async (context) => {
      const { tableId } = await draftTable(context, { name: "standard", rows: STANDARD_TABLE });
      await makeTableLive(context, { tableId, from: null });
    });
  }
  const subscribers = checkSubscribers([routingSubscriber, dutyWatchSubscriber]);
  return {
    db,
    platform,
    ...places,
    people,
    who: (login) => {
      const found = people[login];
      if (found === undefined) throw new Error(`nobody is called ${login}`);
      return found;
    },
    as,
    open: (input) =>
      as(db.actor, (context) =>
        openTicket(context, {
          category: "heat.not-hot",
          channel: "phone",
          summary: "不热",
          buildingId: places.ours,
          ...input,
        }),
      ),
    work: async () => {
      const { database, commands } = db;
      for (;;) {
        const open = await database.sql.rows<{ id: bigint }>(
          `select id from outbox_events where settled_at is null and type = any(:types::text[]) order by id`,
          { types: subscribers.heardTypes },
        );
        if (open.length === 0) break;
        for (const { id } of open) {
          await handleEvent({ database, commands, subscribers, log: quietLog }, id);
        }
        const failed = await database.sql.rows<{ reason: string }>(
          "select reason from dead_letters union all select last_error from event_tries",
        );
        if (failed.length > 0) throw new Error(failed.map((row) => row.reason).join("; "));
      }
    },
    routeOf: (ticketId) => db.owner.sql.rows<RouteRow>(ROUTES, { ticketId }),
    drop: () => db.drop(),
  };
};

/** `manager 1 on-leave, ...` as `step login outcome`. */
export const chainOf = (row: RouteRow | undefined): string =>
  (row?.chain ?? []).map((link) => `${link.step} ${link.login ?? "-"} ${link.outcome}`).join(", ");
