/** The billing area that a roll decides for all rows at once is the one that code decides for a single row. */
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { areaMilliM2 } from "#src/kernel/area.ts";
import { AREA_ROUNDINGS, billingAreaSql, decideBillingArea, HEAT_CLASSES } from "#src/town/accounts/index.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

test("the set-based decision is the one that code makes", async () => {
  const area = fc.option(fc.bigInt({ min: 0n, max: 2_000_000n }), { nil: null });
  const cases = fc.sample(
    fc.record({
      heatClass: fc.constantFrom(...HEAT_CLASSES),
      inner: area,
      gross: area,
      rounding: fc.constantFrom(...AREA_ROUNDINGS),
    }),
    2000,
  );
  const decided = billingAreaSql({
    heatClass: "heat_class",
    inner: "coalesce(inner_area, 0)",
    gross: "coalesce(gross_area, 0)",
    rounding: "rounding",
  });
  const rows = await db.database.sql.rows<{ area: bigint | null; rule: string | null }>(
    `select ${decided.area} as area, ${decided.rule} as rule
       from unnest(:classes::text[], :inner::bigint[], :gross::bigint[], :roundings::text[]) with ordinality
         facts (heat_class, inner_area, gross_area, rounding, n) order by n`,
    {
      classes: cases.map((facts) => facts.heatClass),
      inner: cases.map((facts) => facts.inner),
      gross: cases.map((facts) => facts.gross),
      roundings: cases.map((facts) => facts.rounding),
    },
  );
  const expected = cases.map((facts) => {
    try {
      const decision = decideBillingArea({
        heatClass: facts.heatClass,
        innerArea: facts.inner === null ? null : areaMilliM2(facts.inner),
        grossArea: facts.gross === null ? null : areaMilliM2(facts.gross),
        rounding: facts.rounding,
      });
      return { area: decision.areaMilliM2, rule: decision.rule };
    } catch {
      return { area: null, rule: null };
    }
  });
  expect(rows).toEqual(expected);
});
