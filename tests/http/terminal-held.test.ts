/** Money at a till's terminal that cannot be posted, or of which nobody says what became of it: held for finance, and no shift stays open for it. */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { SimulatedTerminal } from "#src/cli/simulated-terminal.ts";
import { must } from "#src/kernel/errors.ts";
import { lookAtLeftCharges } from "#src/money/collection/index.ts";
import type { Outside } from "#src/platform/config-outside.ts";
import { plantedAccountNo } from "#tests/support/town.ts";
import type { Answer } from "./edge.ts";
import { type Caller, codeOf, type CounterEdge, startCounter } from "./counter-edge.ts";
import { startQuietTerminal, TERMINAL_TOKEN } from "#tests/support/quiet-terminal.ts";

const MINUTE = 60_000;
let terminal: SimulatedTerminal;
let counter: CounterEdge;
let outside: Outside;
let till = 0;
let account = 0;
let shift: string;
beforeAll(async () => {
  terminal = await startQuietTerminal();
  outside = { twilio: undefined, pbxUrl: undefined, terminal: { url: terminal.url, token: TERMINAL_TOKEN } };
  counter = await startCounter(outside);
});
afterAll(async () => {
  await counter.proofsHold();
  await counter.stop();
  await terminal.stop();
});
beforeEach(async () => {
  till += 1;
  account += 1;
  shift = await counter.openShift("cashier", `T${till}`);
});

const clock = () => counter.town.db.clock;
const owner = () => counter.town.db.owner.sql;
const lastReference = (): string => must([...terminal.charges.keys()].at(-1), "a charge at the terminal");
const ask = (amountFen = 5_000, more: Record<string, unknown> = {}): Promise<Answer> =>
  counter.post("cashier", "/terminal-charges", {
    shiftId: shift,
    kind: "qr",
    items: [{ accountNo: plantedAccountNo(account), amountFen }],
    ...more,
  });
const look = (asked: Answer, deed = "look", who: Caller = "cashier") =>
  counter.post(who, `/terminal-charges/${String(asked.body["id"])}/${deed}`, {});
const lookWithoutAnybody = () => lookAtLeftCharges({ ...counter.town.platform, outside });
/** The same while the terminal answers nothing: what ended a moment ago cannot be asked about, and that is told. */
const lookInSilence = () =>
  lookWithoutAnybody().catch((error: unknown) => expect(error).toBeInstanceOf(AggregateError));
const stateOf = (asked: Answer) =>
  owner().one<{ state: string; problem: string }>(
    "select state, problem from terminal_charges where id = :id",
    { id: asked.body["id"] },
  );
const tasksOf = (asked: Answer) =>
  owner().rows(
    `select state, owner_role as "ownerRole", details ->> 'why' as why from tasks
     where kind = 'terminal-held' and details ->> 'chargeId' = :id order by id`,
    { id: asked.body["id"] },
  );
const paymentsOf = async (number: number): Promise<number> =>
  ((await counter.get("cashier", `/accounts/${plantedAccountNo(number)}/payments`)).body["items"] as object[])
    .length;
const close = (more: Record<string, unknown> = {}, path = "close", who: Caller = "cashier") =>
  counter.post(who, `/shifts/${shift}/${path}`, {
    countedCashFen: 10_000,
    posTotalFen: 0,
    differenceReason: "以终端流水为准",
    ...more,
  });
const closed = async (more: Record<string, unknown> = {}, path = "close", who: Caller = "cashier") =>
  expect((await close(more, path, who)).body).toMatchObject({ state: "closed" });

test("a closed account is refused before the customer pays, and nothing reaches the terminal", async () => {
  await owner().run("update heat_accounts set state = 'closed' where id = :account", { account });
  const before = terminal.charges.size;
  const refused = await ask();
  expect(refused.body).toMatchObject({ code: "payment.account-closed", field: "items[0].accountNo" });
  expect(terminal.charges.size).toBe(before);
  await closed();
});

