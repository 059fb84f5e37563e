/** The invented town: the same for the same seed, with the mix of a real company, and books that are in order. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DEMO_LOGINS, DEMO_PASSWORD, findDemoState, seedDemo, type SeedPlan } from "#src/demo/index.ts";
import { bankProofs } from "#src/bank/reconciliation/index.ts";
import { cutoverProofs } from "#src/cutover/index.ts";
import { billingProofs, previewBillRun } from "#src/money/billing/index.ts";
import { collectionProofs } from "#src/money/collection/index.ts";
import { ledgerProofs, runProofs } from "#src/money/ledger/index.ts";
import { logIn } from "#src/office/staff/index.ts";
import { day, dayOfInstant } from "#src/kernel/day.ts";
import { formatYuanGrouped } from "#src/kernel/money.ts";
import { parsePhone } from "#src/kernel/phone.ts";
import { coverageOfTable, liveTableId } from "#src/service/routing/index.ts";
import { splitPhase } from "#src/town/network/index.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { platformOf } from "#tests/support/people.ts";

const HOUSEHOLDS = 2600;
/** The default of `nuan demo seed`, and so of the first start. */
const FIRST_START_SEED = 2026;
const everyProof = [...ledgerProofs, ...billingProofs, ...collectionProofs, ...bankProofs, ...cutoverProofs];
const silent = (): void => undefined;
const plan = (changes: Partial<SeedPlan> = {}): SeedPlan => ({
  households: HOUSEHOLDS,
  seed: 7,
  profile: "mixed",
  ...changes,
});

const opened: TestDatabase[] = [];
const seeded = async (changes: Partial<SeedPlan> = {}): Promise<TestDatabase> => {
  const db = await createTestDatabase();
  opened.push(db);
  await seedDemo(db.ownerUrl, plan(changes), silent);
  return db;
};

/** Every table of ours with a digest over its rows; salts of passwords are the one thing that differs. */
const digests = async (db: TestDatabase): Promise<Record<string, string>> => {
  const tables = await db.owner.sql.rows<{ name: string }>(
    `select tablename as name from pg_tables where schemaname = 'public'
       and tablename not in ('migration_digests', 'schema_migrations', 'schema_migrations_lock', 'schema_routines', 'database_facts',
         'working_time_revision', 'clock_rules_revision')
     order by 1`,
  );
  const found: Record<string, string> = {};
  for (const { name } of tables) {
    const row = await db.owner.sql.one<{ digest: string | null; count: bigint }>(
      `select md5(string_agg(text, '|' order by text)) as digest, count(*)
       from (select (to_jsonb(t) - 'password_hash')::text as text from ${name} t) rows`,
    );
    if (row.count > 0n) found[name] = `${row.count}: ${row.digest}`;
  }
  return found;
};

/** What one number of the mix is, in parts of 10,000. */
const share = async (db: TestDatabase, part: string, whole: string): Promise<number> =>
  Number(
    (
      await db.owner.sql.one<{ share: string }>(
        `select (10000 * (${part})::numeric / (${whole}))::integer::text as share`,
      )
    ).share,
  );
const HOMES = "select count(*) from heat_accounts";
const POINTS = "select count(*) from charge_points where ordinal = 1";

let town: TestDatabase;
beforeAll(async () => {
  town = await seeded();
});
afterAll(async () => {
  for (const db of opened) await db.drop();
});

test("the same households and seed make the same rows, another seed others", async () => {
  const [twin, first] = [await seeded(), await seeded({ seed: FIRST_START_SEED })];
  const found = await digests(town);
  expect(Object.keys(found).length).toBeGreaterThan(35);
  expect(await digests(twin)).toEqual(found);
  expect((await digests(first))["heat_accounts"]).not.toEqual(found["heat_accounts"]);

  // The town of a first start: both READMEs promise its bills.
  const preview = await previewBillRun(first.database.sql, { season: 2026, today: day("2026-09-01") });
  for (const name of ["README.md", "README.zh-CN.md"]) {
    const page = readFileSync(new URL(`../../${name}`, import.meta.url), "utf8");
    expect(page).toContain(`${preview.count.toLocaleString("en-US")} `);
    expect(page).toContain(formatYuanGrouped(preview.sumFen));
  }
});

