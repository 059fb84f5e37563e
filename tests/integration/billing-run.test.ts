/** The bill run: what it issues, what it refuses, and that it goes on after anything. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { day } from "#src/kernel/day.ts";
import { fen } from "#src/kernel/money.ts";
import { findCandidates, issueBillRun, previewBill, previewBillRun } from "#src/money/billing/index.ts";
import { connect } from "#src/platform/database.ts";
import { createCommands } from "#src/platform/command.ts";
import {
  type BillingTown,
  createBillingTown,
  installTariff,
  offendersOf,
  runningOn,
  setSupply,
} from "#tests/support/billing.ts";
import { openTestAccount } from "#tests/support/small-town.ts";

let town: BillingTown;
beforeAll(async () => {
  town = await createBillingTown();
});
afterAll(() => town.db.drop());

const issue = (season = 2026, options: Partial<Parameters<typeof issueBillRun>[1]> = {}) =>
  issueBillRun(runningOn(town.db), { actor: town.db.actor, season, ...options });
const bills = (season: number) =>
  town.db.database.sql.rows<{ accountNo: string; state: string; amountFen: bigint }>(
    `select account.account_no as "accountNo", bill.state, bill.amount_fen as "amountFen"
     from bills bill join heat_accounts account on account.id = bill.account_id
     where bill.season_id = :season and bill.state <> 'cancelled' order by account.account_no`,
    { season },
  );
const countOf = async (table: string): Promise<number> =>
  Number((await town.db.database.sql.one<{ n: bigint }>(`select count(*) as n from ${table}`)).n);

describe("refusals come before the first write", () => {
  test.each([
    ["an unknown season", { season: 2031 }, "season.unknown"],
    ["a number that is no season", { season: 7 }, "season.unknown"],
    ["another count than expected", { season: 2026, expected: { count: 5n } }, "bill-run.differs"],
    ["another sum than expected", { season: 2026, expected: { sumFen: fen(1n) } }, "bill-run.differs"],
  ])("%s", async (_name, options, code) => {
    await expect(issue(options.season, options)).rejects.toMatchObject({ code });
    expect(await countOf("bill_runs")).toBe(0);
    expect(await countOf("postings")).toBe(0);
  });

  test("a season without prices names the class, the loop type and what is missing", async () => {
    await town.db.owner.sql.run(
      `delete from season_rules where season_id = 2026 and heat_class = 'non-residential'`,
    );
    await expect(issue()).rejects.toMatchObject({
      code: "season.no-price",
      message: "season 2026 cannot be billed: non-residential/independent lacks approved billing days",
      detail: {
        facts: {
          season: 2026,
          missing: [
            { heatClass: "non-residential", loopType: "independent", price: "set", billingDays: "missing" },
          ],
        },
      },
    });
    await installTariff(town.db, [2026]);
    await town.db.owner.sql.run(
      "insert into heating_seasons select 2000, '2000-11-15', '2001-03-15', '2000-09-01', '2000-11-10'",
    );
    await expect(issue(2000, { asOf: day("2026-01-01") })).rejects.toMatchObject({ code: "season.no-price" });
  });

  test("a season whose bills do not open yet", async () => {
    await installTariff(town.db, [2027]);
    await expect(issue(2027)).rejects.toMatchObject({ code: "season.not-open" });
  });

  test("terms of a day to come", async () => {
    await expect(issue(2026, { asOf: day("2026-09-02") })).rejects.toMatchObject({
      code: "bill-run.in-future",
    });
  });

  test("a closed accounting day", async () => {
    await town.db.owner.sql.run(`insert into accounting_days values ('2026-09-01', 'closed')`);
    await expect(issue()).rejects.toMatchObject({ code: "day.closed" });
    await town.db.owner.sql.run(`delete from accounting_days`);
  });

  test("a person whose area is not the whole company, and one without the right", async () => {
    const finance = { ...town.db.actor, roles: ["finance"] as const };
    await expect(
      issue(2026, { actor: { ...finance, scope: { kind: "areas", areaIds: [1n] } } }),
    ).rejects.toMatchObject({ code: "forbidden" });
    await expect(issue(2026, { actor: { ...town.db.actor, roles: ["cashier"] } })).rejects.toMatchObject({
      code: "forbidden",
    });
  });
});

describe("a run", () => {
  test("issues what the preview counted, in chunks of any size, with postings and balances that prove", async () => {
    const preview = await previewBillRun(town.db.database.sql, { season: 2026, today: day("2026-09-01") });
    expect(preview).toMatchObject({ count: 6n, sumFen: 1_255_684n });
    const single = await Promise.all(
      (
        await findCandidates(town.db.database.sql, {
          season: 2026,
          asOf: day("2026-09-01"),
          fromAccount: 0n,
          toAccount: 9_999n,
        })
      )
        .filter((candidate) => candidate.refusal === null)
        .map(({ chargePointId }) =>
          previewBill(town.db.database.sql, { chargePointId, season: 2026, today: day("2026-09-01") }),
        ),
    );
    const progress: bigint[] = [];
    const result = await issue(2026, {
      chunkAccounts: 3,
      expected: { count: preview.count, sumFen: preview.sumFen },
      onProgress: (issued) => progress.push(issued),
    });
    expect(result).toMatchObject({
      newBills: 6n,
      newSumFen: 1_255_684n,
      issuedCount: 6n,
      expectedCount: 6n,
      resumed: false,
      refused: [
        { reason: "account.closed", count: 1n },
        { reason: "area.zero", count: 1n },
        { reason: "supply.cut-off", count: 1n },
        { reason: "supply.never-opened", count: 1n },
        { reason: "supply.suspended", count: 1n },
      ],
    });
    // Two lanes, beside each other: how far the run is only ever grows.
    expect(progress).toEqual(progress.toSorted((a, b) => Number(a - b)));
    expect(progress.at(-1)).toBe(6n);
    expect(await bills(2026)).toEqual([
      { accountNo: "H001", state: "offered", amountFen: 205_200n },
      { accountNo: "H002", state: "offered", amountFen: 201_484n },
      { accountNo: "H003", state: "offered", amountFen: 205_200n },
      { accountNo: "H004", state: "offered", amountFen: 336_000n },
      { accountNo: "H006", state: "offered", amountFen: 205_200n },
      { accountNo: "H011", state: "offered", amountFen: 102_600n },
    ]);
    expect(single.map((candidate) => candidate?.amountFen)).toEqual(
      (await bills(2026)).map((bill) => bill.amountFen),
    );
    expect(await offendersOf(town.db)).toEqual([]);
    const events = await town.db.database.sql.rows(
      `select payload from outbox_events where type = 'bills.issued' order by id`,
    );
    expect(events).toHaveLength(3);
    const audited = await town.db.database.sql.rows(
      `select details from audit_events where command = 'bill-run.issue'`,
    );
    // Six accounts in threes, and an empty chunk that ends the lane; five in threes.
    expect(audited).toHaveLength(5);
  });

  test("a second run issues nothing, and makes no run", async () => {
    const again = await issue();
    expect(again).toMatchObject({ runId: null, newBills: 0n, newSumFen: 0n });
    expect(await countOf("bill_runs")).toBe(1);
  });

  test("a home that came later gets its bill by another run, and nobody else a second one", async () => {
    const [before, openedOn] = [await countOf("bills"), day("2026-08-01")];
    await openTestAccount(town.db, town.town, "H020", { openedOn });
    expect(await issue()).toMatchObject({ newBills: 1n, newSumFen: 205_200n });
    expect(await countOf("bills")).toBe(before + 1);
    await expect(
      town.db.owner.sql.run(
        `insert into bills (account_id, charge_point_id, season_id, kind, state, amount_fen, issued_on)
         select account_id, charge_point_id, season_id, kind, 'due', amount_fen, issued_on from bills limit 1`,
      ),
    ).rejects.toMatchObject({ constraint: "bills_one_active" });
  });

  test("while a run posts, another one is refused and can be repeated afterwards", async () => {
    await installTariff(town.db, [2024]);
    await town.db.owner.sql.run(
      "update charge_point_terms set valid = daterange('2020-01-01', upper(valid))",
    );
    await town.db.owner.sql.run("update supply_states set valid = daterange('2020-01-01', upper(valid))");
    const other = connect(town.db.appUrl, { bulkPoolSize: 2, poolSize: 1 });
    const elsewhere = {
      database: other,
      commands: createCommands(other, town.db.clock),
      clock: town.db.clock,
    };
    let first: Promise<unknown> = Promise.resolve();
    try {
      // A payment holds the household: the first run is in its chunk and waits.
      await town.db.owner.transaction(async (sql) => {
        await sql.rows("select id from heat_accounts where account_no = 'H004' for update");
        first = issue(2024);
        await expect
          .poll(() =>
            countOf("pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"),
          )
          .toBeGreaterThan(0);
        await expect(issueBillRun(elsewhere, { actor: town.db.actor, season: 2024 })).rejects.toMatchObject({
          code: "bill-run.in-progress",
        });
      });
      // H008 was closed later and H020 is written back to 2020: the season is billed as it was.
      expect(await first).toMatchObject({ newBills: 8n });
      expect(await issueBillRun(elsewhere, { actor: town.db.actor, season: 2024 })).toMatchObject({
        newBills: 0n,
      });
    } finally {
      await first.catch(() => undefined);
      await other.close();
    }
    expect(await offendersOf(town.db)).toEqual([]);
  });

  test("a run that was interrupted goes on from its lane's cursor, on the day and terms it was checked with", async () => {
    await installTariff(town.db, [2023]);
    await town.db.owner.sql.run(
      `with run as (
         insert into bill_runs (season_id, as_of, state, expected_count, expected_sum_fen, started_at)
         values (2023, '2024-03-15', 'posting', 6, 1255684, now()) returning id
       )
       insert into bill_run_lanes (run_id, lane, cursor_account_id)
       select run.id, 1, account.id from run, heat_accounts account where account.account_no = 'H002'`,
    );
    await expect(issue(2023, { expected: { count: 7n } })).rejects.toMatchObject({
      code: "bill-run.differs",
    });
    await expect(issue(2023, { asOf: day("2026-09-01") })).rejects.toMatchObject({
      code: "bill-run.other-day",
      detail: { field: "asOf", facts: { asOf: "2024-03-15" } },
    });
    expect(await countOf("bill_runs where state = 'posting'")).toBe(1);
    const result = await issue(2023, { asOf: day("2024-03-15") });
    expect(result).toMatchObject({ resumed: true, asOf: "2024-03-15", newBills: 6n, issuedCount: 6n });
    expect((await bills(2023)).map((bill) => bill.accountNo)).toEqual([
      "H003",
      "H004",
      "H006",
      "H008",
      "H011",
      "H020",
    ]);
    expect(await countOf("bill_runs where state <> 'posted'")).toBe(0);
  });

  test("bills of a season under way are debts at once where the due rule says so", async () => {
    expect((await bills(2024)).map((bill) => [bill.accountNo, bill.state])).toEqual([
      ["H001", "offered"],
      ["H002", "offered"],
      ["H003", "due"],
      ["H004", "due"],
      ["H006", "due"],
      ["H008", "offered"],
      ["H011", "offered"],
      ["H020", "offered"],
    ]);
    expect(await offendersOf(town.db)).toEqual([]);
  });
});

test("a leap season is charged 120 days, although it has 121", async () => {
  await setSupply(town.db, "H005", "supplied");
  const [one] = await findCandidates(town.db.database.sql, {
    season: 2023,
    asOf: day("2023-12-01"),
    fromAccount: 1n,
    toAccount: 1n,
  });
  expect(one).toMatchObject({ days: 120, amountFen: 205_200n });
});
