/** Each application of prepaid to a bill has a number of the bill's thousand: it never runs into the next bill's. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { createPayingTown, type PayingTown } from "#tests/support/collection.ts";

let town: PayingTown;
beforeAll(async () => {
  town = await createPayingTown(3, { withBills: true });
});
afterAll(() => town.db.drop());

const HOME = 1n;

const billId = async (): Promise<bigint> =>
  (
    await town.db.owner.sql.one<{ id: bigint }>(
      "select id from bills where account_id = :home and season_id = 2026",
      { home: HOME },
    )
  ).id;

/** As if prepaid had been applied to the bill and taken back so often. */
const plantApplications = async (bill: bigint, from: number, to: number): Promise<void> => {
  await town.db.owner.sql.run(
    `insert into postings (kind, source_id, accounting_date, value_date, created_at)
     select 'prepaid-applied', :bill::bigint * 1000 + n, '2026-11-10', '2026-11-10', now()
     from generate_series(:from::int, :to::int) n`,
    { bill, from, to },
  );
};

const apply = async (fen: bigint): Promise<{ bill: bigint; source: bigint }[]> => {
  await town.db.owner.sql.run(
    `insert into household_balances (account_id, code, balance_fen) values (:home, 'prepaid', :fen)
     on conflict (account_id, code) do update set balance_fen = excluded.balance_fen`,
    { home: HOME, fen },
  );
  const applied = await town.db.owner.sql.rows<{ id: bigint }>(
    `select posting_id as id
     from apply_prepaid(array[:home::bigint], 'this-season-first', 2026::smallint, '2026-11-10'::date, null, now())`,
    { home: HOME },
  );
  return town.db.owner.sql.rows<{ bill: bigint; source: bigint }>(
    `select a.bill_id as bill, g.source_id as source from postings g join allocations a on a.posting_id = g.id
     where g.id = any(:ids::bigint[]) order by 1`,
    { ids: applied.map((one) => one.id) },
  );
};

test("the 500th number is given, and no further one: the other bills are paid instead", async () => {
  const bill = await billId();
  await plantApplications(bill, 0, 498);
  expect(await apply(100n)).toEqual([{ bill, source: bill * 1000n + 499n }]);
  const next = await apply(100n);
  expect(next).toHaveLength(1);
  expect(next[0]?.bill).not.toBe(bill);
  const beyond = await town.db.owner.sql.one<{ n: bigint }>(
    "select count(*) as n from postings where kind = 'prepaid-applied' and source_id between :from and :to",
    { from: bill * 1000n + 500n, to: bill * 1000n + 999n },
  );
  expect(beyond.n).toBe(0n);
});
