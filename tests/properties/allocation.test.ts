/**
 * The set-based posting routine against a row-by-row model that a reader can check by eye: the same fen to the same
 * bills by the same rules, for one payment at a time and for all at once; and no fen is created or lost on the way.
 */
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ledgerProofs, runProofs } from "#src/money/ledger/index.ts";
import { createTestDatabase, type TestDatabase } from "#tests/support/database.ts";
import { plantBills, plantSeasons, plantTown } from "#tests/support/town.ts";

type Policy = "old-debt-first" | "this-season-first" | "oldest-first";
type Bill = { id: bigint; account: bigint; season: number; state: "offered" | "due"; open: bigint };
type Payment = { account: bigint; amount: bigint; bill: bigint | null };
type Share = { payment: number; bill: bigint | null; amount: bigint; rule: string };

const CURRENT_SEASON = 2026;

/** The rule as a person would carry it out with a pencil: payment by payment, fen by fen. */
const model = (bills: readonly Bill[], payments: readonly Payment[], policy: Policy): Share[] => {
  const open = new Map(bills.map((bill) => [bill.id, bill.open]));
  const shares: Share[] = [];
  const left = payments.map((payment) => payment.amount);
  const give = (payment: number, bill: Bill, rule: string) => {
    const amount = [left[payment] ?? 0n, open.get(bill.id) ?? 0n].reduce((a, b) => (a < b ? a : b));
    if (amount === 0n) return;
    shares.push({ payment, bill: bill.id, amount, rule });
    open.set(bill.id, (open.get(bill.id) ?? 0n) - amount);
    left[payment] = (left[payment] ?? 0n) - amount;
  };
  const preferred = (bill: Bill): boolean =>
    policy === "old-debt-first"
      ? bill.state === "due" && bill.season < CURRENT_SEASON
      : policy === "this-season-first" && bill.season === CURRENT_SEASON;
  payments.forEach((payment, index) => {
    const named = bills.find((bill) => bill.id === payment.bill && bill.account === payment.account);
    if (named !== undefined) give(index, named, "designated");
  });
  payments.forEach((payment, index) => {
    const inOrder = bills
      .filter((bill) => bill.account === payment.account)
      .sort(
        (a, b) => Number(preferred(b)) - Number(preferred(a)) || a.season - b.season || Number(a.id - b.id),
      );
    for (const bill of inOrder) give(index, bill, preferred(bill) ? policy : "oldest-first");
    const rest = left[index] ?? 0n;
    if (rest > 0n) shares.push({ payment: index, bill: null, amount: rest, rule: "overpayment" });
  });
  return shares;
};

let db: TestDatabase;
let serial = 0;
const ACCOUNTS = 4;

beforeAll(async () => {
  db = await createTestDatabase();
  await plantSeasons(db.owner, 2023, 2026);
  await plantTown(db.owner, 200);
  await db.owner.sql.run(
    "insert into channels (id, code, name, kind, real_time) values (1, 'bank-a', 'A 银行', 'bank', true)",
  );
});
afterAll(() => db.drop());

const scenario = fc.record({
  policy: fc.constantFrom<Policy>("old-debt-first", "this-season-first", "oldest-first"),
  bills: fc.array(
    fc.record({
      account: fc.integer({ min: 0, max: ACCOUNTS - 1 }),
      season: fc.integer({ min: 2023, max: CURRENT_SEASON }),
      due: fc.boolean(),
      open: fc.bigInt({ min: 1n, max: 500n }),
    }),
    { maxLength: 10 },
  ),
  payments: fc.array(
    fc.record({
      account: fc.integer({ min: 0, max: ACCOUNTS - 1 }),
      amount: fc.bigInt({ min: 1n, max: 900n }),
      named: fc.option(fc.nat(9)),
    }),
    { minLength: 1, maxLength: 8 },
  ),
});

