/** The household's page on a telephone: public news for everybody; sign in, see why, pay, take the receipt, report a fault. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { until } from "#tests/support/until.ts";
import { openBrowser, seriousFindings, shot, visit } from "./support/browser.ts";
import { type BrowserTown, PASSWORD, startBrowserTown } from "./support/town.ts";

type Debtor = { readonly accountNo: string; readonly openFen: number };

let town: BrowserTown;
let browser: Browser;
let staffCookie = "";
/** Homes that owe and have a mobile on file. */
const debtors: Debtor[] = [];

/** The API as an agent asks it. */
const staff = async <Body>(address: string, json?: unknown): Promise<Body> => {
  const answer = await fetch(`${town.url}/api/v1${address}`, {
    method: json === undefined ? "GET" : "POST",
    headers: {
      cookie: staffCookie,
      "x-nuan": "1",
      "sec-fetch-site": "same-origin",
      "content-type": "application/json",
    },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
  });
  if (!answer.ok) throw new Error(`${address}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as Body;
};

const logIn = async (): Promise<void> => {
  const answer = await fetch(`${town.url}/api/v1/session`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ login: "agent", password: PASSWORD }),
  });
  staffCookie = (answer.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
};

type Person = { readonly phones: readonly { readonly kind: string; readonly confirmed: boolean | null }[] };
const hasMobile = ({ phones }: Person): boolean =>
  phones.some(({ kind, confirmed }) => kind === "mobile" && confirmed !== false);

type Group = { readonly kind: string; readonly items: readonly { readonly accountNo: string }[] };
const findDebtors = async (): Promise<void> => {
  const { items } = await staff<{ items: { name: string }[] }>("/network/communities?limit=5");
  for (const { name } of items) {
    const { groups } = await staff<{ groups: Group[] }>("/search", { q: `${name}1号楼`, limit: 50 });
    const found = groups.find(({ kind }) => kind === "accounts")?.items ?? [];
    for (const { accountNo } of found) {
      if (debtors.length === 5) return;
      const balance = await staff<{ offeredFen: number; receivableFen: number }>(
        `/accounts/${accountNo}/balance`,
      );
      const { people } = await staff<{ people: Person[] }>(`/accounts/${accountNo}`);
      const openFen = balance.offeredFen + balance.receivableFen;
      if (openFen > 20_000 && people.some(hasMobile)) debtors.push({ accountNo, openFen });
    }
  }
};

/** The code in the newest message of the outbox viewer after `after`. */
const codeAfter = async (after: number): Promise<string> => {
  let code = "";
  await until("the code is in the outbox", async () => {
    const { items } = await staff<{ items: { id: string; body: string }[] }>("/outbox?channel=sms&limit=20");
    const message = items.find(({ id, body }) => Number(id) > after && /验证码 \d{6}|Code \d{6}/.test(body));
    code = /\d{6}/.exec(message?.body ?? "")?.[0] ?? "";
    return code !== "";
  });
  return code;
};
const newestMessage = async (): Promise<number> =>
  Number((await staff<{ items: { id: string }[] }>("/outbox?limit=1")).items[0]?.id ?? 0);

beforeAll(async () => {
  [town, browser] = await Promise.all([startBrowserTown(), openBrowser()]);
  await logIn();
  await findDebtors();
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

type Labels = {
  readonly account: string;
  readonly ask: string;
  readonly code: RegExp;
  readonly enter: string;
};
const CHINESE: Labels = { account: "户号", ask: "获取验证码", code: /6 位验证码/, enter: "登录" };
const ENGLISH: Labels = {
  account: "Account number",
  ask: "Send me a code",
  code: /6 digits/,
  enter: "Sign in",
};

const prove = async (page: Page, accountNo: string, labels: Labels): Promise<void> => {
  const before = await newestMessage();
  await page.getByLabel(labels.account).fill(accountNo);
  await page.getByRole("button", { name: labels.ask }).click();
  await page.getByLabel(labels.code).waitFor();
  await page.getByLabel(labels.code).fill(await codeAfter(before));
  await page.getByRole("button", { name: labels.enter, exact: true }).click();
};

const onPhone = async (language: "zh-CN" | "en") => {
  const made = await visit(browser, town.url, { phone: true, language });
  await made.page.goto("/me");
  return made;
};

test("what is loaded first is light", () => {
  const dist = path.resolve(import.meta.dirname, "..", "..", "web", "dist");
  const read = (file: string): string => readFileSync(path.join(dist, file), "utf8");
  const waiting = [...read("household.html").matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map(
    ([, file = ""]) => file,
  );
  const loaded = new Set<string>();
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (loaded.has(file)) continue;
    loaded.add(file);
    for (const [, next = ""] of read(file).matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g))
      waiting.push(`assets/${next}`);
  }
  const bytes = [...loaded].reduce((sum, file) => sum + gzipSync(read(file)).byteLength, 0);
  expect(loaded.size).toBeGreaterThan(1);
  expect(bytes).toBeLessThanOrEqual(120 * 1024);
});

test("anybody finds what is known of a building, without a login and in both languages", async () => {
  const { page, complaints, close } = await onPhone("zh-CN");
  await page.getByRole("heading", { level: 1, name: "我家供暖" }).waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await shot(page, "household-start");
  await page.getByRole("button", { name: "查看我的楼栋" }).click();
  const { items } = await staff<{ items: { name: string }[] }>("/network/communities?limit=1");
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
  await page.getByRole("button", { name: "Larger" }).click();
  await shot(page, "household-news-en-larger");
  expect(complaints).toEqual([]);
  await close();
});

test("a household signs in, sees why it owes what it owes, pays, takes the receipt and reports a fault", async () => {
  const { page, complaints, close } = await onPhone("zh-CN");
  const { accountNo } = debtor(0);
  await prove(page, accountNo, CHINESE);
  await page.getByRole("link", { name: new RegExp(accountNo) }).waitFor();
  await shot(page, "household-homes");
  expect(await seriousFindings(page)).toEqual([]);
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
  const receipt = await opened;
  await receipt.getByText("收据").first().waitFor();
  await shot(receipt, "household-receipt");
  await receipt.close();
  await shot(page, "household-payments");
  expect(await seriousFindings(page)).toEqual([]);
  const { items } = await staff<{ items: { amountFen: number; state: string }[] }>(
    `/accounts/${accountNo}/payments?limit=1`,
  );
  expect(items[0]).toMatchObject({ amountFen: debtor(0).openFen, state: "posted" });

  await page.getByRole("link", { name: /返回/ }).click();
  await page.getByRole("link", { name: "报修和诉求" }).click();
  await page.getByLabel("什么问题").selectOption({ label: "部分不热" });
  await page.getByLabel("请说一说情况").fill("北卧室从昨晚开始不热，室内 15 度");
  expect(await seriousFindings(page)).toEqual([]);
  await page.getByRole("button", { name: "提交" }).dblclick();
  const done = page.getByText(/已受理，工单号 \d+/);
  await done.waitFor();
  await page.getByText("北卧室从昨晚开始不热，室内 15 度").waitFor();
  await shot(page, "household-case");
  const ticketNo = /\d{4,}/.exec((await done.textContent()) ?? "")?.[0] ?? "";
  const ticket = await staff<{ channel: string; category: string }>(`/tickets/${ticketNo}`);
  expect(ticket).toMatchObject({ channel: "self-service" });
  expect(await page.getByText("北卧室从昨晚开始不热，室内 15 度").count()).toBe(1);
  expect(complaints).toEqual([]);
  await close();
});

test("in English: one telephone binds two homes, a lost report is found, and what is typed survives a session that ended", async () => {
  const { page, complaints, close } = await onPhone("en");
  await prove(page, debtor(1).accountNo, ENGLISH);
  await page.getByRole("button", { name: "Add another home" }).click();
  await page.getByRole("heading", { level: 1, name: "Add a home" }).waitFor();
  await prove(page, debtor(2).accountNo, { ...ENGLISH, enter: "Add" });
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
  // A home gets a code once a minute: another one signs in.
  await prove(page, debtor(3).accountNo, ENGLISH);
  await page.getByRole("heading", { level: 1 }).waitFor();
  expect(await page.evaluate("Object.values(sessionStorage).join()")).toContain("It drips below the window");
  expect(complaints).toEqual([]);
  await close();
});

test("for somebody else: the first sign of the name, the amount and the end of the address", async () => {
  const { page, complaints, close } = await onPhone("zh-CN");
  await prove(page, debtor(4).accountNo, CHINESE);
  await page.getByRole("button", { name: "替别人缴费" }).click();
  await page.getByLabel("对方的户号").fill(debtor(2).accountNo);
  await page.getByRole("button", { name: "查询" }).click();
  await page.getByRole("heading", { level: 2, name: "是这一户吗？" }).waitFor();
  expect(await page.getByText(/^.\* · …/).count()).toBe(1);
  expect(await seriousFindings(page)).toEqual([]);
  await shot(page, "household-other");
  expect(page.url()).toMatch(/\/me\/other$/);
  expect(complaints).toEqual([]);
  await close();
});
