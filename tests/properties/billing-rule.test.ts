/** The billing rule in SQL against the pure rule: any area, price, days and share, to the fen. */
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { areaMilliM2 } from "#src/kernel/area.ts";
import { day } from "#src/kernel/day.ts";
import { chargeFen, priceMicroYuan } from "#src/kernel/rate.ts";
import { explainBillLine, findCandidates, findLines, issueBillRun } from "#src/money/billing/index.ts";
import { offendersOf, runningOn } from "#tests/support/billing.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { plantSeasons, plantTown } from "#tests/support/town.ts";

const HOMES = 2000;
const SEASON = 2026;
let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
  await plantSeasons(db.owner, 2025, SEASON);
  await plantTown(db.owner, HOMES);
});
afterAll(() => db.drop());

const terms = fc.record({
  // From a cupboard to a factory: beyond what 64 bits hold when all factors are multiplied.
  area: fc.oneof(fc.bigInt(1n, 300_000n), fc.bigInt(1n, 5_000_000_000n)),
  share: fc.oneof(fc.constant(10_000n), fc.bigInt(1n, 30_000n)),
});

test("what the run charges is what the pure rule charges, for 10,000 generated homes", async () => {
  const rounds = fc.sample(
    fc.record({
      price: fc.oneof(fc.constantFrom(190_000n, 280_000n), fc.bigInt(1n, 99_999_999n)),
      days: fc.integer({ min: 1, max: 366 }),
      basis: fc.constantFrom("area-day", "area-season"),
      homes: fc.array(terms, { minLength: HOMES, maxLength: HOMES }),
    }),
    { numRuns: 5, seed: 20_261_115 },
  );
  for (const { price, days, basis, homes } of rounds) {
    await db.owner.sql.run(
      "update price_versions set price_micro_yuan = :price, basis = :basis where heat_class = 'residential'",
      { price, basis },
    );
    await db.owner.sql.run("update season_rules set billing_days = :days where season_id = :season", {
      days,
      season: SEASON,
    });
    await db.owner.sql.run(
      `update charge_point_terms set billing_area_milli_m2 = given.area, share_basis_points = given.share
       from (select n, area, share from unnest(:areas::bigint[], :shares::int[]) with ordinality t (area, share, n)) given
       where charge_point_id = given.n`,
      { areas: homes.map((home) => home.area), shares: homes.map((home) => home.share) },
    );
    const candidates = await findCandidates(db.database.sql, {
      season: SEASON,
      asOf: day("2026-09-01"),
      fromAccount: 1n,
      toAccount: BigInt(HOMES),
    });
    const charged = homes.map(({ area, share }) =>
      chargeFen(areaMilliM2(area), priceMicroYuan(price), basis === "area-day" ? days : 1, share),
    );
    expect(candidates.map((candidate) => candidate.amountFen)).toEqual(charged);
    expect(candidates.map((candidate) => candidate.refusal)).toEqual(
      charged.map((amount) => (amount === 0n ? "amount.zero" : null)),
    );
  }
});

test("the lines of the last generated town explain their amounts, and the ledger proves", async () => {
  await issueBillRun(runningOn(db), { actor: db.actor, season: SEASON, chunkAccounts: 333 });
  const ids = await db.database.sql.rows<{ id: bigint }>("select id from bills");
  const lines = await findLines(
    db.database.sql,
    ids.map(({ id }) => id),
  );
  expect(lines.length).toBeGreaterThan(HOMES / 2);
  expect(lines.filter((line) => !explainBillLine(line).agrees)).toEqual([]);
  expect(await offendersOf(db)).toEqual([]);
});
