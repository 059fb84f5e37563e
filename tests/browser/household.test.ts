/** The household's page on a telephone: public news for everybody; sign in, see why, pay, take the receipt, report a fault. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Api, apiAs } from "./support/api.ts";
import { openBrowser, seriousFindings, shot, visit, visitAs, type VisitOptions } from "./support/browser.ts";
import { CHINESE, type Debtor, ENGLISH, findDebtors, prove } from "./support/household.ts";
import { type BrowserTown, startBrowserTown } from "./support/town.ts";

let town: BrowserTown;
let browser: Browser;
let staff: Api;
/** Homes that owe and have a mobile on file. */
let debtors: readonly Debtor[] = [];

beforeAll(async () => {
  [town, browser] = await Promise.all([startBrowserTown(), openBrowser()]);
  staff = await apiAs(town.url, "agent");
  debtors = await findDebtors(staff, 8);
});
afterAll(async () => {
  await browser.close();
  await town.stop();
});

const debtor = (index: number): Debtor => {
  const found = debtors[index];
  if (found === undefined) throw new Error(`home ${index} owes and has a mobile`);
  return found;
};

type Household = {
  readonly version: number;
  readonly people: readonly { readonly phones: readonly { readonly confirmed: boolean | null }[] }[];
};

const PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=",
  "base64",
);
const photoOf = (name: string) => ({ name, mimeType: "image/png", buffer: PIXEL });

const onPhone = async (language: "zh-CN" | "en", more: Pick<VisitOptions, "userAgent" | "script"> = {}) => {
  const made = await visit(browser, town.url, { phone: true, language, ...more });
  await made.page.goto("/me");
  return made;
};

test("anybody finds what is known of a building, without a login and in both languages", async () => {
  const { page, complaints, close } = await onPhone("zh-CN");
  await page.getByRole("heading", { level: 1, name: "我家供暖" }).waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await shot(page, "household-start");
  await page.getByRole("button", { name: "查看我的楼栋" }).click();
  const { items } = await staff.get<{ items: { name: string }[] }>("/network/communities?limit=1");
  await page.getByLabel("小区名称").fill((items[0]?.name ?? "").slice(0, 2));
  await page.getByRole("button", { name: "查找" }).click();
  await page.getByRole("list").getByRole("button").first().click();
  await page.getByRole("link", { name: /号楼/ }).first().click();
  await page.getByRole("heading", { level: 2, name: "试压和冷态运行" }).waitFor();
  expect(page.url()).toMatch(/\/me\/news\/\d+$/);
  expect(await seriousFindings(page)).toEqual([]);
  await shot(page, "household-news");
  await page.getByRole("button", { name: "English" }).click();
  await page.getByRole("heading", { level: 2, name: "Pressure tests and cold runs" }).waitFor();
  const typeSize = (): Promise<number> =>
    page.evaluate<number>("parseFloat(getComputedStyle(document.documentElement).fontSize)");
  const usual = await typeSize();
  await page.getByRole("button", { name: "Larger" }).click();
  await page.getByRole("button", { name: "Normal" }).waitFor();
  const large = await typeSize();
  expect(large).toBeGreaterThanOrEqual(usual * 1.2);
  await page.reload();
  await page.getByRole("heading", { level: 2, name: "Pressure tests and cold runs" }).waitFor();
  expect(await typeSize()).toBe(large);
  await shot(page, "household-news-en-larger");
  expect(complaints).toEqual([]);
  await close();
});

