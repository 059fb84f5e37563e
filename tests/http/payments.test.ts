/** Payments over real HTTP: who may send what, how it is answered, and how the same again is answered. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Credential } from "#src/http/authentication.ts";
import { collectionRoutes } from "#src/money/collection/index.ts";
import { ledgerProofs, runProofs } from "#src/money/ledger/index.ts";
import { decideApproval } from "#src/office/approvals/index.ts";
import type { Actor } from "#src/platform/actor.ts";
import { createPayingTown, type PayingTown } from "#tests/support/collection.ts";
import { plantedAccountNo } from "#tests/support/town.ts";
import { ask, type Edge, startEdge } from "./edge.ts";

let town: PayingTown;
let edge: Edge;
let keys = 0;

beforeAll(async () => {
  town = await createPayingTown();
  const callers: Readonly<Record<string, Actor>> = {
    "token-cashier": town.cashier,
    "token-finance": town.finance,
    "token-bank-a": town.bankA,
    "token-bank-b": town.bankB,
    "token-narrow": { ...town.bankA, scope: { kind: "accounts", accountIds: [1n] } },
  };
  edge = await startEdge(town.platform, collectionRoutes, {
    authenticate: async (credential: Credential) =>
      credential.kind === "token" ? (callers[credential.token] ?? null) : null,
  });
});
afterAll(async () => {
  await edge.stop();
  await town.db.drop();
});

const pay = (token: string, json: Record<string, unknown>, key = `key-${(keys += 1)}`) =>
  ask(edge, "/api/v1/payments", { token, json, headers: { "idempotency-key": key } });

const bankPayment = (account: number, serial: string, amountFen: unknown = 205_200) => ({
  accountNo: plantedAccountNo(account),
  amountFen,
  channel: "bank-a",
  serial,
  paidAt: "2026-11-10T08:59:00+08:00",
});

describe("a payment", () => {
  test("goes to the old debt first, then to this season's offer, and the rest is prepaid", async () => {
    const answer = await pay("token-bank-a", bankPayment(1, "A-1", 500_000));
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      accountNo: plantedAccountNo(1),
      amountFen: 500_000,
      channel: "bank-a",
      serial: "A-1",
      tender: "transfer",
      paidAt: "2026-11-10T00:59:00.000Z",
      accountingDate: "2026-11-10",
      allocations: [
        { seasonId: 2025, amountFen: 205_200, rule: "old-debt-first" },
        { seasonId: 2026, amountFen: 205_200, rule: "oldest-first" },
      ],
      prepaidFen: 89_600,
    });
    const balance = await ask(edge, `/api/v1/accounts/${plantedAccountNo(1)}/balance`, {
      token: "token-bank-a",
    });
    expect(balance.body).toMatchObject({ offeredFen: 0, receivableFen: 0, prepaidFen: 89_600 });
  });

  test("sent again, with the same key or with another, gets the same answer and posts nothing", async () => {
    const first = await pay("token-bank-a", bankPayment(2, "A-2"), "k-a2");
    const again = await pay("token-bank-a", bankPayment(2, "A-2"), "k-a2");
    const otherKey = await pay("token-bank-a", bankPayment(2, "A-2"), "k-a2-other");
    expect([again.status, again.text]).toEqual([first.status, first.text]);
    expect([otherKey.status, otherKey.text]).toEqual([first.status, first.text]);
    const posted = await town.db.owner.sql.one<{ n: bigint }>(
      "select count(*) as n from payments where serial = 'A-2'",
    );
    expect(posted.n).toBe(1n);
  });

  test("sent again after its account closed, gets the first answer; a new one is refused", async () => {
    const first = await pay("token-bank-a", bankPayment(39, "A-39"));
    await town.db.owner.sql.run("update heat_accounts set state = 'closed' where id = 39");
    const again = await pay("token-bank-a", bankPayment(39, "A-39"));
    expect([again.status, again.text]).toEqual([first.status, first.text]);
    const late = await pay("token-bank-a", bankPayment(39, "A-39-late"));
    expect([late.status, late.body]).toMatchObject([409, { code: "payment.account-closed" }]);
  });

  test("in a list with a cursor that is none of ours is refused, not answered with an empty page", async () => {
    const cursor = Buffer.from(JSON.stringify(["x"])).toString("base64url");
    const path = `/api/v1/accounts/${plantedAccountNo(1)}/payments?cursor=${cursor}`;
    const answer = await ask(edge, path, { token: "token-bank-a" });
    expect([answer.status, answer.body]).toMatchObject([400, { code: "request.bad-cursor" }]);
  });

  test("goes to the bill that the bank names", async () => {
    const bill = await town.db.owner.sql.one<{ id: bigint }>(
      "select id from bills where account_id = 3 and season_id = 2026",
    );
    const answer = await pay("token-bank-a", {
      ...bankPayment(3, "A-3", 100),
      billNo: `2026-${bill.id}`,
    });
    expect(answer.body["allocations"]).toEqual([
      { billNo: `2026-${bill.id}`, seasonId: 2026, amountFen: 100, rule: "designated" },
    ]);
  });

  test("is read again by its id and in its account's list, page by page", async () => {
    for (const n of [1, 2, 3]) await pay("token-bank-a", bankPayment(4, `A-4-${n}`, 100 * n));
    const list = `/api/v1/accounts/${plantedAccountNo(4)}/payments`;
    const page = await ask(edge, `${list}?limit=2`, { token: "token-bank-a" });
    const items = page.body["items"] as { paymentId: string; amountFen: number; state: string }[];
    expect(items.map((item) => item.amountFen)).toEqual([300, 200]);
    const rest = await ask(edge, `${list}?limit=2&cursor=${String(page.body["nextCursor"])}`, {
      token: "token-bank-a",
    });
    expect(rest.body).toMatchObject({ items: [{ amountFen: 100, state: "posted" }], nextCursor: null });
    const one = await ask(edge, `/api/v1/payments/${items[0]?.paymentId}`, { token: "token-cashier" });
    expect(one.body).toMatchObject({ amountFen: 300, state: "posted", shiftId: null });
  });

  test("of another channel, or of a household outside the scope, does not exist for a machine", async () => {
    const paid = await pay("token-bank-a", bankPayment(5, "A-5"));
    const path = `/api/v1/payments/${String(paid.body["paymentId"])}`;
    expect((await ask(edge, path, { token: "token-bank-b" })).status).toBe(404);
    expect((await ask(edge, path, { token: "token-narrow" })).body["code"]).toBe("payment.not-found");
    const narrow = await pay("token-narrow", bankPayment(6, "A-6"));
    expect([narrow.status, narrow.body["code"]]).toEqual([404, "account.not-found"]);
  });
});

describe("a channel's payment that its machine does not report", () => {
  const byHand = { ...bankPayment(20, "HAND-1"), reason: "on the bank's slip" };
  const count = async (serial: string): Promise<bigint> =>
    (
      await town.db.owner.sql.one<{ n: bigint }>(
        "select count(*) as n from payments where serial = :serial",
        {
          serial,
        },
      )
    ).n;
  const request = (json: Record<string, unknown>, token = "token-finance") =>
    ask(edge, "/api/v1/payment-requests", { token, json });

  test("is not taken by a cashier: neither alone nor by asking", async () => {
    const taken = await pay("token-cashier", { ...bankPayment(20, "FAKE-1"), channel: "bank-b" });
    expect([taken.status, taken.body]).toMatchObject([403, { code: "forbidden.channel", field: "channel" }]);
    const asked = await request(byHand, "token-cashier");
    expect([asked.status, asked.body["code"]]).toEqual([403, "forbidden"]);
    expect(await count("FAKE-1")).toBe(0n);
  });

  test("is taken by finance with the approval of exactly this, once", async () => {
    const alone = await pay("token-finance", bankPayment(20, "HAND-1"));
    expect([alone.status, alone.body["code"]]).toEqual([409, "payment.approval-needed"]);
    const asked = await request(byHand);
    expect(asked.status).toBe(201);
    const approvalId = String(asked.body["approvalId"]);
    const pending = await pay("token-finance", { ...byHand, approvalId });
    expect([pending.status, pending.body["code"]]).toEqual([409, "approval.pending"]);
    await town.db.commands.run({ name: "test.approve", actor: town.approver }, (context) =>
      decideApproval(context, BigInt(approvalId), "approved", "seen the slip"),
    );
    for (const change of [
      { amountFen: 205_201 },
      { accountNo: plantedAccountNo(21) },
      { serial: "HAND-2" },
    ]) {
      const other = await pay("token-finance", { ...byHand, ...change, approvalId });
      expect([other.status, other.body["code"]]).toEqual([409, "approval.changed"]);
    }
    const taken = await pay("token-finance", { ...byHand, approvalId });
    expect([taken.status, taken.body["serial"]]).toEqual([201, "HAND-1"]);
    const again = await pay("token-finance", { ...byHand, serial: "HAND-3", approvalId });
    expect([again.status, again.body["code"]]).toEqual([409, "approval.already-used"]);
    expect([await count("HAND-1"), await count("HAND-2"), await count("HAND-3")]).toEqual([1n, 0n, 0n]);
  });

  test("and what needs no approval says so", async () => {
    for (const [extra, field] of [
      [{ approvalId: "1" }, "approvalId"],
      [{ reason: "because" }, "reason"],
    ] as const) {
      const answer = await pay("token-bank-a", { ...bankPayment(20, "PLAIN-1"), ...extra });
      expect([answer.status, answer.body]).toMatchObject([409, { code: "payment.approval-unneeded", field }]);
    }
  });
});

describe("a refusal names its code, its field and the way out", () => {
  const refused: readonly [string, Record<string, unknown>, string, string][] = [
    ["amount 0", { amountFen: 0 }, "payment.amount-not-positive", "amountFen"],
    ["a negative amount", { amountFen: -1 }, "payment.amount-not-positive", "amountFen"],
    ["a part of a fen", { amountFen: 0.5 }, "request.invalid", "amountFen"],
    ["an amount as text", { amountFen: "205200" }, "request.invalid", "amountFen"],
    ["a huge amount", { amountFen: 10_000_000_001 }, "request.invalid", "amountFen"],
    ["an amount beyond all numbers", { amountFen: 1e300 }, "request.invalid", "amountFen"],
    ["an unknown account", { accountNo: "999999999" }, "account.not-found", "accountNo"],
    ["a closed account", { accountNo: plantedAccountNo(40) }, "payment.account-closed", "accountNo"],
    ["an unknown channel", { channel: "bank-z" }, "channel.unknown", "channel"],
    ["a closed channel", { channel: "closed-shop" }, "channel.inactive", "channel"],
    ["another bank's channel", { channel: "bank-b" }, "forbidden.channel", "channel"],
    ["cash through a bank", { tender: "cash" }, "payment.tender", "tender"],
    ["a tender that we do not know", { tender: "gold" }, "request.invalid", "tender"],
    ["a shift through a bank", { shiftId: "1" }, "payment.shift", "shiftId"],
    ["a time in the future", { paidAt: "2026-11-10T09:11:00+08:00" }, "payment.in-future", "paidAt"],
    ["a time without its zone", { paidAt: "2026-11-10T09:00:00" }, "request.invalid", "paidAt"],
    ["a day that is none", { paidAt: "2026-02-30T09:00:00+08:00" }, "request.invalid", "paidAt"],
    ["a bill that is none", { billNo: "2026-99999999" }, "payment.bill-unknown", "billNo"],
    ["a bill's number misread", { billNo: "A/7" }, "payment.bill-unknown", "billNo"],
    ["a field that we do not know", { currency: "CNY" }, "request.invalid", "currency"],
  ];
  beforeAll(() => town.db.owner.sql.run("update heat_accounts set state = 'closed' where id = 40"));

  test.each(refused)("%s", async (what, change, code, field) => {
    const serial = `R-${what}`.replaceAll(" ", "-");
    const answer = await pay("token-bank-a", { ...bankPayment(7, serial), ...change });
    expect(answer.body).toMatchObject({ code, field, remedy: expect.any(String) });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
  });

  test("a bill of another account", async () => {
    const bill = await town.db.owner.sql.one<{ id: bigint }>(
      "select id from bills where account_id = 9 and season_id = 2026",
    );
    const answer = await pay("token-bank-a", { ...bankPayment(8, "R-bill"), billNo: `2026-${bill.id}` });
    expect(answer.body).toMatchObject({ code: "payment.bill-unknown", field: "billNo" });
  });

  test("a serial used again with another amount or account", async () => {
    const first = await pay("token-bank-a", bankPayment(8, "R-serial"));
    for (const change of [{ amountFen: 205_201 }, { accountNo: plantedAccountNo(9) }]) {
      const answer = await pay("token-bank-a", { ...bankPayment(8, "R-serial"), ...change });
      expect(answer.body).toMatchObject({
        code: "payment.serial-reused",
        field: "serial",
        facts: { paymentId: first.body["paymentId"] },
      });
    }
  });

  test("no key, or a key of another request", async () => {
    const none = await ask(edge, "/api/v1/payments", {
      token: "token-bank-a",
      json: bankPayment(8, "R-key"),
    });
    expect(none.body).toMatchObject({ code: "request.key-needed", field: "Idempotency-Key" });
    await pay("token-bank-a", bankPayment(8, "R-key-1"), "one-key");
    const other = await pay("token-bank-a", bankPayment(8, "R-key-2"), "one-key");
    expect([other.status, other.body["code"]]).toEqual([422, "request.key-reused"]);
  });

  test("and leaves nothing behind", async () => {
    const left = await town.db.owner.sql.one<{ n: bigint }>(
      "select count(*) as n from payments where account_id in (7, 40)",
    );
    expect(left.n).toBe(0n);
    expect(await runProofs(town.db.database, ledgerProofs)).toEqual([]);
  });
});