describe("the shape of the town", () => {
  test("households, communities, stations and areas are as many as were asked for", async () => {
    const counts = await town.owner.sql.one(
      `select (select count(*) from heat_accounts)::int as households, (select count(*) from premises)::int as premises,
         (select count(*) from communities)::int as communities, (select count(*) from stations)::int as stations,
         (select count(*) from service_areas where level = 'area')::int as areas,
         (select count(*) from service_areas where level = 'branch')::int as branches,
         (select count(*) from channels where kind = 'bank')::int as banks,
         (select count(*) from buildings b where not exists (select 1 from service_area_buildings s where s.building_id = b.id))::int
           as "notServed"`,
    );
    expect(counts).toEqual({
      households: HOUSEHOLDS,
      premises: HOUSEHOLDS,
      communities: 12,
      stations: 4,
      areas: 5,
      branches: 4,
      banks: 9,
      notServed: 0,
    });
  });

  test.each<[string, string, string, number, number]>([
    [
      "supplied",
      "select count(*) from supply_states where state = 'supplied' and upper_inf(valid)",
      "select count(*) from charge_points",
      7900,
      8700,
    ],
    [
      "suspended",
      "select count(*) from supply_states where state = 'suspended' and upper_inf(valid)",
      "select count(*) from charge_points",
      350,
      650,
    ],
    [
      "never opened",
      "select count(*) from supply_states where state = 'never-opened'",
      "select count(*) from charge_points",
      100,
      320,
    ],
    [
      "series loop",
      "select count(distinct charge_point_id) from charge_point_terms where loop_type = 'series'",
      "select count(*) from charge_points",
      600,
      1050,
    ],
    [
      "non-residential",
      "select count(*) from charge_point_terms t join charge_points p on p.id = t.charge_point_id and p.ordinal = 1 where heat_class = 'non-residential' and lower(valid) < '2026-01-01'",
      POINTS,
      250,
      350,
    ],
    [
      "without inner area",
      "select count(distinct charge_point_id) from charge_point_terms where area_rule = 'share-of-gross'",
      POINTS,
      2100,
      2800,
    ],
    ["second charge points", "select count(*) from charge_points where ordinal = 2", HOMES, 120, 290],
    [
      "rare names of GBK",
      "select count(*) from people where name ~ '[喆堃祎玥婳彧龑]'",
      "select count(*) from people",
      90,
      230,
    ],
    ["old numbers", "select count(*) from account_aliases where kind = 'old-number'", HOMES, 8200, 8800],
    [
      "bank agreements",
      "select count(*) from account_aliases where kind = 'bank-agreement'",
      HOMES,
      1000,
      1400,
    ],
    [
      "numbers shared by people",
      "select count(*) from (select number from person_phones group by number having count(*) > 1) s",
      "select count(*) from people",
      250,
      800,
    ],
    [
      "numbers known to be wrong",
      "select count(*) from person_phones where confirmed = false",
      "select count(*) from person_phones",
      350,
      700,
    ],
  ])("%s", async (_name, part, whole, least, most) => {
    const found = await share(town, part, whole);
    expect(found).toBeGreaterThanOrEqual(least);
    expect(found).toBeLessThanOrEqual(most);
  });

  test("names outside GBK and phase twins are there, and phases are read as the network reads them", async () => {
    const { rare } = await town.owner.sql.one<{ rare: bigint }>(
      "select count(*) as rare from people where name ~ '[䶮㛃𬴂𠮷]'",
    );
    expect(rare).toBeGreaterThan(0n);
    const names = await town.owner.sql.rows<{ name: string; baseName: string; phase: string }>(
      `select name, base_name as "baseName", phase from communities where phase <> ''`,
    );
    expect(names.length).toBeGreaterThanOrEqual(4);
    for (const { name, baseName, phase } of names) expect(splitPhase(name)).toEqual({ baseName, phase });
  });

  test("numbers are what our own reading of them would have stored", async () => {
    const phones = await town.owner.sql.rows<{ number: string; kind: string; asWritten: string }>(
      `select number, kind, as_written as "asWritten" from person_phones order by number limit 3000`,
    );
    for (const { number, kind, asWritten } of phones) expect(parsePhone(asWritten)).toEqual({ number, kind });
  });

  test("in the profile low-use 45% of the homes do not use heat", async () => {
    const cold = await seeded({ profile: "low-use" });
    const using = await share(
      cold,
      "select count(*) from supply_states where state = 'supplied' and upper_inf(valid)",
      "select count(*) from charge_points",
    );
    expect(using).toBeGreaterThanOrEqual(5100);
    expect(using).toBeLessThanOrEqual(5800);
  });
});

