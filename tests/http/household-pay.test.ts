/** Paying at the household's page: once, whoever clicks or reports twice, and never on anybody's mere word. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { askOpenWalletOrders } from "#src/money/collection/index.ts";
import { signWebhook } from "#src/platform/webhook-signature.ts";
import { ask } from "./edge.ts";
import { type HouseholdTown, startHouseholdTown, WALLET_SECRET } from "#tests/support/household-page.ts";
import { plantedAccountNo } from "#tests/support/town.ts";

let page: HouseholdTown;
beforeAll(async () => {
  page = await startHouseholdTown(30);
}, 60_000);
afterAll(() => page.stop());

let home = 0;
let cookie = "";
/** Each test has a home of its own. */
beforeEach(async () => {
  home += 1;
  page.wallet.setSilent(false);
  cookie = await page.signIn(home);
});

const begin = (key: string, amountFen = 205_200, wallet = "wechat") =>
  page.me("/me/orders", { cookie, key, json: { pay: { homeId: String(home) }, amountFen, wallet } });
const read = (orderNo: unknown) => page.me(`/me/orders/${String(orderNo)}`, { cookie });
const act = (orderNo: unknown, what: "check" | "cancel") =>
  page.me(`/me/orders/${String(orderNo)}/${what}`, { cookie, method: "POST" });
const payments = () =>
  page.town.db.owner.sql.rows<{ amountFen: bigint; serial: string }>(
    `select amount_fen as "amountFen", serial from payments where account_id = :home`,
    { home },
  );
const owed = async () => (await page.me(`/me/homes/${home}`, { cookie })).body["owedFen"];
const report = (body: object, secret = WALLET_SECRET) => {
  const raw = JSON.stringify(body);
  return ask(page.edge, "/api/v1/hooks/wallet", {
    raw,
    headers: { "content-type": "application/json", ...signWebhook(secret, raw, page.town.db.clock.now()) },
  });
};
const paidReport = (orderNo: unknown, more: object = {}) => ({
  eventId: `E-${String(orderNo)}`,
  orderNo,
  transactionNo: `T-${String(orderNo)}`,
  amountFen: 205_200,
  paidAt: page.town.db.clock.now().toISOString(),
  ...more,
});

describe("once", () => {
  test("a payment from the page to the posted money, with its receipt", async () => {
    const begun = await begin("first");
    expect([begun.status, begun.body["state"]]).toEqual([201, "waiting"]);
    expect(begun.body).toMatchObject({ walletName: "微信支付", walletNameEn: "WeChat Pay" });
    const { body: shown } = await page.me(`/me/homes/${home}`, { cookie });
    // Nobody has given Alipay an English name in this town: the page says its code.
    expect(shown["wallets"]).toEqual([
      { code: "alipay", name: "支付宝", nameEn: null },
      { code: "wechat", name: "微信支付", nameEn: "WeChat Pay" },
    ]);
    expect(String(begun.body["payUrl"])).toContain("/pay/");
    await page.wallet.pay(String(begun.body["orderNo"]));
    const done = await read(begun.body["orderNo"]);
    expect(done.body).toMatchObject({ state: "paid", payUrl: null });
    expect(await owed()).toBe(205_200);
    const listed = await page.me(`/me/homes/${home}/payments`, { cookie });
    const [payment] = listed.body["items"] as { paymentId: string; receiptNo: string | null }[];
    expect(payment).toMatchObject({
      amountFen: 205_200,
      channelName: "微信支付",
      channelNameEn: "WeChat Pay",
      receiptNo: null,
    });
    const wish = { cookie, json: { paymentId: payment?.paymentId } };
    const receipts = await Promise.all([1, 2, 3].map(() => page.me(`/me/homes/${home}/receipts`, wish)));
    expect(new Set(receipts.map(({ body }) => body["receiptId"])).size).toBe(1);
    const paper = await page.me(`/me/receipts/${String(receipts[0]?.body["receiptId"])}/print`, { cookie });
    expect([paper.status, paper.text.includes("2,052.00")]).toEqual([200, true]);
  });

  test("ten clicks at once, each lost answer asked again, begin one payment", async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => begin("same-click")));
    const orders = new Set(answers.filter(({ status }) => status === 201).map(({ body }) => body["orderNo"]));
    expect(orders.size).toBe(1);
    // Another browser of the same person has another key, and goes on with the same payment.
    const other = await begin("other-click");
    expect(other.body["orderNo"]).toBe([...orders][0]);
    const differs = await begin("other-amount", 100);
    expect([differs.status, differs.body["code"]]).toEqual([409, "wallet.order-open"]);
  });

  test("the same report twice, ten at once, and an answer to our question besides: one payment", async () => {
    const begun = await begin("twice");
    const { orderNo } = begun.body;
    await page.wallet.pay(String(orderNo), { loseReport: true });
    const asked = await act(orderNo, "check");
    expect(asked.body["state"]).toBe("paid");
    const [payment] = await payments();
    const again = paidReport(orderNo, { transactionNo: payment?.serial });
    const answers = await Promise.all(Array.from({ length: 10 }, () => report(again)));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(await payments()).toHaveLength(1);
    expect(await owed()).toBe(205_200);
  });

  test("what is more than owed is refused, and so is a bank's channel", async () => {
    expect((await begin("more", 410_401)).body["code"]).toBe("wallet.more-than-owed");
    expect((await begin("nothing", 0)).body["code"]).toBe("payment.amount-not-positive");
    expect((await begin("bank", 100, "bank-a")).body["code"]).toBe("wallet.not-a-wallet");
  });

  test("for somebody else's home: the payer sees the little that he saw before, and the money is there", async () => {
    const found = await page.me("/me/look-ups", { cookie, json: { accountNo: plantedAccountNo(29) } });
    const begun = await page.me("/me/orders", {
      cookie,
      key: "for-mother",
      json: { pay: { lookUpId: found.body["lookUpId"] }, amountFen: 410_400, wallet: "alipay" },
    });
    expect(begun.body).toMatchObject({
      forAnother: true,
      homeId: null,
      owner: "住*",
      addressTail: "1单元29",
    });
    await page.wallet.pay(String(begun.body["orderNo"]));
    const done = await read(begun.body["orderNo"]);
    expect(done.body).toMatchObject({ state: "paid", paymentId: null });
    const rows = await page.town.db.owner.sql.rows("select id from payments where account_id = 29");
    expect(rows).toHaveLength(1);
  });
});

