/** Many at once: equal payments, receipts, reversals, closings; what is posted, numbered and counted stays right. */
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fail } from "#src/kernel/errors.ts";
import { fen } from "#src/kernel/money.ts";
import {
  accessPayment,
  closeShift,
  collectionProofs,
  issueReceipt,
  openShift,
  type PaymentRequest,
  postReversal,
  shiftSummary,
  takeCounterPayments,
  takePayment,
} from "#src/money/collection/index.ts";
import { ledgerProofs, runProofs } from "#src/money/ledger/index.ts";
import type { Actor } from "#src/platform/actor.ts";
import { hashRequest } from "#src/platform/command.ts";
import { createPayingTown, type PayingTown } from "#tests/support/collection.ts";
import { plantedAccountNo } from "#tests/support/town.ts";

let town: PayingTown;
beforeAll(async () => {
  town = await createPayingTown(120);
});
afterAll(() => town.db.drop());

const bankPayment = (account: number, serial: string, amountFen = 205_200): PaymentRequest => ({
  accountNo: plantedAccountNo(account),
  amountFen: fen(amountFen),
  channel: "bank-a",
  serial,
  paidAt: town.db.clock.now(),
});

const pay = async (request: PaymentRequest, key?: string): Promise<string> => {
  const idempotency =
    key === undefined
      ? undefined
      : { scope: "bank-a", key, requestHash: hashRequest({ serial: request.serial }) };
  const { result } = await takePayment(town.platform, town.bankA, request, { idempotency });
  return JSON.stringify(result);
};

const open = async (cashier: Actor, till: string): Promise<bigint> =>
  (
    await town.db.commands.run({ name: "shift.open", actor: cashier }, (context) =>
      openShift(context, { till, openingCashFen: fen(0n) }),
    )
  ).result;

const proofsHold = async (): Promise<void> => {
  expect(await runProofs(town.db.database, [...ledgerProofs, ...collectionProofs])).toEqual([]);
};

/** What a refusal is called, or what came out. */
const outcomeOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "done",
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  );

const reverse = (paymentId: bigint): Promise<unknown> =>
  town.db.commands.run({ name: "payment.reverse", actor: town.db.actor }, async (context) => {
    const payment = await accessPayment(context.sql, context.actor, paymentId, context.today);
    return postReversal(context, payment, {
      kind: "correction",
      reason: "twice at once",
      requestedBy: null,
      approvedBy: null,
      approvalId: null,
      serial: null,
    });
  });

test("a thousand equal payments at once, half with a key of their own: one posting, equal answers", async () => {
  // As a client does: a payment that is being carried out elsewhere is asked for again.
  const insist = async (key: string): Promise<string> => {
    for (;;) {
      const answer = await pay(bankPayment(1, "SAME"), key).catch((error: unknown) => error);
      if (typeof answer === "string") return answer;
      const { code } = answer as { code?: string };
      if (code !== "request.in-flight" && code !== "database.busy") throw answer;
      await delay(20);
    }
  };
  const answers = await Promise.all(
    Array.from({ length: 1000 }, (_, n) => insist(n % 2 === 0 ? "one-key" : `own-key-${n}`)),
  );
  expect(new Set(answers).size).toBe(1);
  const counted = await town.db.owner.sql.one(
    `select (select count(*) from payments where serial = 'SAME') as payments,
       (select count(*) from postings g join payments p on p.id = g.source_id
        where g.kind = 'payment' and p.serial = 'SAME') as postings,
       (select count(*) from outbox_events where type = 'payment.posted') as events`,
  );
  expect(counted).toEqual({ payments: 1n, postings: 1n, events: 1n });
  await proofsHold();
}, 60_000);

describe("receipts", () => {
  test("a hundred at once, a third of them rolled back: no gap and no number twice", async () => {
    const ids = await Promise.all(
      Array.from({ length: 100 }, async (_, n) => {
        const answer = JSON.parse(await pay(bankPayment(2 + n, `RC-${n}`, 100))) as { paymentId: string };
        return BigInt(answer.paymentId);
      }),
    );
    const outcomes = await Promise.all(
      ids.map((id, n) =>
        outcomeOf(
          town.db.commands.run({ name: "receipt.issue", actor: town.finance }, async (context) => {
            await issueReceipt(context, { paymentIds: [id], payerName: "" });
            if (n % 3 === 0) fail("test.rolled-back", "the printer is on fire");
          }),
        ),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === "done")).toHaveLength(66);
    const numbers = await town.db.owner.sql.rows<{ number: bigint }>(
      "select number from receipts where series = 'E-2026' order by number",
    );
    expect(numbers.map((row) => Number(row.number))).toEqual(Array.from({ length: 66 }, (_, n) => n + 1));
    await proofsHold();
  });

  test("one payment on two receipts at once: one is refused", async () => {
    const answer = JSON.parse(await pay(bankPayment(2, "RC-two", 100))) as { paymentId: string };
    const outcomes = await Promise.all(
      [1, 2].map(() =>
        outcomeOf(
          town.db.commands.run({ name: "receipt.issue", actor: town.finance }, (context) =>
            issueReceipt(context, { paymentIds: [BigInt(answer.paymentId)], payerName: "" }),
          ),
        ),
      ),
    );
    expect(outcomes.sort()).toEqual(["done", "receipt.already-issued"]);
    await proofsHold();
  });
});

