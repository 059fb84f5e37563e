/** Paying inside WeChat's browser: who sits there is known by WeChat's word to this session alone; paid is what a signed report says, once. */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type HouseholdTown, startHouseholdTown } from "#tests/support/household-page.ts";

let page: HouseholdTown;
let home = 0;
let cookie = "";
beforeAll(async () => {
  page = await startHouseholdTown(12);
}, 60_000);
afterAll(() => page.stop());
beforeEach(async () => {
  home += 1;
  page.wallet.setSilent(false);
  cookie = await page.signIn(home);
});

const post = (path: string, json?: unknown, as = cookie) =>
  page.me(path, { method: "POST", cookie: as, ...(json === undefined ? {} : { json }) });
/** What WeChat gives the browser that asks it. */
const askWechat = async (as = cookie): Promise<{ code: string; state: string }> => {
  const asked = await post("/me/wechat/authorizations", undefined, as);
  const url = new URL(String(asked.body["url"]));
  expect([url.searchParams.get("scope"), url.hash]).toEqual(["snsapi_base", "#wechat_redirect"]);
  const back = await fetch(url, { redirect: "manual" });
  const to = new URL(back.headers.get("location") ?? "");
  expect(`${to.origin}${to.pathname}`).toBe(`${page.platform.publicUrl}/me/wechat`);
  return { code: to.searchParams.get("code") ?? "", state: to.searchParams.get("state") ?? "" };
};
const tell = (answer: { code: string; state: string }, as = cookie) => post("/me/wechat/openids", answer, as);
const begin = (key: string, inWechat = true, wallet = "wechat") =>
  page.me("/me/orders", {
    cookie,
    key,
    json: { pay: { homeId: String(home) }, amountFen: 205_200, wallet, inWechat },
  });
type HandOver = Readonly<Record<string, string>>;
/** As WeChat's browser pays with what the page gave it. */
const payWith = (handOver: HandOver, act = "pay") =>
  fetch(`${page.platform.wallet?.url}/jsapi/pay`, {
    method: "POST",
    body: new URLSearchParams({ ...handOver, act }),
  });
const read = (orderNo: unknown) => page.me(`/me/orders/${String(orderNo)}`, { cookie });
const payments = () =>
  page.town.db.owner.sql.rows<{ amountFen: bigint }>(
    `select amount_fen as "amountFen" from payments where account_id = :home`,
    { home },
  );
const standing = async (as = cookie) => (await page.me("/me/session", { cookie: as })).body["wechat"];

test("from the code to the posted money", async () => {
  expect(await standing()).toEqual({ available: true, known: false });
  const early = await begin("too-early");
  expect([early.status, early.body["code"]]).toEqual([409, "wallet.wechat-unknown"]);
  expect((await tell(await askWechat())).body).toEqual({ known: true });
  expect(await standing()).toEqual({ available: true, known: true });
  const begun = await begin("in-wechat");
  expect(begun.body).toMatchObject({ state: "waiting", payUrl: null, handOver: { signType: "RSA" } });
  const handOver = begun.body["handOver"] as HandOver;
  expect(Object.keys(handOver).toSorted()).toEqual(
    ["appId", "nonceStr", "package", "paySign", "signType", "timeStamp"].toSorted(),
  );
  // What the page alters is not paid.
  expect((await payWith({ ...handOver, package: "prepay_id=another" })).status).toBe(400);
  expect(await payments()).toEqual([]);
  expect((await payWith(handOver)).status).toBe(200);
  expect((await read(begun.body["orderNo"])).body).toMatchObject({ state: "paid", handOver: null });
  expect(await payments()).toEqual([{ amountFen: 205_200n }]);
});

test("paid twice, its report lost, asked about ten times at once: one payment", async () => {
  await tell(await askWechat());
  const { body } = await begin("once");
  const handOver = body["handOver"] as HandOver;
  await payWith(handOver, "lose");
  await payWith(handOver);
  expect((await read(body["orderNo"])).body["state"]).toBe("waiting");
  const path = `/me/orders/${String(body["orderNo"])}/check`;
  const answers = await Promise.all(Array.from({ length: 10 }, () => post(path)));
  expect(answers.map((answer) => answer.body["state"])).toEqual(Array(10).fill("paid"));
  expect(await payments()).toHaveLength(1);
});

test("an answer is taken once, by the session that asked, and not after ten minutes", async () => {
  const answer = await askWechat();
  const thief = await page.signIn((home += 1));
  const refusals = [
    await tell(answer, thief),
    await tell({ ...answer, state: "x".repeat(32) }),
    await tell({ ...answer, code: "never-given" }),
    // Its state was spent by the try before.
    await tell(answer),
  ];
  expect(refusals.map(({ status, body }) => `${status} ${String(body["code"])}`)).toEqual(
    Array(4).fill("422 wallet.wechat-refused"),
  );
  const late = await askWechat();
  page.town.db.clock.advanceMs(11 * 60_000);
  expect((await tell(late)).body["code"]).toBe("wallet.wechat-refused");
  for (const one of [cookie, thief]) expect(await standing(one)).toEqual({ available: true, known: false });
});

test("WeChat that is silent is said to be; who it is leaves with the session and stands in no audit row", async () => {
  const answer = await askWechat();
  page.wallet.setSilent(true);
  expect((await tell(answer)).body["code"]).toBe("wallet.wechat-silent");
  page.wallet.setSilent(false);
  await tell(await askWechat());
  const { openid } = await page.town.db.owner.sql.one<{ openid: string }>(
    "select openid from household_sessions where openid is not null order by id desc limit 1",
  );
  const found = await page.town.db.owner.sql.rows(
    "select id from audit_events where details::text like '%' || :openid || '%'",
    { openid },
  );
  expect(found).toEqual([]);
  await page.me("/me/session", { method: "DELETE", cookie });
  const left = await page.town.db.owner.sql.rows("select id from household_sessions where openid = :openid", {
    openid,
  });
  expect(left).toEqual([]);
});

test("one that was begun outside is not gone on with inside, and another wallet does not open there", async () => {
  await tell(await askWechat());
  const outside = await begin("outside", false);
  expect(outside.body["handOver"]).toBeNull();
  const inside = await begin("inside");
  expect([inside.status, inside.body["code"]]).toEqual([409, "wallet.order-open"]);
  await post(`/me/orders/${String(outside.body["orderNo"])}/cancel`);
  expect((await begin("alipay", true, "alipay")).body["code"]).toBe("wallet.not-a-wallet");
  expect((await begin("inside-now")).body["state"]).toBe("waiting");
});

test("the simulated WeChat sends a browser to the house and nowhere else", async () => {
  const asked = await post("/me/wechat/authorizations");
  const url = new URL(String(asked.body["url"]));
  url.searchParams.set("redirect_uri", "https://elsewhere.example/me/wechat");
  expect((await fetch(url, { redirect: "manual" })).status).toBe(400);
});
