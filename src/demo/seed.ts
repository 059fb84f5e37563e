/** `nuan demo seed`: a whole invented town in one transaction, or nothing. */
import type pg from "pg";
import { day } from "#src/kernel/day.ts";
import { assert, fail } from "#src/kernel/errors.ts";
import { holidays2026, installHolidays } from "#src/office/calendars/index.ts";
import { installZhengzhouTariff } from "#src/money/tariffs/index.ts";
import { cliActor } from "#src/platform/actor.ts";
import type { AuditEntry, CommandContext } from "#src/platform/command.ts";
import { connect } from "#src/platform/database.ts";
import type { Sql } from "#src/platform/sql.ts";
import { plantChannels } from "./channels.ts";
import { plantField } from "./field.ts";
import { prepareHistory } from "./history-facts.ts";
import type { Profile } from "./homes.ts";
import { lighten } from "./lighten.ts";
import { COMING_SEASON, PAST_SEASONS } from "./payment-habits.ts";
import { HOUSEHOLDS_PER_SEND, plantTown } from "./plant-town.ts";
import { scaleOf } from "./scale.ts";
import { MONEY_TABLES, TOWN_TABLES } from "./tables.ts";
import { DEMO_LOGINS, type DemoLogin, plantAreas, plantPeople } from "./staff.ts";

export type SeedPlan = { readonly households: number; readonly seed: number; readonly profile: Profile };

export const MOST_HOUSEHOLDS = 1_000_000;
export const LEAST_HOUSEHOLDS = 100;

export type SeedReport = SeedPlan & {
  readonly communities: number;
  readonly stations: number;
  readonly serviceAreas: number;
  readonly bills: number;
  readonly payments: number;
  readonly logins: readonly DemoLogin[];
};

/** Told how many households are written. */
export type SeedProgress = (households: number) => void;

/** What the seed finds: nothing, nothing in a database that is a demo, a demo in use, or somebody's data. */
export type DemoState = "empty" | "empty-demo" | "demo" | "real";

const SETTING = "demo.seed";

/** Reads what is in the database. A database flagged demo stays one whatever people did in it. */
const demoState = async (sql: Sql): Promise<DemoState> => {
  const found = await sql.one<{ demo: boolean; used: boolean }>(
    `select demo, exists (select 1 from heat_accounts) or exists (select 1 from staff_members)
       or exists (select 1 from postings) or exists (select 1 from audit_events) or exists (select 1 from communities) as used
     from database_facts`,
  );
  if (found.demo) return found.used ? "demo" : "empty-demo";
  return found.used ? "real" : "empty";
};

const LIGHTENED = [...Object.keys(TOWN_TABLES), ...Object.keys(MONEY_TABLES)];

/** Commands of the seed act on the first morning of the history. */
const seedContext = (sql: Sql, audit: AuditEntry[]): CommandContext => ({
  sql,
  actor: cliActor("demo seed"),
  now: new Date("2024-06-01T08:00:00+08:00"),
  today: day("2024-06-01"),
  attempt: 1,
  audit: (entry) => void audit.push(entry),
  // Nobody is told of an invented past.
  emit: () => undefined,
  atEnd: () => assert(false, "an invented past has no hot commands"),
});

const markDemo = `
  update database_facts set demo = true, company_name = '暖阳热力（演示）', hotline = '0371-6000-1000'`;

const remember = `
  insert into settings (key, value, changed_at) values (:key, :value::jsonb, :at)`;

const recordSeed = `
  insert into audit_events (occurred_at, actor_kind, actor_name, command, subject, details)
  values (:at, 'cli', 'cli:demo seed', 'demo.seed', 'database', :details::jsonb)`;

const seedInto = async (
  sql: Sql,
  client: pg.ClientBase,
  plan: SeedPlan,
  progress: SeedProgress,
): Promise<SeedReport> => {
  const scale = scaleOf(plan.households);
  const audit: AuditEntry[] = [];
  const context = seedContext(sql, audit);
  await sql.run(markDemo);
  await sql.run("set local maintenance_work_mem = '256MB'");
  await installZhengzhouTariff(context, [...PAST_SEASONS, COMING_SEASON]);
  await installHolidays(context, holidays2026);
  const staff = await plantPeople(context);
  await plantChannels(sql, staff.finance);
  const facts = await prepareHistory(context, staff);
  // A town that is sent at once is checked row by row; in parts, the checks wait for its end.
  const lightened = plan.households > HOUSEHOLDS_PER_SEND ? await lighten(sql, LIGHTENED) : null;
  const town = await plantTown(client, sql, { ...plan, scale }, facts, progress);
  await lightened?.restore();
  await plantAreas(context, town);
  await plantField(context, plan.seed);
  await sql.run("analyze");
  const at = context.now;
  await sql.run(remember, { key: SETTING, value: JSON.stringify(plan), at });
  await sql.run(recordSeed, { at, details: JSON.stringify({ ...plan, steps: audit.length }) });
  return {
    ...plan,
    communities: scale.communities,
    stations: scale.stations,
    serviceAreas: scale.areas,
    bills: town.bills,
    payments: town.payments,
    logins: DEMO_LOGINS,
  };
};

/**
 * Fills an empty database with an invented town and marks it demo: same households, seed and profile, same rows. One
 * transaction: a killed seed leaves nothing. Needs the owner's login, because it marks the database.
 * @throws DomainError `demo.real-database` when data of somebody are there, `demo.not-empty` when the town is,
 * `demo.households` outside 100 to 1,000,000
 */
export const seedDemo = async (
  ownerUrl: string,
  plan: SeedPlan,
  progress: SeedProgress,
): Promise<SeedReport> => {
  if (plan.households < LEAST_HOUSEHOLDS || plan.households > MOST_HOUSEHOLDS) {
    fail("demo.households", `a town has ${LEAST_HOUSEHOLDS} to ${MOST_HOUSEHOLDS} households`, {
      field: "households",
    });
  }
  const database = connect(ownerUrl, { poolSize: 1, bulkPoolSize: 1, applicationName: "nuan demo seed" });
  try {
    return await database.bulk(async (sql, _end, client) => {
      // Two seeds at once take turns; the second finds the town.
      await sql.rows("select pg_advisory_xact_lock(815031503)");
      const state = await demoState(sql);
      if (state === "real") {
        fail("demo.real-database", "this database has data of its own", {
          remedy: "a demo town is built in an empty database only: set DATA_DIR to a new folder",
        });
      }
      if (state === "demo") {
        fail("demo.not-empty", "this database has a demo town already", {
          remedy: "set DATA_DIR to a new folder for another one",
        });
      }
      return seedInto(sql, client, plan, progress);
    });
  } finally {
    await database.close();
  }
};

/** `demoState` of the database at a URL; one without our tables is empty. */
export const findDemoState = async (ownerUrl: string): Promise<DemoState> => {
  const database = connect(ownerUrl, { poolSize: 1, bulkPoolSize: 1, applicationName: "nuan demo seed" });
  try {
    const { found } = await database.sql.one<{ found: boolean }>(
      "select to_regclass('public.settings') is not null as found",
    );
    return found ? await demoState(database.sql) : "empty";
  } finally {
    await database.close();
  }
};