describe("reports", () => {
  test("a forged one, a stale one and an unsigned one post nothing", async () => {
    const { orderNo } = (await begin("forged")).body;
    const forged = await report(paidReport(orderNo), "another-secret-of-at-least-32-characters");
    expect([forged.status, forged.body["code"]]).toEqual([401, "webhook.forged"]);
    const raw = JSON.stringify(paidReport(orderNo));
    const headers = { "content-type": "application/json" };
    const unsigned = await ask(page.edge, "/api/v1/hooks/wallet", { raw, headers });
    expect(unsigned.body["code"]).toBe("webhook.unsigned");
    const old = new Date(page.town.db.clock.now().getTime() - 301_000);
    const stale = await ask(page.edge, "/api/v1/hooks/wallet", {
      raw,
      headers: { ...headers, ...signWebhook(WALLET_SECRET, raw, old) },
    });
    expect(stale.body["code"]).toBe("webhook.stale");
    // A household's cookie is no signature.
    const own = await page.me("/hooks/wallet", { cookie, json: paidReport(orderNo) });
    expect(own.status).toBe(401);
    expect(await payments()).toEqual([]);
    expect((await read(orderNo)).body["state"]).toBe("waiting");
  });

  test("another amount is held for finance and never posted; so is a second transaction of a paid one", async () => {
    const { orderNo } = (await begin("differs")).body;
    expect((await report(paidReport(orderNo, { amountFen: 1 }))).status).toBe(200);
    expect((await read(orderNo)).body["state"]).toBe("held");
    expect(await payments()).toEqual([]);
    const second = (await begin("second")).body;
    await page.wallet.pay(String(second["orderNo"]));
    const other = paidReport(second["orderNo"], { eventId: "E-second", transactionNo: "T-second" });
    expect((await report(other)).status).toBe(200);
    expect(await payments()).toHaveLength(1);
    const tasks = await page.town.db.owner.sql.rows(
      "select owner_role from tasks where kind = 'wallet-held' and account_id = :home",
      { home },
    );
    expect(tasks).toEqual([{ owner_role: "finance" }, { owner_role: "finance" }]);
  });

  test("an order of nobody is told so, and the report is kept", async () => {
    const told = await report(paidReport("W20260101000000000001"));
    expect([told.status, told.body["code"]]).toEqual([404, "wallet.order-not-found"]);
  });

  test("money for a payment that was called off is money", async () => {
    const { orderNo } = (await begin("late")).body;
    expect((await act(orderNo, "cancel")).body["state"]).toBe("closed");
    expect((await report(paidReport(orderNo))).status).toBe(200);
    expect((await read(orderNo)).body["state"]).toBe("paid");
    expect(await owed()).toBe(205_200);
  });
});

describe("unknown", () => {
  test("a wallet that does not answer is told as unknown, and settled when it does", async () => {
    page.wallet.setSilent(true);
    const begun = await begin("silent");
    expect(begun.body).toMatchObject({ state: "unknown", payUrl: null });
    const { orderNo } = begun.body;
    expect((await act(orderNo, "check")).body["state"]).toBe("unknown");
    // Nothing else is begun beside it.
    expect((await begin("again")).body["orderNo"]).toBe(orderNo);
    page.wallet.setSilent(false);
    page.town.db.clock.advanceMs(61_000);
    await askOpenWalletOrders(page.platform);
    // The gateway never had it: it is closed, and the person may begin anew.
    expect((await read(orderNo)).body["state"]).toBe("closed");
    expect((await begin("anew")).body["state"]).toBe("waiting");
  });

  test("a payment whose report was lost is found by asking, without anybody's click", async () => {
    const { orderNo } = (await begin("lost")).body;
    await page.wallet.pay(String(orderNo), { loseReport: true });
    expect((await read(orderNo)).body["state"]).toBe("waiting");
    page.wallet.setSilent(true);
    expect((await act(orderNo, "check")).body["state"]).toBe("unknown");
    page.wallet.setSilent(false);
    page.town.db.clock.advanceMs(61_000);
    await askOpenWalletOrders(page.platform);
    expect((await read(orderNo)).body["state"]).toBe("paid");
    expect(await payments()).toHaveLength(1);
  });

  test("one whose time is over is closed at the wallet before it counts as closed", async () => {
    const { orderNo } = (await begin("over")).body;
    page.town.db.clock.advanceMs(16 * 60_000);
    await askOpenWalletOrders(page.platform);
    expect((await read(orderNo)).body["state"]).toBe("closed");
    await page.wallet.pay(String(orderNo));
    expect(await payments()).toEqual([]);
  });
});