describe("a reversal", () => {
  test("twenty times at once happens once", async () => {
    const answer = JSON.parse(await pay(bankPayment(110, "RV-1"))) as { paymentId: string };
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => outcomeOf(reverse(BigInt(answer.paymentId)))),
    );
    expect(outcomes.filter((outcome) => outcome === "done")).toHaveLength(1);
    expect(new Set(outcomes)).toEqual(new Set(["done", "payment.already-reversed"]));
    await proofsHold();
  });

  test("and a receipt for the same payment at once never leave a valid receipt of reversed money", async () => {
    for (let n = 0; n < 10; n += 1) {
      const answer = JSON.parse(await pay(bankPayment(111, `RV-R-${n}`, 100))) as { paymentId: string };
      const id = BigInt(answer.paymentId);
      const outcomes = await Promise.all([
        outcomeOf(reverse(id)),
        outcomeOf(
          town.db.commands.run({ name: "receipt.issue", actor: town.finance }, (context) =>
            issueReceipt(context, { paymentIds: [id], payerName: "" }),
          ),
        ),
      ]);
      expect(outcomes[0]).toBe("done");
      expect(["done", "receipt.payment-reversed"]).toContain(outcomes[1]);
    }
    await proofsHold();
  });
});

test("a shift that closes while money comes in counts exactly what is in it", async () => {
  const shiftId = await open(town.cashier, "T05");
  const count = () => shiftSummary(town.db.database.sql, town.cashier, shiftId);
  const taking = Array.from({ length: 40 }, (_, n) =>
    outcomeOf(
      takeCounterPayments(
        town.platform,
        town.cashier,
        { shiftId, tender: "cash", items: [{ accountNo: plantedAccountNo(40 + n), amountFen: fen(100n) }] },
        {},
      ),
    ),
  );
  await Promise.all(taking.slice(0, 10));
  const closing = town.db.commands.run({ name: "shift.close", actor: town.cashier }, (context) =>
    closeShift(context, {
      shiftId,
      countedCashFen: fen(1000n),
      posTotalFen: fen(0n),
      depositSlipNo: "S",
      differenceReason: "counted while taking",
    }),
  );
  const outcomes = await Promise.all(taking);
  await closing;
  const { shift, tenders } = await count();
  const taken = outcomes.filter((outcome) => outcome === "done").length;
  expect(new Set(outcomes)).toEqual(new Set(taken === 40 ? ["done"] : ["done", "shift.closed"]));
  expect(shift.expectedCashFen).toBe(BigInt(taken) * 100n);
  expect(tenders.reduce((sum, one) => sum + one.takenFen, 0n)).toBe(BigInt(taken) * 100n);
  await proofsHold();
});

test("what somebody altered behind our back is named by row", async () => {
  const { owner } = town.db;
  await owner.sql.run("update bills set paid_fen = paid_fen - 1 where account_id = 1 and season_id = 2025");
  await owner.sql.run("update payments set amount_fen = amount_fen + 1 where serial = 'RC-4'");
  await owner.sql.run("update payments set state = 'reversed' where serial = 'RC-1'");
  await owner.sql.run("update number_series set next_number = next_number + 1 where code = 'E-2026'");
  await owner.sql.run("update shifts set expected_cash_fen = expected_cash_fen + 5 where till = 'T05'");
  const offenders = await runProofs(town.db.database, collectionProofs);
  expect(offenders.map(({ rule, row }) => `${rule}: ${row.split(":")[0]}`).sort()).toEqual(
    [
      "what a bill counts as paid is what was allocated to it: bills",
      // A bill's home, and those of the two payments.
      "what came in for a household is what its bills count as paid and its prepaid: heat_accounts",
      "what came in for a household is what its bills count as paid and its prepaid: heat_accounts",
      "what came in for a household is what its bills count as paid and its prepaid: heat_accounts",
      "a payment has one posting, whose transfers and allocations sum to its amount: payments",
      "a payment is reversed exactly when it has one reversal of its whole amount: payments",
      "receipt numbers have no gap and end where the series goes on: number_series",
      "a receipt's total is the sum of its payments: receipts",
      "a reversed payment stands on no valid receipt, and a void receipt holds no payment: receipts",
      "a closed shift's expected money is what its payments brought until then: shifts",
      "a closed shift's difference is posted to the fen: shifts",
    ].sort(),
  );
});