describe("the history", () => {
  test("the books are in order", async () => {
    expect(await runProofs(town.database, everyProof)).toEqual([]);
  });

  test("two seasons are billed, paid and closed; the coming one is not", async () => {
    const seasons = await town.owner.sql.rows(
      `select season_id as season, count(*) > 2000 as billed, bool_or(state = 'offered') as open from bills group by 1 order by 1`,
    );
    expect(seasons).toEqual([
      { season: 2024, billed: true, open: false },
      { season: 2025, billed: true, open: false },
    ]);
    const { open } = await town.owner.sql.one<{ open: bigint }>(
      `select count(distinct accounting_date) as open from transfers
       where accounting_date not in (select day from accounting_days where state = 'closed')`,
    );
    expect(open).toBe(0n);
    const prices = await town.owner.sql.rows(
      "select season_id as season from season_rules group by 1 order by 1",
    );
    expect(prices).toEqual([{ season: 2024 }, { season: 2025 }, { season: 2026 }]);
  });

  test.each([
    [2025, 300, 600],
    [2024, 200, 400],
  ])("arrears of season %i are between %i and %i of 10,000 households", async (season, least, most) => {
    const owing = `select count(distinct account_id) from bills where season_id = ${season} and state = 'due' and paid_fen < amount_fen`;
    const found = await share(town, owing, HOMES);
    expect(found).toBeGreaterThanOrEqual(least);
    expect(found).toBeLessThanOrEqual(most);
  });

  test("no money is on its way: channels are settled, tills are empty", async () => {
    const left = await town.owner.sql.rows(
      `select code, sum(fen)::text as fen from (
         select debit as code, amount_fen as fen from transfers union all select credit, -amount_fen from transfers) sides
       where code in ('channel_clearing', 'cash', 'pos_clearing', 'offered', 'unearned_revenue', 'suspense')
       group by code having sum(fen) <> 0`,
    );
    expect(left).toEqual([]);
  });
});

test("a town that is sent in parts has every key, index and proof of a small one", async () => {
  const shapes = (db: TestDatabase) =>
    db.owner.sql.rows(
      `select conrelid::regclass::text as place, conname::text as name, pg_get_constraintdef(oid) as text, convalidated as valid
       from pg_constraint where connamespace = 'public'::regnamespace
       union all
       select tablename::text, indexname::text, indexdef, true from pg_indexes where schemaname = 'public'
       order by 1, 2, 3`,
    );
  const large = await seeded({ households: 5000 });
  expect(await shapes(large)).toEqual(await shapes(town));
  expect(await runProofs(large.database, everyProof)).toEqual([]);
});

describe("where a demo may be", () => {
  test("every login works, with its role and area", async () => {
    for (const { login, role } of DEMO_LOGINS) {
      const { view } = await logIn(platformOf(town), { login, password: DEMO_PASSWORD });
      expect(view.roles).toEqual([role]);
      expect([view.mustChangePassword, view.secondFactorNeeded]).toEqual([false, false]);
    }
    const bound = await town.owner.sql.rows(
      `select s.login, count(*)::int as areas from staff_members s join staff_areas a on a.staff_id = s.id group by 1 order by 1`,
    );
    expect(bound).toEqual([
      ...["area1", "area2", "area3"].map((login) => ({ login, areas: 1 })),
      { login: "branch1", areas: 4 },
    ]);
  });

  test("a case has somewhere to go: the responsibility table is live and leaves nothing uncovered", async () => {
    const { sql } = town.database;
    const tableId = await liveTableId(sql, town.clock.now());
    expect(tableId).not.toBeNull();
    expect(await coverageOfTable(sql, tableId ?? 0n, dayOfInstant(town.clock.now()))).toEqual([]);
  });

  test("a second seed is refused, data of somebody are refused, and neither is touched", async () => {
    await expect(seedDemo(town.ownerUrl, plan(), silent)).rejects.toMatchObject({ code: "demo.not-empty" });
    const real = await createTestDatabase();
    opened.push(real);
    await real.owner.sql.run("update database_facts set demo = false");
    await real.owner.sql.run(
      "insert into communities (code, name, base_name, district) values ('X', '真实小区', '真实小区', '金水区')",
    );
    expect(await findDemoState(real.ownerUrl)).toBe("real");
    await expect(seedDemo(real.ownerUrl, plan(), silent)).rejects.toMatchObject({
      code: "demo.real-database",
    });
    expect((await real.owner.sql.one<{ demo: boolean }>("select demo from database_facts")).demo).toBe(false);
  });
});
