/** Amounts at a till's terminal: the customer pays once and the money has its receipt once, whatever breaks in between. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { SimulatedTerminal } from "#src/cli/simulated-terminal.ts";
import { must } from "#src/kernel/errors.ts";
import { plantedAccountNo } from "#tests/support/town.ts";
import { codeOf, type CounterEdge, startCounter } from "./counter-edge.ts";
import { startQuietTerminal, TERMINAL_TOKEN } from "#tests/support/quiet-terminal.ts";

let terminal: SimulatedTerminal;
let counter: CounterEdge;
let shift: string;
beforeAll(async () => {
  terminal = await startQuietTerminal();
  counter = await startCounter({
    twilio: undefined,
    pbxUrl: undefined,
    terminal: { url: terminal.url, token: TERMINAL_TOKEN },
  });
  shift = await counter.openShift("cashier", "T01");
});
afterAll(async () => {
  await counter.stop();
  await terminal.stop();
});

const charge = (account: number, amountFen: number, more: Record<string, unknown> = {}) => ({
  shiftId: shift,
  kind: "qr",
  items: [{ accountNo: plantedAccountNo(account), amountFen }],
  ...more,
});
const lastReference = (): string => must([...terminal.charges.keys()].at(-1), "a charge at the terminal");
const look = (id: unknown, who: "cashier" | "otherCashier" = "cashier") =>
  counter.post(who, `/terminal-charges/${String(id)}/look`, {});
const paymentsOf = async (account: number): Promise<number> =>
  (
    (await counter.get("cashier", `/accounts/${plantedAccountNo(account)}/payments`)).body[
      "items"
    ] as object[]
  ).length;

test("a shown amount that the customer pays becomes a payment by card and one receipt", async () => {
  const shown = await counter.post("cashier", "/terminal-charges", charge(1, 12_345));
  expect(shown.body).toMatchObject({
    state: "shown",
    amountFen: 12_345,
    kind: "qr",
    receiptNo: null,
    trouble: null,
  });
  expect(terminal.charges.get(lastReference())).toMatchObject({ till: "T01", kind: "qr", amountFen: 12_345 });
  expect((await look(shown.body["id"])).body).toMatchObject({ state: "shown" });
  terminal.end(lastReference(), "approved");
  // Two windows, and a nervous finger.
  const looks = await Promise.all([1, 2, 3].map(() => look(shown.body["id"])));
  expect(looks.map(({ status }) => status)).toEqual([200, 200, 200]);
  const paid = await look(shown.body["id"]);
  expect(paid.body).toMatchObject({
    state: "approved",
    terminalNo: expect.any(String),
    receiptNo: expect.any(String),
  });
  expect(await paymentsOf(1)).toBe(1);
  const receipt = await counter.get("cashier", `/receipts/${String(paid.body["receiptId"])}`);
  expect(receipt.body).toMatchObject({ totalFen: 12_345, lines: [{ accountNo: plantedAccountNo(1) }] });
});

test("an answer that is lost after the terminal showed it: looked at again, shown once, paid once", async () => {
  terminal.loseAnswers(true);
  const asked = await counter.post("cashier", "/terminal-charges", charge(2, 5_000), "lost-1");
  expect(asked.body).toMatchObject({ state: "asked", trouble: expect.any(String) });
  const before = terminal.charges.size;
  terminal.loseAnswers(false);
  // The browser did not hear either, and sends the same once more.
  const again = await counter.post("cashier", "/terminal-charges", charge(2, 5_000), "lost-1");
  expect(again.body).toMatchObject({ id: asked.body["id"], state: "shown" });
  expect(terminal.charges.size).toBe(before);
  terminal.end(lastReference(), "approved");
  terminal.loseAnswers(true);
  expect((await look(asked.body["id"])).body).toMatchObject({ state: "shown", trouble: expect.any(String) });
  terminal.loseAnswers(false);
  expect((await look(asked.body["id"])).body).toMatchObject({
    state: "approved",
    receiptNo: expect.any(String),
  });
  expect(await paymentsOf(2)).toBe(1);
});

test("one amount at a time; a shift does not close over it; cancelled, it is nobody's money", async () => {
  const shown = await counter.post("cashier", "/terminal-charges", charge(3, 7_000));
  expect(await codeOf(counter.post("cashier", "/terminal-charges", charge(4, 1_000)))).toEqual([
    409,
    "terminal.busy",
  ]);
  const open = await counter.get("cashier", "/terminal-charges");
  expect(open.body["charge"]).toMatchObject({
    id: shown.body["id"],
    items: [{ accountNo: plantedAccountNo(3) }],
  });
  expect(
    await codeOf(
      counter.post("cashier", `/shifts/${shift}/close`, { countedCashFen: 10_000, posTotalFen: 17_345 }),
    ),
  ).toEqual([409, "shift.charge-open"]);
  const cancelled = await counter.post("cashier", `/terminal-charges/${String(shown.body["id"])}/cancel`, {});
  expect(cancelled.body).toMatchObject({ state: "cancelled", receiptNo: null });
  expect(await paymentsOf(3)).toBe(0);
  terminal.end(lastReference(), "approved");
  expect((await look(shown.body["id"])).body).toMatchObject({ state: "cancelled" });
});

test("cancelled too late: the customer had paid, and has a receipt", async () => {
  const shown = await counter.post("cashier", "/terminal-charges", charge(5, 2_500));
  terminal.end(lastReference(), "approved");
  const late = await counter.post("cashier", `/terminal-charges/${String(shown.body["id"])}/cancel`, {});
  expect(late.body).toMatchObject({ state: "approved", receiptNo: expect.any(String) });
  expect(await paymentsOf(5)).toBe(1);
});

test("declined, the next amount may come; a refusal comes before the customer pays", async () => {
  const shown = await counter.post("cashier", "/terminal-charges", charge(6, 2_500, { kind: "card" }));
  terminal.end(lastReference(), "declined");
  expect((await look(shown.body["id"])).body).toMatchObject({ state: "declined", receiptNo: null });
  const before = terminal.charges.size;
  const unknown = { ...charge(6, 1), items: [{ accountNo: "999999999", amountFen: 100 }] };
  expect(await codeOf(counter.post("cashier", "/terminal-charges", unknown))).toEqual([
    404,
    "account.not-found",
  ]);
  expect(await codeOf(counter.post("cashier", "/terminal-charges", charge(6, 0)))).toEqual([
    422,
    "payment.amount-not-positive",
  ]);
  expect(terminal.charges.size).toBe(before);
});

test("another cashier's charge does not exist, and the books hold", async () => {
  const shown = await counter.post("cashier", "/terminal-charges", charge(7, 2_500));
  expect(await codeOf(look(shown.body["id"], "otherCashier"))).toEqual([404, "terminal.unknown"]);
  expect((await counter.get("otherCashier", "/terminal-charges")).body).toEqual({ charge: null });
  await counter.post("cashier", `/terminal-charges/${String(shown.body["id"])}/cancel`, {});
  await counter.closeQuietly("cashier", shift);
  await counter.proofsHold();
});
