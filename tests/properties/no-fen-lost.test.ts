/** A hundred thousand roundings, splits and payments: what goes in comes out, to the fen. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { divideRounded, fen, splitByWeights, sumFen } from "#src/kernel/money.ts";
import { collectionProofs } from "#src/money/collection/index.ts";
import { ledgerProofs, runProofs } from "#src/money/ledger/index.ts";
import { createTestDatabase } from "#tests/support/database.ts";
import { plantBills, plantSeasons, plantTown } from "#tests/support/town.ts";

const RUNS = 100_000;
const amount = fc.bigInt({ min: -9_000_000_000_000n, max: 9_000_000_000_000n });
const magnitudeOf = (value: bigint): bigint => (value < 0n ? -value : value);

describe("100,000 roundings", () => {
  test("are never further from the exact value than half, and a reversal rounds to what it reverses", () => {
    const denominator = fc.oneof(fc.bigInt({ min: 1n, max: 100n }), fc.bigInt({ min: 1n, max: 10n ** 12n }));
    const run = fc.check(
      fc.property(amount, denominator, (numerator, by) => {
        const rounded = divideRounded(numerator, by, "half-up");
        const offBy = magnitudeOf(rounded * by - numerator);
        // The half itself goes away from zero.
        const isHalf = 2n * offBy === by;
        return (
          2n * offBy <= by &&
          (!isHalf || magnitudeOf(rounded * by) > magnitudeOf(numerator)) &&
          divideRounded(-numerator, by, "half-up") === -rounded
        );
      }),
      { numRuns: RUNS },
    );
    expect(run).toMatchObject({ failed: false, numRuns: RUNS, counterexample: null });
  });
});

describe("100,000 splits", () => {
  test("sum to what was split, and no part is a whole fen from its exact share", () => {
    const weights = fc
      .array(fc.bigInt({ min: 0n, max: 10n ** 9n }), { minLength: 1, maxLength: 9 })
      .filter((all) => all.some((weight) => weight > 0n));
    const run = fc.check(
      fc.property(amount, weights, (value, all) => {
        const parts = splitByWeights(fen(value), all);
        const total = all.reduce((sum, weight) => sum + weight, 0n);
        return (
          sumFen(parts) === value &&
          parts.length === all.length &&
          parts.every((part, n) => magnitudeOf(part * total - value * (all[n] ?? 0n)) < total)
        );
      }),
      { numRuns: RUNS },
    );
    expect(run).toMatchObject({ failed: false, numRuns: RUNS, counterexample: null });
  });
});

const HOMES = 2000;
const PAYMENTS_A_ROUND = 5000;

test("100,000 payments over bills of three seasons: allocated to the fen, and the ledger sums to zero", async () => {
  const db = await createTestDatabase();
  try {
    await plantSeasons(db.owner, 2024, 2026);
    await plantTown(db.owner, HOMES);
    await db.owner.sql.run(
      "insert into channels (id, code, name, kind, real_time) values (1, 'bank-a', 'A 银行', 'bank', true)",
    );
    for (const season of [2024, 2025]) await plantBills(db.owner, season, "due");
    await plantBills(db.owner, 2026, "offered");
    let serial = 0;
    const round = fc.array(
      // From one fen to more than a home owes in all.
      fc.tuple(fc.integer({ min: 1, max: HOMES }), fc.integer({ min: 1, max: 90_000 })),
      { minLength: PAYMENTS_A_ROUND, maxLength: PAYMENTS_A_ROUND },
    );
    const policy = fc.constantFrom("old-debt-first", "this-season-first", "oldest-first");
    await fc.assert(
      fc.asyncProperty(round, policy, async (payments, rule) => {
        const posted = await db.database.bulk((sql) =>
          sql.one<{ posted: bigint; shared: bigint; offers: bigint }>(
            `with done as (
               select n, outcome, (select sum((share ->> 'amountFen')::bigint) from jsonb_array_elements(shares) share) as fen
               from post_payments(1::smallint, 'channel_clearing', 'transfer', null, '2026-09-02', null, now(),
                 :rule::text::allocation_rule, 2026::smallint, :accounts::bigint[], :amounts::bigint[], :serials::text[],
                 array_fill(now(), array[:count::int]), array_fill('2026-09-02'::date, array[:count::int]),
                 array_fill(null::bigint, array[:count::int])))
             select count(*) filter (where outcome = 'posted') as posted,
               count(*) filter (where fen = (:amounts::bigint[])[n]) as shared, count(*) as offers from done`,
            {
              rule,
              accounts: payments.map(([account]) => account),
              amounts: payments.map(([, paid]) => paid),
              serials: payments.map(() => `n${(serial += 1)}`),
              count: payments.length,
            },
          ),
        );
        const all = BigInt(payments.length);
        expect(posted).toEqual({ posted: all, shared: all, offers: all });
      }),
      { numRuns: RUNS / PAYMENTS_A_ROUND },
    );
    const sums = await db.database.sql.one<{ paid: bigint; allocated: bigint; moved: bigint; count: bigint }>(
      `select (select sum(amount_fen)::bigint from payments) as paid, (select count(*) from payments) as count,
         (select sum(amount_fen)::bigint from allocations) as allocated,
         (select sum(t.amount_fen)::bigint from transfers t join postings g on g.id = t.posting_id
           where g.kind = 'payment') as moved`,
    );
    expect(sums.count).toBe(BigInt(RUNS));
    expect([sums.allocated, sums.moved]).toEqual([sums.paid, sums.paid]);
    expect(await runProofs(db.database, [...ledgerProofs, ...collectionProofs])).toEqual([]);
  } finally {
    await db.drop();
  }
}, 120_000);
