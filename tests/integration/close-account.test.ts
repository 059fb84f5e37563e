import { afterAll, beforeAll, expect, test } from "vitest";
import { fen } from "#src/kernel/money.ts";
import { takePayment } from "#src/money/collection/index.ts";
import { closeAccount, lifecycleRoutes } from "#src/money/lifecycle/index.ts";
import { accessAccount, townRoutes } from "#src/town/accounts/index.ts";
import { createPayingTown, type PayingTown } from "#tests/support/collection.ts";
import { plantedAccountNo } from "#tests/support/town.ts";
import { ask, startEdge } from "#tests/http/edge.ts";

const BILL = 205_200n;

let town: PayingTown;
let serial = 0;
beforeAll(async () => {
  town = await createPayingTown(8);
});
afterAll(() => town.db.drop());

const pay = (home: number, amount: bigint) => {
  serial += 1;
  return takePayment(
    town.platform,
    town.bankA,
    {
      accountNo: plantedAccountNo(home),
      amountFen: fen(amount),
      channel: "bank-a",
      serial: `C${serial}`,
      paidAt: town.db.clock.now(),
    },
    {},
  );
};

const close = async (home: number) => {
  const { result } = await town.db.commands.run(
    { name: "account.close", actor: town.db.actor },
    async (context) =>
      closeAccount(context, {
        account: await accessAccount(context.sql, town.db.actor, plantedAccountNo(home), context.today),
        reason: "the house is torn down",
        effectiveOn: context.today,
      }),
  );
  return result;
};

const stateOf = async (home: number) =>
  (
    await town.db.database.sql.one<{ state: string }>("select state from heat_accounts where id = :home", {
      home,
    })
  ).state;

test("debts, then offers, then prepaid money keep an account open; without them it closes and takes no payment", async () => {
  await expect(close(1)).rejects.toMatchObject({
    code: "account.has-debts",
    detail: { facts: { bills: 1n, fen: BILL } },
  });
  await pay(1, BILL);
  await expect(close(1)).rejects.toMatchObject({
    code: "account.has-offers",
    detail: { facts: { fen: BILL } },
  });
  await pay(1, BILL + 7n);
  await expect(close(1)).rejects.toMatchObject({
    code: "account.has-prepaid",
    detail: { facts: { fen: 7n } },
  });
  expect(await stateOf(1)).toBe("active");

  await pay(2, 2n * BILL);
  expect(await close(2)).toMatchObject({ from: "active", to: "closed" });
  await expect(pay(2, 1n)).rejects.toMatchObject({ code: "payment.account-closed" });
  await expect(close(2)).rejects.toMatchObject({ code: "state.refused" });
});

test("a payment of the same moment is counted or refused, never left on a closed account", async () => {
  await pay(3, 2n * BILL);
  const [closed, paid] = await Promise.allSettled([close(3), pay(3, 500n)]);
  expect([closed.status, paid.status].filter((status) => status === "fulfilled")).toHaveLength(1);
  const { prepaid } = await town.db.database.sql.one<{ prepaid: bigint }>(
    `select coalesce(sum(balance_fen), 0)::bigint as prepaid from household_balances
     where account_id = 3 and code = 'prepaid'`,
    {},
  );
  expect([await stateOf(3), prepaid]).toEqual(
    closed.status === "fulfilled" ? ["closed", 0n] : ["active", 500n],
  );
});

test("over HTTP: the general route names the one that closes, which asks for the version", async () => {
  await pay(4, 2n * BILL);
  const edge = await startEdge(town.platform, [...townRoutes, ...lifecycleRoutes], {
    authenticate: async () => town.finance,
  });
  try {
    const at = `/api/v1/accounts/${plantedAccountNo(4)}`;
    const order = { reason: "sold to nobody", effectiveOn: "2026-11-10" };
    const post = (path: string, json: Record<string, unknown>, version?: number) =>
      ask(edge, `${at}/${path}`, {
        token: "token-finance",
        json,
        headers: version === undefined ? {} : { "if-match": `"${version}"` },
      });
    const { body } = await ask(edge, at, { token: "token-finance" });
    const version = Number(body["version"]);
    const general = await post("states", { machine: "account", command: "close", ...order }, version);
    expect(general.body).toMatchObject({
      code: "account.close-elsewhere",
      remedy: expect.stringContaining("/accounts/{accountNo}/close"),
    });
    expect((await post("close", order)).status).toBe(428);
    expect((await post("close", order, version + 1)).body["code"]).toBe("version.stale");
    const closed = await post("close", order, version);
    expect([closed.status, closed.body]).toMatchObject([200, { from: "active", to: "closed" }]);
  } finally {
    await edge.stop();
  }
});