test("a household signs in, sees why it owes what it owes, pays, takes the receipt and reports a fault", async () => {
  const { page, complaints, close } = await onPhone("zh-CN");
  const { accountNo } = debtor(0);
  await prove(page, staff, accountNo, CHINESE);
  await page.getByRole("link", { name: new RegExp(accountNo) }).waitFor();
  await shot(page, "household-homes");
  expect(await seriousFindings(page)).toEqual([]);
  await page.getByRole("button", { name: "去缴费" }).click();
  await page.getByLabel(/缴纳金额/).waitFor();
  await page.goBack();
  await page.getByRole("link", { name: new RegExp(accountNo) }).click();
  await page.getByRole("heading", { level: 2, name: "为什么是这个数" }).waitFor();
  // Area × price × days, as on the bill.
  expect(
    await page
      .getByText(/^\d[\d.]* × 0\.\d+ × \d+/)
      .first()
      .textContent(),
  ).toMatch(/×/);
  expect(page.url()).not.toContain(accountNo);
  expect(await seriousFindings(page)).toEqual([]);
  await shot(page, "household-home");

  await page.getByRole("button", { name: "缴费", exact: true }).click();
  await page.getByLabel(/缴纳金额/).waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await shot(page, "household-pay");
  await page.getByRole("button", { name: "下一步" }).dblclick();
  await page.getByRole("link", { name: /付款$/ }).waitFor();
  await page.getByRole("heading", { level: 2, name: /^我家 · / }).waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await shot(page, "household-order");
  await page.getByText("用另一部手机扫码付款").click();
  await page.getByRole("img", { name: "付款二维码" }).waitFor();
  await page.getByRole("link", { name: /付款$/ }).click();
  await page.getByRole("heading", { name: /Simulated wallet/ }).waitFor();
  await shot(page, "household-wallet");
  await page.getByRole("button", { name: "支付 Pay", exact: true }).click();
  await page.getByText("已缴费").waitFor();
  await shot(page, "household-paid");
  await page.getByRole("button", { name: "看缴费记录和收据" }).click();
  await page.getByRole("button", { name: "开收据" }).first().click();
  const opened = page.waitForEvent("popup");
  await page
    .getByRole("button", { name: /打开收据 E/ })
    .first()
    .click();
  const receiptNo =
    /E\S+/.exec(
      (await page
        .getByRole("button", { name: /打开收据 E/ })
        .first()
        .textContent()) ?? "",
    )?.[0] ?? "";
  const receipt = await opened;
  await receipt.getByText("收据").first().waitFor();
  await shot(receipt, "household-receipt");
  await receipt.close();
  await shot(page, "household-payments");
  expect(await seriousFindings(page)).toEqual([]);
  const { items } = await staff.get<{ items: { amountFen: number; state: string }[] }>(
    `/accounts/${accountNo}/payments?limit=1`,
  );
  expect(items[0]).toMatchObject({ amountFen: debtor(0).openFen, state: "posted" });

  await page.getByRole("link", { name: /返回/ }).click();
  await page.getByRole("link", { name: "报修和诉求" }).click();
  await page.getByLabel("什么问题").selectOption({ label: "部分不热" });
  await page.getByLabel("请说一说情况").fill("北卧室从昨晚开始不热，室内 15 度");
  await page.getByLabel("照片（可不传）").setInputFiles([photoOf("wall.png"), photoOf("radiator.png")]);
  await page.getByRole("img", { name: "第 2 张照片" }).waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await shot(page, "household-report");
  // The line takes words and no photos: what was written has arrived, the photos are sent again.
  const photoRoute = "**/api/v1/me/homes/*/cases/*/photos*";
  await page.route(photoRoute, (route) => route.abort());
  await page.getByRole("button", { name: "提交" }).dblclick();
  const done = page.getByText(/已受理，工单号 \d+/);
  // On the screen of the phone, and read out: the form was sent.
  await done.and(page.locator(":focus")).waitFor();
  expect((await done.boundingBox())?.y).toBeLessThan(844);
  await page.getByRole("button", { name: "已提交；再提交一条" }).waitFor();
  await page.getByText("您写的内容已经收到，只是照片没有传上去。").waitFor();
  await shot(page, "household-photos-failed");
  await page.unroute(photoRoute);
  await page.getByRole("button", { name: "再传一次照片" }).click();
  await page.getByText("照片 2 张").waitFor();
  await page.getByText("北卧室从昨晚开始不热，室内 15 度").waitFor();
  await shot(page, "household-case");
  const ticketNo = /\d{4,}/.exec((await done.textContent()) ?? "")?.[0] ?? "";
  const ticket = await staff.get<{ channel: string; timeline: { kind: string }[] }>(`/tickets/${ticketNo}`);
  expect(ticket).toMatchObject({ channel: "self-service" });
  expect(ticket.timeline.filter(({ kind }) => kind === "attachment")).toHaveLength(2);
  expect(await page.getByText("北卧室从昨晚开始不热，室内 15 度").count()).toBe(1);
  await page.getByRole("link", { name: /返回/ }).click();
  await page.getByRole("link", { name: /返回/ }).click();
  await page.getByRole("button", { name: "退出" }).click();

  // Where the registered mobile is wrong, the last receipt proves the home: that one, and nothing is decided by it.
  await page.getByRole("button", { name: "手机号不对，用卡号或收据号登录" }).click();
  await page.getByLabel("户号").fill(accountNo);
  await page.getByLabel(/卡号，或最近一张收据的号码/).fill("E0000000");
  await page.getByRole("button", { name: "登录", exact: true }).click();
  const refused = page.getByText("核对不上、已过期或已用过");
  await refused.waitFor();
  // Something else is typed: what was refused before is not said of it.
  await page.getByLabel(/卡号，或最近一张收据的号码/).fill(receiptNo);
  expect(await refused.count()).toBe(0);
  await page.getByRole("button", { name: "登录", exact: true }).click();
  await page.getByText(/您是凭卡号或收据号登录的/).waitFor();
  expect(await page.getByRole("button", { name: "再绑定一处房屋" }).count()).toBe(0);
  await shot(page, "household-by-receipt");
  await page.getByRole("link", { name: new RegExp(accountNo) }).click();
  await page.getByRole("heading", { level: 2, name: "为什么是这个数" }).waitFor();
  expect(await page.getByRole("link", { name: "短信提醒设置" }).count()).toBe(0);
  expect(complaints).toEqual([]);
  await close();
});