test("an account that is closed while the customer pays: held, once, with finance's task, and the shift goes on", async () => {
  const asked = await ask();
  await owner().run("update heat_accounts set state = 'closed' where id = :account", { account });
  terminal.end(lastReference(), "approved");
  const looks = await Promise.all([look(asked), look(asked), lookWithoutAnybody()]);
  expect(looks.slice(0, 2).map((answer) => (answer as Answer).status)).toEqual([200, 200]);
  expect((await look(asked)).body).toMatchObject({
    state: "held",
    problem: "payment.account-closed",
    terminalNo: expect.any(String),
    receiptNo: null,
  });
  expect(await tasksOf(asked)).toEqual([
    { state: "open", ownerRole: "finance", why: "payment.account-closed" },
  ]);
  expect((await counter.get("cashier", "/terminal-charges")).body).toEqual({ charge: null });
  account += 1;
  const next = await ask(1_000);
  expect(next.body).toMatchObject({ state: "shown" });
  terminal.end(lastReference(), "approved");
  expect((await look(next)).body).toMatchObject({ state: "approved", receiptNo: expect.any(String) });
  await closed({ posTotalFen: 6_000 });
});

test("over midnight: paid money goes into its own shift while that is open, which then closes", async () => {
  clock().set("2026-11-10T23:59:00+08:00");
  await closed();
  shift = await counter.openShift("cashier", `T${till}N`);
  const asked = await ask();
  clock().set("2026-11-11T00:00:30+08:00");
  terminal.end(lastReference(), "approved");
  expect((await look(asked)).body).toMatchObject({ state: "approved", receiptNo: expect.any(String) });
  expect(await paymentsOf(account)).toBe(1);
  // New money waits for a shift of today.
  expect(await codeOf(ask())).toEqual([409, "shift.of-another-day"]);
  const posting = await owner().one(
    `select g.accounting_date::text as accounted, g.value_date::text as value from postings g
     join payments p on p.id = g.source_id and g.kind = 'payment' where p.shift_id = :shift`,
    { shift },
  );
  expect(posting).toEqual({ accounted: "2026-11-11", value: "2026-11-10" });
  await closed({ posTotalFen: 5_000 });
});

test("the cashier went home: who may close the shift looks in the cashier's place, and the receipt is the cashier's", async () => {
  const asked = await ask(5_000, { payerName: "丰收路物业" });
  terminal.end(lastReference(), "approved");
  expect(await codeOf(look(asked, "look-in-place", "finance"))).toEqual([403, "forbidden"]);
  expect(await codeOf(look(asked, "look", "approver"))).toEqual([403, "forbidden"]);
  expect(await codeOf(look(asked, "look", "otherCashier"))).toEqual([404, "terminal.unknown"]);
  const chargeOfShift = async () => (await counter.get("approver", `/shifts/${shift}`)).body["openCharge"];
  expect(await chargeOfShift()).toMatchObject({ id: asked.body["id"], amountFen: 5_000, state: "shown" });
  const refused = await close({ reason: "收费员病假" }, "close-in-place", "approver");
  expect(refused.body).toMatchObject({
    code: "shift.charge-open",
    facts: { chargeId: String(asked.body["id"]) },
  });
  const seen = await look(asked, "look-in-place", "approver");
  expect(seen.body).toMatchObject({ state: "approved", receiptNo: expect.any(String) });
  expect(await chargeOfShift()).toBe(null);
  const receipt = await owner().one(
    `select r.payer_name as payer, staff.id = shift.staff_id as own from receipts r join shifts shift on shift.id = r.shift_id
     join staff_members staff on staff.id = r.issued_by where r.id = :id`,
    { id: seen.body["receiptId"] },
  );
  expect(receipt).toEqual({ payer: "丰收路物业", own: true });
  await closed({ reason: "收费员病假", posTotalFen: 5_000 }, "close-in-place", "approver");
});

test("nobody looks: the minute's look posts what was paid, and cancelled in place is nobody's money", async () => {
  const asked = await ask();
  terminal.end(lastReference(), "approved");
  expect(await lookWithoutAnybody()).toBeGreaterThanOrEqual(0);
  expect(await stateOf(asked)).toMatchObject({ state: "shown" });
  clock().advanceMs(MINUTE + 1);
  await lookWithoutAnybody();
  expect((await look(asked)).body).toMatchObject({ state: "approved", receiptNo: expect.any(String) });
  account += 1;
  const left = await ask(7_000);
  expect((await look(left, "cancel-in-place", "approver")).body).toMatchObject({ state: "cancelled" });
  await closed({ posTotalFen: 5_000 });
});

