/** A supervisor's morning: the overview, a number, its list, its export; the page to print; cases given to others and taken back. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { until } from "#tests/support/until.ts";
import { openBrowser, seriousFindings, shot, visitAs } from "./support/browser.ts";
import { doneOnceThough } from "./support/lost-answer.ts";
import { type BrowserTown, PASSWORD, startBrowserTown } from "./support/town.ts";

let town: BrowserTown;
let browser: Browser;
const folder = mkdtempSync(path.join(tmpdir(), "nuanyang-morning-"));

/** What somebody asks of the API, as a page of the console does. */
const as = async (login: string) => {
  const headers = { "Content-Type": "application/json", "X-Nuan": "1", Origin: town.url };
  const answer = await fetch(`${town.url}/api/v1/session`, {
    method: "POST",
    headers,
    body: JSON.stringify({ login, password: PASSWORD }),
  });
  const cookie = (answer.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
  return async (method: string, route: string, body?: unknown): Promise<Record<string, unknown>> => {
    const done = await fetch(`${town.url}/api/v1${route}`, {
      method,
      headers: { ...headers, cookie, "Sec-Fetch-Site": "same-origin" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await done.text();
    if (!done.ok) throw new Error(`${method} ${route}: ${done.status} ${text}`);
    return JSON.parse(text) as Record<string, unknown>;
  };
};

/** A day of the company: bills, a bank's file of forty payments, three cases; then the next morning. */
beforeAll(async () => {
  [town, browser] = await Promise.all([startBrowserTown(), openBrowser()]);
  await town.setClock("2026-11-24T10:00:00+08:00");
  await town.nuan(["bills", "issue", "--season", "2026"]);
  const file = path.join(folder, "bank.txt");
  await town.nuan([
    "demo",
    "bank-file",
    file,
    "--channel",
    "bank-b",
    "--day",
    "2026-11-24",
    "--payments",
    "40",
  ]);
  // One line names nobody: finance asks, the approver agrees, and the file comes again.
  const bring = () => town.nuan(["bank", "import", file, "--channel", "bank-b"]);
  const refused: unknown = await bring().catch((error: unknown) => error);
  if (!String(refused).includes("in doubt")) throw refused;
  const finance = await as("finance");
  const held = await finance("GET", "/bank-drafts");
  const draftId = (held["items"] as { id: string }[])[0]?.id ?? "";
  const asked = await finance("POST", `/bank-drafts/${draftId}/confirmation`);
  const approver = await as("approver");
  const { id: approvalId } = asked["approval"] as { id: string };
  await approver("POST", `/approvals/${approvalId}/decision`, { decision: "approved" });
  await bring();
  const agent = await as("agent");
  for (const category of ["heat.not-hot", "heat.unsteady", "fault.radiator"]) {
    await agent("POST", "/tickets", {
      category,
      channel: "phone",
      accountNo: "101000022",
      summary: "客厅不热",
    });
  }
  await town.setClock("2026-11-25T08:05:00+08:00");
  // Every process looks at the timetable when it starts: nobody has to wait for the next minute.
  await town.restart();
  const supervisor = await as("supervisor");
  await until("the morning's sheets are frozen", async () => {
    // Asked more often than this, the API says that it is too often.
    await delay(500);
    const { items } = await supervisor("GET", "/morning-sheets");
    return (items as { day: string }[]).some(({ day }) => day === "2026-11-24");
  });
}, 240_000);
afterAll(async () => {
  await browser.close();
  await town.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Types into a list of people and takes the only one that is left. */
const choose = async (page: Page, label: string | RegExp, text: string): Promise<void> => {
  await page.getByLabel(label).fill(text);
  const found = page.locator(".ant-select-dropdown:not(.ant-select-dropdown-hidden) .ant-select-item-option");
  await found.filter({ hasText: text }).first().waitFor();
  await page.keyboard.press("Enter");
};

/** "6,156.00" */
const yuanOf = (fen: number): string =>
  `${Math.trunc(fen / 100)}`.replace(/\B(?=(\d{3})+(?!\d))/g, ",") + `.${String(fen % 100).padStart(2, "0")}`;

test("from the overview to a number, its list and its export", async () => {
  const { page, complaints, close } = await visitAs(browser, town.url, "supervisor");
  await page.getByRole("heading", { level: 1, name: "管理概览" }).waitFor();
  const card = page.getByRole("region", { name: "收费日报" });
  const received = card.getByRole("link", { name: /当期实收/ });
  await received.waitFor();
  const amount = await received.textContent();
  expect(amount).not.toBe("0.00");
  await page
    .getByRole("region", { name: "供热阀门日报" })
    .getByRole("link", { name: /供热户/ })
    .waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await shot(page, "management-overview");

  await received.click();
  await page.getByRole("heading", { level: 1, name: /入账明细/ }).waitFor();
  await page.getByRole("table", { name: "入账明细" }).getByRole("link").first().waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await shot(page, "management-list");

  await page.keyboard.press("e");
  await page.getByLabel("用途").fill("周例会材料");
  await shot(page, "management-export");
  const [saved] = await Promise.all([
    page.waitForEvent("download"),
    (async () => {
      await page.getByRole("radio", { name: "CSV" }).check({ force: true });
      await page.getByRole("dialog").getByRole("button", { name: "导出" }).click();
    })(),
  ]);
  const csv = readFileSync(await saved.path(), "utf8").split("\r\n");
  expect(csv[0]).toContain("用途 purpose: 周例会材料");
  expect(csv[0]).toContain("by: supervisor");
  const cents = csv
    .slice(2)
    .filter((line) => line !== "")
    .reduce((sum, line) => sum + BigInt((line.split(",").at(-1) ?? "0").replace(".", "")), 0n);
  expect(cents).toBe(BigInt((amount ?? "").replaceAll(/[.,]/g, "")));
  expect(complaints).toEqual([]);
  await close();
});

/** Amounts as the page writes them, in fen. */
const fenIn = (text: string | null): bigint => BigInt((text ?? "").replaceAll(/[^0-9-]/g, ""));

test("the five sheets say what finance's books say, and every number opens its list", async () => {
  const finance = await as("finance");
  const bankDay = (await finance("GET", "/bank-days/bank-b/2026-11-24")) as { ours: { fen: number } };
  const { page, complaints, close } = await visitAs(browser, town.url, "supervisor");
  await page.goto("/sheets/2026-11-24/collection");
  const cash = fenIn(await page.getByRole("link", { name: /^现金合计/ }).textContent());
  await page.goto("/sheets/2026-11-24/money");
  expect(
    fenIn(
      await page
        .getByRole("link", { name: /^我方金额/ })
        .first()
        .textContent(),
    ),
  ).toBe(cash);
  const channel = page.getByRole("table", { name: "按渠道对账" }).getByRole("row", { name: /B 银行/ });
  expect((await channel.textContent()) ?? "").toContain(yuanOf(bankDay.ours.fen));
  // Nothing on the sheet of money is red: it is the cash of the sheet of collection, to the fen.
  expect(await page.locator("#content").getByRole("alert").count()).toBe(0);
  await shot(page, "management-money");

  const numbers = new Map<string, string>();
  for (const sheet of ["collection", "money", "hotline", "referrals", "supply"]) {
    await page.goto(`/sheets/2026-11-24/${sheet}`);
    await page.locator("#content dl dd").first().waitFor();
    const links = page.locator('#content a[href^="/lists/"]');
    for (const [href, said] of await links.evaluateAll((found) =>
      found.map((one) => [one.getAttribute("href") ?? "", one.textContent ?? ""] as const),
    )) {
      numbers.set(href, said);
    }
    if ((await links.count()) === 0) continue;
    await links.first().click();
    await page.getByRole("heading", { level: 1, name: /2026-11-24/ }).waitFor();
    expect([sheet, await page.locator("#content").getByRole("alert").count()]).toEqual([sheet, 0]);
    // Back and here again within seconds: the head of the list is still there.
    await page.goBack();
    await page.goForward();
    await page.getByRole("heading", { level: 1, name: /2026-11-24/ }).waitFor();
    await page.locator("#content thead th").first().waitFor();
  }
  expect(numbers.size).toBeGreaterThan(10);
  const supervisor = await as("supervisor");
  for (const [href, said] of numbers) {
    // The address writes a text that could be a number in quotes.
    const behind = href.replace("/lists/", "/report-lists/").replaceAll("%22", "");
    const { items } = await supervisor("GET", behind);
    // Behind a share stand those that are not done: of a whole one there are none. Behind every other number somebody stands.
    expect([href, said, said.endsWith("%") || (items as unknown[]).length > 0]).toEqual([href, said, true]);
  }
  expect(complaints).toEqual([]);
  await close();
}, 120_000);

test("1,786 of 1,787 is 99.94%, never 100%, and opens the closed; the one that is open has a number of its own", async () => {
  await town.sql(
    `insert into tickets (category_code, source, channel, severity, summary, state, opened_at, changed_at, closed_at, closing_class)
     select 'heat.not-hot', 'reported', 'phone', 'ordinary', '客厅不热', case when n = 1 then 'new' else 'closed' end,
       timestamptz '2026-10-20T09:00:00+08:00', timestamptz '2026-10-21T09:00:00+08:00',
       case when n > 1 then timestamptz '2026-10-21T09:00:00+08:00' end, case when n > 1 then 'solved' end
     from generate_series(1, 1787) n`,
  );
  const { page, complaints, close } = await visitAs(browser, town.url, "supervisor");
  await page.goto("/closures?from=2026-10-01&to=2026-10-31");
  const rate = page.locator("#content dl").getByRole("link", { name: /99\.94%/ });
  await rate.waitFor();
  await page.getByText("1786/1787").first().waitFor();
  expect(await page.locator("#content").textContent()).not.toContain("100%");
  await shot(page, "management-9994");
  await page.locator("#content dl").getByRole("link", { name: "诉求未办结 1" }).click();
  await page.getByRole("heading", { level: 1, name: /2026-10/ }).waitFor();
  await page.locator("#content tbody tr[data-row-key]").first().waitFor();
  expect(await page.locator("#content tbody tr[data-row-key]").count()).toBe(1);
  expect(complaints).toEqual([]);
  await close();
});

test("an export asks who sits there, says what for and by whom in its first row, and the audit has both", async () => {
  const { page, complaints, close } = await visitAs(browser, town.url, "supervisor");
  await page.goto("/closures?from=2026-10-01&to=2026-10-31");
  await page
    .getByRole("link", { name: /99\.94%/ })
    .first()
    .click();
  await page.locator("#content tbody tr[data-row-key]").first().waitFor();
  await town.setClock("2026-11-25T08:25:00+08:00");
  await page.keyboard.press("e");
  await page.getByLabel("用途").fill("局里检查办结率");
  await page.getByRole("radio", { name: "CSV" }).check({ force: true });
  const saving = page.waitForEvent("download");
  await page.getByRole("dialog").getByRole("button", { name: "导出" }).click();
  const proof = page.getByRole("dialog", { name: "请再次确认是您本人" });
  await proof.locator("#step-up").fill(PASSWORD);
  await page.keyboard.press("Enter");
  const [mark] = readFileSync(await (await saving).path(), "utf8").split("\r\n");
  expect(mark).toContain("用途 purpose: 局里检查办结率");
  expect(mark).toContain("by: supervisor");
  const admin = await as("admin");
  const { items } = await admin("POST", "/audit/search", { actor: "supervisor", command: "report.*" });
  expect((items as { details: { purpose?: string } }[])[0]?.details.purpose).toBe("局里检查办结率");

  // Asked for, and the tab closed: the house goes on, and another tab of the same person finds it and fetches it.
  await page.keyboard.press("e");
  await page.getByLabel("用途").fill("带去开会用");
  const taken = page.waitForResponse((answer) => answer.url().endsWith("/export") && answer.status() === 202);
  await page.getByRole("dialog").getByRole("button", { name: "导出" }).click();
  await taken;
  await shot(page, "management-export-waiting");
  expect(complaints).toEqual([]);
  const next = await page.context().newPage();
  await page.close();
  await next.goto("/");
  await next.getByRole("banner").getByRole("button").last().click();
  await next.getByText("我的导出").click();
  const row = next.getByRole("row", { name: /带去开会用/ });
  await row.getByText("可下载").waitFor();
  expect(await seriousFindings(next)).toEqual([]);
  await shot(next, "exports-mine");
  const file = next.waitForEvent("download");
  await row.getByRole("button", { name: "下载" }).click();
  expect((await file).suggestedFilename()).toMatch(/\.xlsx$/);
  await row.getByText(/已下载 \d 次/).waitFor();
  await row.getByRole("button", { name: "删除" }).click();
  await row.getByText("已删除").waitFor();
  await close();
});

test("the sheets say the same in English, and the frozen page is printed", async () => {
  const { page, complaints, close } = await visitAs(browser, town.url, "supervisor", { language: "en" });
  await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
  await page.goto("/sheets");
  await page.getByRole("link", { name: /2026-11-24 Collection/ }).click();
  await page.getByRole("heading", { level: 2, name: "By branch" }).waitFor();
  expect(await page.locator("#content").textContent()).not.toMatch(/收费率|分公司合计/);
  await shot(page, "management-sheet-en");
  for (const sheet of ["Money and banks", "Hotline and cases", "Orders from outside", "Supply and valves"]) {
    await page.getByRole("navigation", { name: "Morning sheets" }).getByRole("link", { name: sheet }).click();
    await page.getByRole("heading", { level: 1, name: sheet }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
  }
  await page.getByRole("button", { name: "Adjustments" }).click();
  await page.getByRole("table", { name: "Adjustments" }).waitFor();
  const paper = await page.request.get("/api/v1/morning-sheets/2026-11-24/print.pdf?lang=en");
  expect((await paper.body()).subarray(0, 5).toString()).toBe("%PDF-");
  expect(complaints).toEqual([]);
  await close();
});

test("the boards stand beside last season, with their charts", async () => {
  const { page, complaints, close } = await visitAs(browser, town.url, "supervisor");
  await page.goto("/boards/collection?from=2026-11-24&to=2026-11-24");
  await page
    .getByRole("img", { name: /累计收费/ })
    .locator("canvas")
    .waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await shot(page, "management-collection");
  await page.getByText("银行与渠道").click();
  await page.getByRole("cell", { name: "B 银行（虚构）", exact: true }).waitFor();
  await page.evaluate(() => localStorage.setItem("nuan.language", "en"));
  await page.reload();
  await page.getByText("Bank and channel").click();
  await page.getByRole("cell", { name: "Bank B (invented)", exact: true }).waitFor();
  await page.evaluate(() => localStorage.setItem("nuan.language", "zh-CN"));
  await page.goto("/boards/service?from=2026-11-20&to=2026-11-25");
  await page.getByRole("heading", { level: 2, name: "时限" }).waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await shot(page, "management-service");
  await page.goto("/closures?from=2026-11-01&to=2026-11-25");
  await page.getByRole("table", { name: "用户诉求台账" }).waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await shot(page, "management-closures");
  expect(complaints).toEqual([]);
  await close();
});

test("a person's cases are given to another, each with its result, and taken back", async () => {
  const ask = await as("supervisor");
  const { items } = await ask("GET", "/tickets?state=open");
  const { id, name } = (items as { ticketNo: string; owner: string | null }[])
    .map(({ ticketNo, owner }) => ({ id: ticketNo, name: owner }))
    .find(({ name: owner }) => owner !== null) ?? { id: "", name: null };
  expect(name).not.toBeNull();
  const { page, complaints, close } = await visitAs(browser, town.url, "supervisor");
  await page.goto("/reassign");
  await choose(page, "原负责人（账号）", name ?? "");
  await choose(page, /改派给/, "branch1");
  await page.getByLabel("原因").fill("病假");
  await doneOnceThough({
    page,
    town,
    path: "**/routing/reassignments",
    command: "routing.preview-reassignment",
    press: () => page.getByRole("button", { name: "预览" }).click(),
    again: "再按一次",
  });
  await page.getByRole("table", { name: "预览" }).waitFor();
  // The cases are moved and the page does not hear of it: pressed again it hears what was done, and nothing is moved a second time.
  const moves = () =>
    town.sql("select id from ticket_assignments where reassignment_id is not null order by id");
  await page.route("**/routing/reassignments/*/move", async (route) => {
    await route.fetch();
    await route.abort("connectionreset");
  });
  const moveThem = page.getByRole("button", { name: "执行改派" });
  await moveThem.click();
  await page.getByRole("alert").getByText("服务器没有回应").waitFor();
  await page.unroute("**/routing/reassignments/*/move");
  const moved = await moves();
  expect(moved.length).toBeGreaterThan(0);
  await moveThem.click();
  await page.getByText(`已改派 ${moved.length} 件`).waitFor();
  expect(await moves()).toEqual(moved);
  await page.getByRole("table", { name: "结果" }).getByRole("link", { name: id }).waitFor();
  await shot(page, "management-reassign");
  // Reloaded in between: the order stands in the address, and can still be taken back.
  await page.reload();
  await page.getByText(/病假/).first().waitFor();
  await page.getByRole("table", { name: "结果" }).getByRole("link", { name: id }).waitFor();
  await page.getByRole("button", { name: "撤销未动工的" }).click();
  await page.getByText("已撤销", { exact: true }).first().waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await close();
});

test("a phone shows the morning, and the receivers of the page are kept", async () => {
  const { page, complaints, close } = await visitAs(browser, town.url, "supervisor", { phone: true });
  await page
    .getByRole("region", { name: "收费日报" })
    .getByRole("link", { name: /当期实收/ })
    .waitFor();
  await shot(page, "management-phone");
  await page.goto("/sheets/receivers");
  await page.getByLabel("姓名").fill("王总");
  await page.getByLabel("邮箱").fill("wang@example.com");
  await doneOnceThough({
    page,
    town,
    path: "**/sheet-receivers",
    command: "sheets.add-receiver",
    press: () => page.getByRole("button", { name: "添加" }).click(),
    again: "添加",
  });
  expect(await page.getByLabel("邮箱").inputValue()).toBe("");
  expect(await page.getByRole("cell", { name: "wang@example.com" }).count()).toBe(1);
  expect(await seriousFindings(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await close();
});