test("in English: one telephone binds two homes, a lost report is found, and what is typed survives a session that ended", async () => {
  const { page, complaints, close } = await onPhone("en");
  await prove(page, staff, debtor(1).accountNo, ENGLISH);
  await page.getByRole("button", { name: "Add another home" }).click();
  await page.getByRole("heading", { level: 1, name: "Add a home" }).waitFor();
  await prove(page, staff, debtor(2).accountNo, { ...ENGLISH, enter: "Add" });
  await page.getByRole("heading", { level: 2, name: "Why this amount" }).waitFor();
  await shot(page, "household-home-en");
  await page.getByRole("button", { name: "Pay", exact: true }).click();
  await page.getByLabel(/^Amount/).fill("100");
  await page.getByRole("button", { name: "Next" }).click();
  await page.getByRole("link", { name: /^Pay with/ }).click();
  await page.getByRole("button", { name: /lose the report/ }).click();
  await page.getByText("Thank you! It is booked for this home.").waitFor();

  await page.getByRole("button", { name: "Back to my homes" }).click();
  await page.getByRole("link", { name: new RegExp(debtor(1).accountNo) }).click();
  await page.getByRole("button", { name: "Ask for the valve to be opened" }).click();
  await page
    .getByRole("region", { name: "Heat and valve" })
    .getByRole("status")
    .filter({ hasText: /\w+ \w+/ })
    .waitFor();
  await page.getByRole("link", { name: "Messages I want" }).click();
  await page.getByRole("checkbox", { name: "Greetings on festivals" }).check();
  await page.getByText("Saved").waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await shot(page, "household-consents-en");

  await page.getByRole("link", { name: /Back/ }).click();
  await page.getByRole("link", { name: "Faults and questions" }).click();
  await page.getByLabel("Please tell us about it").fill("It drips below the window");
  await page.getByLabel("What is it about").selectOption({ label: "Water leaks" });
  await page.getByRole("alert").waitFor();
  await page.context().clearCookies();
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText(/You were signed out/).waitFor();
  await shot(page, "household-ended-en");
  // Five wrong codes: this one is dead, and the page says so (of an account that there is not as well).
  await page.getByLabel(ENGLISH.account).fill("999999996");
  await page.getByRole("button", { name: ENGLISH.ask }).click();
  for (let wrong = 1; wrong <= 5; wrong += 1) {
    await page.getByLabel(ENGLISH.code).fill(`00000${wrong}`);
    const answer = page.waitForResponse(/\/me\/session$/);
    await page.getByRole("button", { name: ENGLISH.enter, exact: true }).click();
    expect((await answer).status()).toBe(401);
    if (wrong > 1) continue;
    await page.getByRole("alert").waitFor();
    await page.getByLabel(ENGLISH.code).fill("");
    await page.getByRole("alert").waitFor({ state: "detached" });
  }
  await page.getByRole("alert").filter({ hasText: "5 wrong codes: this code is dead" }).waitFor();
  expect(await page.getByLabel(ENGLISH.code).count()).toBe(0);
  expect(await seriousFindings(page)).toEqual([]);
  await shot(page, "household-dead-code-en");
  await page.getByRole("button", { name: "The mobile is wrong: use a card or receipt number" }).click();
  expect(await page.getByText("this code is dead").count()).toBe(0);
  await page.getByRole("button", { name: "Use a code to the mobile" }).click();
  // A home gets a code once a minute: another one signs in.
  await prove(page, staff, debtor(3).accountNo, ENGLISH);
  await page.getByRole("heading", { level: 1 }).waitFor();
  expect(await page.evaluate("Object.values(sessionStorage).join()")).toContain("It drips below the window");
  expect(complaints).toEqual([]);
  await close();
});