test("cancelled while it is still on its way: called off again when it arrives", async () => {
  terminal.keepOnTheWay(true);
  const asked = await ask();
  expect(asked.body).toMatchObject({ state: "asked", trouble: expect.any(String) });
  const wished = await look(asked, "cancel");
  expect(wished.body).toMatchObject({ state: "asked", isCancelling: true, trouble: expect.any(String) });
  expect(await codeOf(close())).toEqual([409, "shift.charge-open"]);
  terminal.keepOnTheWay(false);
  expect((await look(asked)).body).toMatchObject({ state: "cancelled" });
  expect(terminal.charges.get(lastReference())).toMatchObject({ state: "cancelled" });
  await closed();
});

test("cancelled, and shown and paid all the same: finance has a task, once", async () => {
  terminal.keepOnTheWay(true);
  const asked = await ask();
  await look(asked, "cancel");
  clock().advanceMs(11_000);
  expect((await look(asked)).body).toMatchObject({ state: "cancelled", receiptNo: null });
  terminal.keepOnTheWay(false);
  terminal.end(lastReference(), "approved");
  await lookWithoutAnybody();
  await lookWithoutAnybody();
  expect(await stateOf(asked)).toEqual({ state: "held", problem: "paid-after-end" });
  expect(await tasksOf(asked)).toEqual([{ state: "open", ownerRole: "finance", why: "paid-after-end" }]);
  expect(await paymentsOf(account)).toBe(0);
  await closed({ posTotalFen: 5_000 });
});

test("a terminal that says nothing for ten minutes keeps no shift open; what it says later is followed", async () => {
  const asked = await ask();
  terminal.loseAnswers(true);
  clock().advanceMs(9 * MINUTE);
  await lookInSilence();
  expect(await codeOf(close())).toEqual([409, "shift.charge-open"]);
  clock().advanceMs(MINUTE);
  expect((await look(asked)).body).toMatchObject({ state: "held", problem: "terminal-silent" });
  expect(await tasksOf(asked)).toEqual([{ state: "open", ownerRole: "finance", why: "terminal-silent" }]);
  await closed();
  terminal.loseAnswers(false);
  terminal.end(lastReference(), "declined");
  await lookWithoutAnybody();
  expect(await stateOf(asked)).toEqual({ state: "declined", problem: "" });
  expect(await tasksOf(asked)).toMatchObject([{ state: "recalled" }]);

  shift = await counter.openShift("cashier", `T${till}B`);
  const paid = await ask();
  terminal.loseAnswers(true);
  clock().advanceMs(10 * MINUTE);
  await lookInSilence();
  terminal.loseAnswers(false);
  terminal.end(lastReference(), "approved");
  await lookWithoutAnybody();
  await lookWithoutAnybody();
  expect(await stateOf(paid)).toEqual({ state: "held", problem: "paid-after-end" });
  expect(await tasksOf(paid)).toEqual([
    { state: "recalled", ownerRole: "finance", why: "terminal-silent" },
    { state: "open", ownerRole: "finance", why: "paid-after-end" },
  ]);
  await closed({ posTotalFen: 5_000 });
});

test("a quiet moment after a long showing is no silence", async () => {
  const asked = await ask();
  clock().advanceMs(12 * MINUTE);
  expect((await look(asked)).body).toMatchObject({ state: "shown", trouble: null });
  terminal.loseAnswers(true);
  expect((await look(asked)).body).toMatchObject({ state: "shown", trouble: expect.any(String) });
  terminal.loseAnswers(false);
  expect((await look(asked, "cancel")).body).toMatchObject({ state: "cancelled" });
  await closed();
});

test("one home under two numbers is one home: refused at the till and at the terminal", async () => {
  await owner().run(
    "insert into account_aliases (account_id, kind, value) values (:account, 'old-number', 'OLD-4711')",
    { account },
  );
  const items = [
    { accountNo: plantedAccountNo(account), amountFen: 100 },
    { accountNo: "OLD-4711", amountFen: 100 },
  ];
  const refusal = { code: "payment.account-twice", field: "items[1].accountNo" };
  expect((await ask(0, { items })).body).toMatchObject(refusal);
  const cash = await counter.post("cashier", "/counter-payments", { shiftId: shift, tender: "cash", items });
  expect(cash.body).toMatchObject(refusal);
  await closed();
});
