import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { day } from "#src/kernel/day.ts";
import { fen } from "#src/kernel/money.ts";
import { takePayment } from "#src/money/collection/index.ts";
import { sealAll } from "#src/platform/seal.ts";
import { checkLedger, type LedgerCheck, ledgerCheckProofs } from "#src/reports/index.ts";
import { nuan, objectOf } from "#tests/cli/terminal.ts";
import { createPayingTown, type PayingTown } from "#tests/support/collection.ts";
import { TEST_SECRET_KEY } from "#tests/support/database.ts";
import { quietLog } from "#tests/support/quiet-log.ts";
import { plantedAccountNo } from "#tests/support/town.ts";
import { proveLedger } from "#workers/ledger-check.ts";

let town: PayingTown;
let folder: string;
let anchors: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "nuanyang-ledger-check-"));
  anchors = path.join(folder, "anchors.log");
  town = await createPayingTown(12);
  for (let n = 1; n <= 8; n += 1) {
    const request = {
      accountNo: plantedAccountNo(n),
      amountFen: fen(n % 2 === 0 ? 205_200 : 500_000),
      channel: "bank-a",
      serial: `S-${n}`,
      paidAt: town.db.clock.now(),
    };
    await takePayment(town.platform, town.bankA, request, {});
  }
  await sealAll(town.db.database, { anchorFile: anchors, clock: town.db.clock });
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await town.db.drop();
});

const check = (): Promise<LedgerCheck> => checkLedger(town.db.database, { anchors });

/** As the superuser can: past the triggers and foreign keys. */
const tamper = (statement: string): Promise<void> =>
  town.db.owner.bulk(async (sql) => {
    await sql.run("set local session_replication_role = replica");
    expect(await sql.run(statement)).toBe(1);
  });

/** What the check says, short: proofs by rule with their rows, seals by stream with kind and row. */
const verdict = (found: LedgerCheck) => ({
  ok: found.ok,
  proofs: Object.fromEntries(
    found.proofs
      .filter(({ offenders }) => offenders.length > 0)
      .map(({ rule, offenders }) => [rule, offenders.map(({ row }) => row)]),
  ),
  seals: found.seals.findings.map(({ stream, kind, id }) => `${stream}:${id ?? ""} ${kind}`),
});

const command = (...more: readonly string[]) =>
  nuan(["ledger", "check", "--json", ...more], {
    DATABASE_URL: town.db.ownerUrl,
    SECRET_KEY: TEST_SECRET_KEY,
    AUDIT_ANCHOR_FILE: anchors,
  });

describe("a sound ledger", () => {
  test("proves: every rule once, every row as it was sealed", async () => {
    const found = await check();
    expect(verdict(found)).toEqual({ ok: true, proofs: {}, seals: [] });
    expect(found.proofs.map(({ rule }) => rule)).toEqual(ledgerCheckProofs.map(({ rule }) => rule));
    expect(new Set(ledgerCheckProofs.map(({ rule }) => rule)).size).toBe(ledgerCheckProofs.length);
    expect(found.seals.streams.map(({ stream, unsealedRows }) => [stream, unsealedRows])).toEqual([
      ["postings", 0n],
      ["transfers", 0n],
      ["bill_lines", 0n],
      ["allocations", 0n],
    ]);
  });

  test("ends the command with 0 and one JSON object", async () => {
    const run = await command();
    expect(run.code).toBe(0);
    expect(objectOf(run)).toMatchObject({ ok: true, seals: { findings: [] } });
  });
});

describe("what a superuser alters is named by its row", () => {
  /** Alters, looks, and puts it back, so that each case begins with a sound ledger. */
  const altered = async (table: string, column: string, where: string) => {
    const { id } = await town.db.owner.sql.one<{ id: bigint }>(
      `select id from ${table} where ${where} order by id limit 1`,
    );
    await tamper(`update ${table} set ${column} = ${column} + 1 where id = ${id}`);
    const found = verdict(await check());
    await tamper(`update ${table} set ${column} = ${column} - 1 where id = ${id}`);
    return { id, found };
  };

  test("a fen in a transfer", async () => {
    const { id, found } = await altered("transfers", "amount_fen", "debit = 'offered'");
    const account = await town.db.owner.sql.one<{ id: bigint }>(
      `select account_id as id from transfers where id = ${id}`,
    );
    expect(found.ok).toBe(false);
    expect(found.seals).toEqual([`transfers:${id} row-changed`]);
    expect(found.proofs["household balances equal their transfers"]).toEqual([
      `household_balances:${account.id}/offered`,
    ]);
  });

  test("a fen in a bill line", async () => {
    const { id, found } = await altered("bill_lines", "amount_fen", "true");
    expect(found.seals).toEqual([`bill_lines:${id} row-changed`]);
    expect(found.proofs["a heat line follows from its inputs"]).toEqual([`bill_lines:${id}`]);
    expect(found.proofs["a bill is the sum of its lines"]).toHaveLength(1);
  });

  test("a fen in an allocation", async () => {
    const { id, found } = await altered("allocations", "amount_fen", "bill_id is not null");
    expect(found.seals).toEqual([`allocations:${id} row-changed`]);
    expect(found.proofs["transfers of a payment go where its allocations say"]).toHaveLength(1);
  });

  test("a household's balance", async () => {
    const where = "account_id = 1 and code = 'prepaid'";
    await tamper(`update household_balances set balance_fen = balance_fen + 1 where ${where}`);
    const found = verdict(await check());
    await tamper(`update household_balances set balance_fen = balance_fen - 1 where ${where}`);
    expect(found).toEqual({
      ok: false,
      seals: [],
      proofs: {
        "household balances equal their transfers": ["household_balances:1/prepaid"],
        "prepaid is what payments left over less what bills took of it": ["household_balances:1/prepaid"],
        "what came in for a household is what its bills count as paid and its prepaid": ["heat_accounts:1"],
      },
    });
  });

  test("a transfer that is gone, by the command and by the nightly job, which raises one task", async () => {
    const gone = await town.db.owner.sql.one<{ id: bigint; postingId: bigint; accountId: bigint }>(
      `select id, posting_id as "postingId", account_id as "accountId" from transfers where credit = 'prepaid' order by id limit 1`,
    );
    await tamper(`delete from transfers where id = ${gone.id}`);
    const run = await command();
    expect(run.code).toBe(1);
    const found = objectOf(run) as unknown as LedgerCheck;
    expect(verdict(found)).toMatchObject({
      ok: false,
      seals: [`transfers:${gone.id} row-deleted`],
      proofs: {
        "household balances equal their transfers": [`household_balances:${gone.accountId}/prepaid`],
        "transfers of a payment go where its allocations say": [`postings:${gone.postingId}`],
      },
    });
    const services = { platform: town.platform, log: quietLog, auditAnchorFile: anchors };
    for (let night = 0; night < 2; night += 1) {
      const done = await proveLedger(services, day("2026-11-10"));
      expect(done).toMatchObject({ sealFindings: 1 });
    }
    const tasks = await town.db.database.sql.rows<{ kind: string; owner: string }>(
      `select kind, owner_role as owner from tasks where kind = 'ledger-not-proven'`,
    );
    expect(tasks).toEqual([{ kind: "ledger-not-proven", owner: "finance" }]);
  });
});