test("for somebody else: the first sign of the name, the amount and the end of the address", async () => {
  const { page, complaints, close } = await onPhone("zh-CN");
  await prove(page, staff, debtor(4).accountNo, CHINESE);
  await page.getByRole("button", { name: "替别人缴费" }).click();
  await page.getByLabel("对方的户号").fill(debtor(2).accountNo);
  await page.getByRole("button", { name: "查询" }).click();
  await page.getByRole("heading", { level: 2, name: "是这一户吗？" }).waitFor();
  expect(await page.getByText(/^.\* · …/).count()).toBe(1);
  expect(await seriousFindings(page)).toEqual([]);
  await shot(page, "household-other");
  expect(page.url()).toMatch(/\/me\/other$/);
  // Neither the building nor the community, nor the rest of the name.
  expect((await page.locator("main").textContent()) ?? "").not.toMatch(/号楼|小区|公馆/);
  await page.getByLabel(/缴纳金额/).fill("0.01");
  await page.getByRole("button", { name: "下一步" }).click();
  await page.getByRole("link", { name: /付款$/ }).click();
  await page.getByRole("button", { name: "支付 Pay", exact: true }).click();
  await page.getByText("已缴费").waitFor();
  expect(await page.getByText(/^.\* · …/).count()).toBe(1);
  expect(await page.getByRole("button", { name: "看缴费记录和收据" }).count()).toBe(0);
  expect(complaints).toEqual([]);
  await close();
});

type Payment = { readonly paymentId: string; readonly amountFen: number; readonly state: string };
const paymentsOf = async (accountNo: string): Promise<readonly Payment[]> =>
  (await staff.get<{ items: readonly Payment[] }>(`/accounts/${accountNo}/payments?limit=50`)).items;

/** WeChat's browser as a page meets it: its name, and a bridge that pays at the (simulated) WeChat or calls off. */
const WECHAT = {
  userAgent:
    "Mozilla/5.0 (Linux; Android 14; Pixel 7) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0.0.0 Mobile Safari/537.36 MicroMessenger/8.0.50.2701(0x28003255) WeChat/arm64 NetType/4G",
  script: `window.WeixinJSBridge = { calls: 0, invoke(name, given, answered) {
    this.calls += 1;
    if (name !== "getBrandWCPayRequest" || this.calls === 1) return answered({ err_msg: name + ":cancel" });
    fetch("/simulated-wallet/jsapi/pay", { method: "POST", body: new URLSearchParams({ ...given, act: "pay" }) })
      .then(() => answered({ err_msg: "get_brand_wcpay_request:ok" }));
  } };`,
};

