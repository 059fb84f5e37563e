/**
 * What is kept per building and closed day answers as a plain count over all bills does: for every area, channel and day, whatever
 * was billed, paid, doubted, taken back, withdrawn and claimed, and however much of it has been added up.
 */
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addDays, type Day, day as dayFrom } from "#src/kernel/day.ts";
import { collectionProofs, keepCollectedTotals } from "#src/money/collection/index.ts";
import type { Actor, Scope } from "#src/platform/actor.ts";
import { collectByArea, collectByChannel, collectByDay } from "#src/reports/collection-queries.ts";
import { recountByArea, recountByChannel, recountByDay } from "#src/reports/recount-queries.ts";
import { type Span, spanOf } from "#src/reports/span.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { person } from "#tests/support/people.ts";
import { plantSeasons, plantTown } from "#tests/support/town.ts";

/** Three homes in each of three buildings: two of an area of a branch, one that nobody serves. */
const HOMES = [1, 2, 3, 51, 52, 53, 101, 102, 103];
const SEASONS = [2025, 2026];
const FIRST_DAY = dayFrom("2026-09-01");

let db: TestDatabase;
let chief: Actor;
let today: Day = FIRST_DAY;
let serial = 0;

beforeAll(async () => {
  db = await createTestDatabase();
  await plantSeasons(db.owner, 2024, 2026);
  await plantTown(db.owner, 150);
  for (const statement of [
    `insert into channels (id, code, name, kind, real_time) values (1, 'bank-a', 'A 银行', 'bank', true),
       (2, 'wallet-b', 'B 钱包', 'wallet', true)`,
    `insert into service_areas (id, parent_id, code, name, level) values (5, null, 'B5', '东分公司', 'branch'),
       (7, 5, 'G7', '东一片区', 'area')`,
    `insert into service_area_buildings (area_id, building_id, valid)
     select 7, id, daterange('2020-01-01', null) from buildings where id < 2`,
  ])
    await db.owner.sql.run(statement);
  chief = await person(db, "chief-one", ["supervisor"]);
});
afterAll(() => db.drop());

type Step =
  | { readonly kind: "bill"; readonly home: number; readonly season: number; readonly fen: number }
  | { readonly kind: "pay"; readonly home: number; readonly channel: number; readonly fen: number }
  | { readonly kind: "claim"; readonly home: number; readonly fen: number }
  | { readonly kind: "apply" | "withdraw" | "reverse" | "doubt" | "believe"; readonly pick: number }
  | { readonly kind: "sleep"; readonly nights: number }
  | { readonly kind: "close" };

const home = fc.constantFrom(...HOMES);
const fen = fc.integer({ min: 1, max: 400 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("bill"), home, season: fc.constantFrom(...SEASONS), fen }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant("pay"), home, channel: fc.constantFrom(1, 2), fen }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("claim"), home, fen }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom("apply", "withdraw", "reverse", "doubt", "believe"),
      pick: fc.nat(40),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("sleep"), nights: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("close") }) },
) as fc.Arbitrary<Step>;

const closeBooks = `insert into accounting_days (day, state, closed_at) select distinct accounting_date, 'closed', now() from postings
  where accounting_date < :today on conflict do nothing`;

const noon = (): string => `${today}T12:00:00+08:00`;

const statements: Readonly<Record<Exclude<Step["kind"], "sleep" | "close">, string>> = {
  bill: `with b as (
      insert into bills (account_id, charge_point_id, season_id, kind, state, amount_fen, issued_on)
      values (:home, :home, :season, 'heat', 'due', :fen, :today) on conflict do nothing returning id
    ), l as (
      insert into bill_lines (bill_id, kind, amount_fen, heat_class, billing_area_milli_m2)
      select id, 'heat', :fen, 'residential', 90000 + :home from b
    ), p as (
      insert into postings (kind, source_id, accounting_date, value_date, created_at)
      select 'bill-issued', id, :today, :today, :noon from b
    )
    insert into household_balances as h (account_id, code, balance_fen) select :home, 'receivable', :fen from b
    on conflict (account_id, code) do update set balance_fen = h.balance_fen + excluded.balance_fen`,
  pay: `select * from post_one_payment(:channel::smallint, 'channel_clearing', 'transfer', null, :today, null, :noon,
      'old-debt-first', 2026::smallint, :home, :fen, :serial, :noon, :today, null)`,
  claim: `with held as (
      insert into suspense_items (channel_id, amount_fen, received_on) values (1, :fen, :today) returning id
    ) select claimed.* from held, claim_suspense(held.id, :home::bigint, null, null, :today::date, null, :noon::timestamptz,
      'old-debt-first', 2026::smallint) claimed`,
  apply: `select * from apply_prepaid(array(select id from heat_accounts order by id), 'old-debt-first', 2026::smallint,
      :today::date, null, :noon::timestamptz)`,
  withdraw: `select cancel_bill(b.id, 'test', null, :today, :noon, null) from (
      select id from bills where state <> 'cancelled' and paid_fen = 0 order by id offset :pick limit 1) b`,
  reverse: `select gone.* from (
      select p.id from payments p left join household_balances h on h.account_id = p.account_id and h.code = 'prepaid'
      where p.state <> 'reversed' and coalesce((select sum(a.amount_fen) from allocations a join postings g on g.id = a.posting_id
        where g.kind = 'payment' and g.source_id = p.id and a.bill_id is null), 0) <= coalesce(h.balance_fen, 0)
      order by p.id offset :pick limit 1) p,
    reverse_payments(array[p.id], 'correction', 'test', :today::date, :today::date, null, null, :noon::timestamptz) gone`,
  doubt: `update payments set state = 'doubtful' where id = (
      select id from payments where state = 'posted' order by id offset :pick limit 1)`,
  believe: `update payments set state = 'posted' where id = (
      select id from payments where state = 'doubtful' order by id offset (:pick::int % 3) limit 1)`,
};