/** Bills of one scenario on four households that nothing else uses, with postings so that the proofs hold. */
const plantScenario = async (
  base: number,
  wanted: { account: number; season: number; due: boolean; open: bigint }[],
) => {
  const unique = wanted.filter(
    (bill, index) =>
      wanted.findIndex((other) => other.account === bill.account && other.season === bill.season) === index,
  );
  const bills: Bill[] = [];
  for (const bill of unique) {
    const account = BigInt(base + bill.account);
    const state = bill.due ? ("due" as const) : ("offered" as const);
    const row = await db.database.sql.one<{ id: bigint }>(
      `with b as (
         insert into bills (account_id, charge_point_id, season_id, kind, state, amount_fen, issued_on)
         values (:account, :account, :season, 'heat', :state::text::bill_state, :open, '2026-09-01') returning id
       ), p as (
         insert into postings (kind, source_id, accounting_date, value_date, created_at)
         select 'bill-issued', id, '2026-09-01', '2026-09-01', now() from b returning id
       ), t as (
         insert into transfers (posting_id, debit, credit, amount_fen, accounting_date, account_id, season_id, bill_id)
         select p.id, (case when :state::text = 'offered' then 'offered' else 'receivable' end)::ledger_code,
           'unearned_revenue', :open, '2026-09-01', :account, :season, b.id from p, b
       ), h as (
         insert into household_balances as h (account_id, code, balance_fen)
         values (:account, (case when :state::text = 'offered' then 'offered' else 'receivable' end)::ledger_code, :open)
         on conflict (account_id, code) do update set balance_fen = h.balance_fen + excluded.balance_fen
       ) select id from b`,
      { account, season: bill.season, state, open: bill.open },
    );
    bills.push({ id: row.id, account, season: bill.season, state, open: bill.open });
  }
  return bills;
};

type PostedRow = {
  n: bigint;
  outcome: string;
  shares: { billId: number | null; amountFen: number; rule: string }[];
};

const post = (payments: readonly Payment[], policy: Policy): Promise<PostedRow[]> =>
  db.database.transaction((sql) =>
    sql.rows<PostedRow>(
      `select n, outcome, shares from post_payments(1::smallint, 'channel_clearing', 'transfer', null, '2026-09-02', null,
         now(), :policy::text::allocation_rule, ${CURRENT_SEASON}::smallint, :accounts, :amounts, :serials,
         array_fill(now(), array[:count::int]), array_fill('2026-09-02'::date, array[:count::int]), :bills)`,
      {
        policy,
        accounts: payments.map((payment) => payment.account),
        amounts: payments.map((payment) => payment.amount),
        serials: payments.map(() => `s${(serial += 1)}`),
        bills: payments.map((payment) => payment.bill),
        count: payments.length,
      },
    ),
  );

/** The twin routine for a single payment. */
const postOne = async (payment: Payment, policy: Policy): Promise<PostedRow[]> => {
  const rows = await db.database.sql.rows<Omit<PostedRow, "n">>(
    `select outcome, shares from post_one_payment(1::smallint, 'channel_clearing', 'transfer', null, '2026-09-02', null,
       now(), :policy::text::allocation_rule, ${CURRENT_SEASON}::smallint, :account::bigint, :amount::bigint,
       :serial::text, now(), '2026-09-02', :bill::bigint)`,
    {
      policy,
      account: payment.account,
      amount: payment.amount,
      serial: `s${(serial += 1)}`,
      bill: payment.bill,
    },
  );
  return rows.map((row) => ({ n: 1n, ...row }));
};

const flat = (rows: readonly PostedRow[]): Share[] =>
  rows.flatMap((row) =>
    row.shares.map((share) => ({
      payment: Number(row.n) - 1,
      bill: share.billId === null ? null : BigInt(share.billId),
      amount: BigInt(share.amountFen),
      rule: share.rule,
    })),
  );

const byPlace = (a: Share, b: Share): number =>
  a.payment - b.payment || Number((a.bill ?? 0n) - (b.bill ?? 0n)) || a.rule.localeCompare(b.rule);