test("inside WeChat's browser it pays by itself: called off first, then paid, once", async () => {
  const { page, complaints, close } = await onPhone("zh-CN", WECHAT);
  const { accountNo, openFen } = debtor(5);
  const before = (await paymentsOf(accountNo)).map(({ paymentId }) => paymentId);
  await prove(page, staff, accountNo, CHINESE);
  await page.getByRole("link", { name: new RegExp(accountNo) }).click();
  await page.getByRole("button", { name: "缴费", exact: true }).click();
  // WeChat was asked on the way, and what it said is not left in the address.
  await page.getByLabel(/缴纳金额/).waitFor();
  expect(page.url()).toMatch(/\/me\/homes\/\d+\/pay$/);
  expect(await page.getByRole("radio").count()).toBe(1);
  await shot(page, "household-wechat-pay");
  await page.getByRole("button", { name: "下一步" }).click();
  await page.getByRole("button", { name: "微信支付" }).click();
  await page.getByText("您在微信里取消了支付。要缴费请再点“微信支付”。").waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await shot(page, "household-wechat-order");
  await page.getByRole("button", { name: "微信支付" }).click();
  await page.getByText("已缴费").waitFor();
  const after = await paymentsOf(accountNo);
  expect(after.filter(({ paymentId }) => !before.includes(paymentId))).toMatchObject([
    { amountFen: openFen, state: "posted" },
  ]);
  expect(complaints).toEqual([]);
  await close();
});

test("a number that has changed is corrected by the agent in four presses; who was slower is told, and reads it again", async () => {
  const { accountNo } = debtor(6);
  const { page, complaints, close } = await visitAs(browser, town.url, "agent");
  const place = `/accounts/${accountNo}`;
  const read = () => staff.get<Household>(place);
  await page.goto(`/households/${accountNo}`);
  const people = page.getByRole("region", { name: "联系人" });
  const dialog = page.getByRole("dialog");
  await people
    .getByRole("button", { name: /^改电话 / })
    .first()
    .click();
  await dialog.getByLabel("新号码").and(page.locator(":focus")).waitFor();
  const gone = ({ people: all }: Household): number =>
    all.flatMap(({ phones }) => phones).filter(({ confirmed }) => confirmed === false).length;
  const before = gone(await read());
  // A colleague is quicker.
  const chief = await apiAs(town.url, "supervisor");
  const hold = { kind: "care", reason: "独居老人", startsOn: "2026-11-01" };
  await chief.post(`${place}/holds`, hold, { ifMatch: (await read()).version });
  await page.keyboard.type("13900003344");
  await page.keyboard.press("Enter");
  const alert = dialog.getByRole("alert");
  await alert.getByText("别人刚刚修改过").waitFor();
  await shot(page, "household-stale");
  await alert.getByRole("button", { name: "重新读取" }).click();
  await alert.waitFor({ state: "hidden" });
  await page.keyboard.press("Tab");
  await dialog.getByLabel("新号码").press("Enter");
  await dialog.waitFor({ state: "hidden" });
  await people.getByText("139****3344").waitFor();
  expect(gone(await read())).toBe(before + 1);
  expect(await people.getByText("不再用").count()).toBe(before + 1);

  await people.getByText("独居老人").waitFor();
  await people.getByRole("button", { name: "解除 重点关怀" }).click();
  await dialog.getByRole("textbox").fill("已搬走");
  await page.keyboard.press("Control+Enter");
  await people.getByText("独居老人").waitFor({ state: "hidden" });
  await people.getByRole("button", { name: "加保护" }).click();
  await dialog.getByRole("radio", { name: "丧事" }).check();
  await dialog.getByLabel("具体原因").fill("家属来电");
  await shot(page, "household-hold");
  await page.keyboard.press("Control+Enter");
  await people.getByText("家属来电").waitFor();
  await people.getByRole("button", { name: "登记联系人" }).click();
  await dialog.getByLabel("姓名或单位名称").and(page.locator(":focus")).fill("孙小云");
  await dialog.getByLabel("电话（可不填）").fill("13900005566");
  await shot(page, "household-person");
  await page.keyboard.press("Enter");
  await people.getByText("139****5566").waitFor();
  await people.getByRole("button", { name: "消息同意" }).click();
  await dialog.getByRole("button", { name: "问候 不同意" }).first().click();
  await dialog.getByText(/^来电 /).waitFor();
  await shot(page, "household-consents");
  expect(await seriousFindings(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await shot(page, "household-corrected");
  expect(await seriousFindings(page)).toEqual([]);
  expect(complaints.filter((one) => !one.includes("412"))).toEqual([]);
  await close();
});