const take = async (one: Step): Promise<void> => {
  if (one.kind === "sleep") today = addDays(today, one.nights);
  else if (one.kind === "close") {
    await db.owner.sql.run(closeBooks, { today });
    await keepCollectedTotals({ database: db.database, clock: db.clock });
  } else {
    const facts = { today, noon: noon(), serial: `s${(serial += 1)}`, ...one };
    const needed = Object.entries(facts).filter(([name]) =>
      new RegExp(`:${name}\\b`).test(statements[one.kind]),
    );
    await db.owner.sql.run(statements[one.kind], Object.fromEntries(needed));
  }
};

const compare = async (span: Span): Promise<void> => {
  const { sql } = db.database;
  const season = { ...span, seasonFrom: addDays(span.fromDay, -9) };
  expect(await collectByArea(sql, span)).toEqual(await recountByArea(sql, span));
  expect(await collectByDay(sql, span)).toEqual(await recountByDay(sql, span));
  expect(await collectByChannel(sql, season)).toEqual(await recountByChannel(sql, season));
};

const asked = fc.record({
  back: fc.nat(12),
  days: fc.nat(6),
  scope: fc.constantFrom<Scope>(
    { kind: "everything" },
    { kind: "areas", areaIds: [7n] },
    { kind: "accounts", accountIds: [2n, 101n] },
  ),
  area: fc.constantFrom(undefined, 5n, 7n),
  season: fc.constantFrom(...SEASONS),
});

test("a first night does not look for what stood before in what it is writing", async () => {
  await take({ kind: "bill", home: 1, season: 2025, fen: 100 });
  await take({ kind: "pay", home: 1, channel: 1, fen: 40 });
  await take({ kind: "sleep", nights: 1 });
  await db.owner.sql.run(closeBooks, { today });
  const scans = await db.owner.transaction(async (sql) => {
    await sql.run("select add_up_collected_days(now())");
    return sql.one<{ scans: bigint }>(
      "select seq_scan + coalesce(idx_scan, 0) as scans from pg_stat_xact_user_tables where relname = 'collected_standings'",
    );
  });
  expect(scans).toEqual({ scans: 0n });
});

test("a day that a program of before added up by building only is made up for", async () => {
  const [kept] = await db.owner.sql.rows<{ fen: bigint }>(
    "select sum(fen)::bigint as fen from collected_town_takings",
  );
  expect(kept?.fen).toBe(40n);
  await db.owner.transaction(async (sql) => {
    await sql.run("set local session_replication_role = replica");
    await sql.run("delete from collected_town_takings");
  });
  await keepCollectedTotals({ database: db.database, clock: db.clock });
  const again = await db.owner.sql.one<{ fen: bigint }>(
    "select sum(fen)::bigint as fen from collected_town_takings",
  );
  expect(again).toEqual({ fen: 40n });
});

test("kept figures and a plain recount never differ", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 4, maxLength: 14 }),
      fc.array(asked, { minLength: 3, maxLength: 3 }),
      async (steps, questions) => {
        for (const one of steps) await take(one);
        for (const { back, days, scope, area, season } of questions) {
          const to = addDays(today, -back);
          const from = addDays(to, -days);
          const now = new Date(noon());
          const span = await spanOf(db.database.sql, { ...chief, scope }, { from, to, today, now }, { area });
          await compare({ ...span, season });
        }
      },
    ),
    { numRuns: 60 },
  );
  for (const proof of collectionProofs.filter(({ rule }) => rule.startsWith("kept totals")))
    expect({ [proof.rule]: await db.owner.sql.rows(proof.sql) }).toEqual({ [proof.rule]: [] });
  const kept = await db.owner.sql.one<{ days: bigint; standings: bigint; takings: bigint }>(
    `select (select count(*) from collected_days) as days, (select count(*) from collected_standings) as standings,
       (select count(*) from collected_takings) as takings`,
  );
  expect(kept.days).toBeGreaterThan(5n);
  expect(kept.standings).toBeGreaterThan(5n);
  expect(kept.takings).toBeGreaterThan(20n);
});