test("all at once equals the model, and the same payments one by one give every bill the same total", async () => {
  let base = 1;
  await fc.assert(
    fc.asyncProperty(scenario, async ({ policy, bills: wanted, payments: asked }) => {
      // Two sets of four households with equal bills: one is paid in one go, the other payment by payment.
      const together = await plantScenario(base, wanted);
      const apart = await plantScenario(base + ACCOUNTS, wanted);
      const paymentsFor = (bills: readonly Bill[], offset: number): Payment[] =>
        asked.map((payment) => ({
          account: BigInt(offset + payment.account),
          amount: payment.amount,
          bill:
            payment.named === null ? null : (bills[payment.named % Math.max(1, bills.length)]?.id ?? null),
        }));
      const payments = paymentsFor(together, base);
      const shares = flat(await post(payments, policy)).sort(byPlace);
      expect(shares).toEqual(model(together, payments, policy).sort(byPlace));

      const remaining = new Map(apart.map((bill) => [bill.id, { ...bill }]));
      for (const payment of paymentsFor(apart, base + ACCOUNTS)) {
        const open = [...remaining.values()].filter((bill) => bill.open > 0n);
        const one = flat(await postOne(payment, policy)).sort(byPlace);
        expect(one).toEqual(model(open, [payment], policy).sort(byPlace));
        for (const share of one) {
          const bill = share.bill === null ? undefined : remaining.get(share.bill);
          if (bill !== undefined) bill.open -= share.amount;
        }
      }
      base = base + 2 * ACCOUNTS > 190 ? 1 : base + 2 * ACCOUNTS;
      // The households are used again, so this scenario's bills leave the scene.
      await db.owner.sql.run("update bills set state = 'cancelled'");
      await db.owner.sql.run("delete from household_balances");
    }),
    { numRuns: 150 },
  );
});

test("one payment by its own routine posts once, and the ledger proofs hold through payment and reversal", async () => {
  const own = await createTestDatabase();
  try {
    await plantSeasons(own.owner, 2023, 2026);
    await plantTown(own.owner, 20);
    await own.owner.sql.run(
      "insert into channels (id, code, name, kind, real_time) values (1, 'bank-a', 'A 银行', 'bank', true)",
    );
    await plantBills(own.owner, 2025, "due");
    await plantBills(own.owner, 2026, "offered");
    const payOne = (account: number, amount: number, name: string) =>
      own.database.sql.rows<{ outcome: string; payment_id: bigint; shares: unknown }>(
        `select outcome, payment_id, shares from post_one_payment(1::smallint, 'channel_clearing', 'transfer', null,
           '2026-09-02', null, now(), 'old-debt-first', 2026::smallint, :account, :amount, :name, now(), '2026-09-02', null)`,
        { account, amount, name },
      );
    const [first] = await payOne(1, 300_000, "a1");
    expect(first).toMatchObject({ outcome: "posted" });
    expect(first?.shares).toMatchObject([
      { seasonId: 2025, amountFen: 205_200, rule: "old-debt-first" },
      { seasonId: 2026, amountFen: 94_800, rule: "oldest-first" },
    ]);
    expect((await payOne(1, 300_000, "a1"))[0]).toMatchObject({ outcome: "duplicate", payment_id: null });
    await payOne(2, 500_000, "a2");
    expect(await runProofs(own.database, ledgerProofs)).toEqual([]);
    const reversed = await own.database.sql.rows<{ payment_id: bigint }>(
      `select payment_id from reverse_payments(array[:first::bigint], 'correction', 'wrong home', '2026-09-03',
         '2026-09-03', null, null, now())`,
      { first: first?.payment_id },
    );
    expect(reversed).toHaveLength(1);
    const again = await own.database.sql.rows(
      `select payment_id from reverse_payments(array[:first::bigint], 'correction', 'twice', '2026-09-03',
         '2026-09-03', null, null, now())`,
      { first: first?.payment_id },
    );
    expect(again).toEqual([]);
    expect(await runProofs(own.database, ledgerProofs)).toEqual([]);
    const open = await own.database.sql.rows(
      "select season_id, state, amount_fen - paid_fen as open from bills where account_id = 1 order by season_id",
    );
    expect(open).toEqual([
      { season_id: 2025, state: "due", open: 205_200n },
      { season_id: 2026, state: "offered", open: 205_200n },
    ]);
  } finally {
    await own.drop();
  }
});
