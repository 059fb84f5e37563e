/** When the server fails: at one record of a phone and not at the others; and when its process is killed while a phone hands over or a household pays. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { until } from "#tests/support/until.ts";
import { type Api, apiAs } from "./support/api.ts";
import { openBrowser, seriousFindings, shot, visit, visitAs } from "./support/browser.ts";
import {
  CHINESE,
  findDebtors,
  type OutsideWallet,
  prove,
  startOutsideWallet,
  WALLET_SECRET,
} from "./support/household.ts";
import { type BrowserTown, startBrowserTown } from "./support/town.ts";
import { makeValvesWait } from "./support/valve-town.ts";

let town: BrowserTown;
let browser: Browser;
let wallet: OutsideWallet;
let area: Api;
let agent: Api;
let tickets: string[] = [];
let orderId = "";
beforeAll(async () => {
  wallet = await startOutsideWallet();
  const env = { WALLET_URL: wallet.url, WALLET_SECRET };
  [town, browser] = await Promise.all([startBrowserTown(env), openBrowser()]);
  const accounts = await makeValvesWait(town, "area1", 10);
  [area, agent] = await Promise.all([apiAs(town.url, "area1"), apiAs(town.url, "agent")]);
  wallet.follow((await agent.get<{ now: string }>("/session")).now);
  tickets = [];
  for (const accountNo of accounts.slice(0, 2)) {
    const wish = { channel: "phone", text: "客厅不热", accountNo };
    tickets.push((await agent.post<{ ticketNo: string }>("/tickets/quick", wish)).ticketNo);
  }
  orderId = (await agent.post<{ id: string }>(`/tickets/${tickets[1]}/work-orders`, { kind: "repair" })).id;
}, 400_000);
afterAll(async () => {
  await browser.close();
  await town.stop();
  await wallet.stop();
});

const heading = (page: Page, name: string) => page.getByRole("heading", { level: 1, name });
const openedButtons = (page: Page) => page.getByRole("button", { name: /\S 已开$/ });
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=",
  "base64",
);
const photo = { name: "door.png", mimeType: "image/png", buffer: PNG };

/** A phone whose pages are kept, so that they open without a line. */
const onPhone = async (seen = "") => {
  const made = await visitAs(browser, town.url, "area1", { phone: true });
  await heading(made.page, "我的片区").waitFor();
  await until("the pages are kept", () =>
    made.page.evaluate<boolean>("navigator.serviceWorker.controller !== null"),
  );
  // Each list is read once while there is a line.
  await made.page.goto("/my/tasks");
  if (seen !== "") await made.page.getByText(seen).first().waitFor();
  await made.page.goto("/my/stairwells");
  await openedButtons(made.page).first().waitFor();
  return made;
};
const waiting = (page: Page, count: number) => page.getByText(`${count} 条待发送`).first().waitFor();
const kept = (page: Page, store: string) =>
  page.evaluate<{ key: string; body?: { doors?: { id: string }[] } }[]>(
    `new Promise((resolve) => { const open = indexedDB.open("nuan-phone"); open.onsuccess = () => { const all = open.result.transaction("${store}").objectStore("${store}").getAll(); all.onsuccess = () => resolve(all.result); }; })`,
  );
const problem = (status: number, code: string, detail: string) => ({
  status,
  contentType: "application/problem+json",
  body: JSON.stringify({ status, code, title: detail, detail, requestId: "req-of-this-try" }),
});
type Task = { readonly id: string; readonly kind: string; readonly details: Record<string, unknown> };
const tasksOf = async (kind: string): Promise<Task[]> =>
  (await area.get<{ items: Task[] }>("/tasks?limit=100")).items.filter((task) => task.kind === kind);

test("a record that the server fails at holds up none behind it; what is refused becomes a task; signing out leaves nothing", async () => {
  const { taskId } = await area.post<{ taskId: string }>("/field-refusals", {
    key: "seen-before-0001",
    kind: "entry",
    about: `ticket:${tickets[0]}`,
    said: "上次没有记上的一句话",
    code: "ticket.refused",
    madeAt: "2026-11-20T08:00:00+08:00",
  });
  const { page, complaints, close } = await onPhone("上次没有记上的一句话");
  const context = page.context();
  await context.setOffline(true);

  await page.goto(`/my/cases/${tickets[0]}`);
  await page.getByLabel("看到什么，做了什么").fill("已上门，排气后恢复");
  await page.getByRole("button", { name: "记录上门" }).click();
  await waiting(page, 1);
  await page.goto("/my/chat");
  await page.getByLabel("消息内容").fill("王姐，厨房水管漏水，快来看看");
  await page.getByRole("button", { name: "建工单" }).click();
  await waiting(page, 2);
  await page.goto(`/my/visits/${orderId}`);
  await page.locator('input[type="file"]').setInputFiles(photo);
  await page.getByText("已拍 1 张").waitFor();
  await page.getByLabel("现场见证人").fill("户主");
  await page.getByRole("button", { name: "记录上门" }).click();
  await waiting(page, 4);
  await shot(page, "area-visit-offline");
  await page.goto("/my/tasks");
  await page.getByRole("listitem").filter({ hasText: "上次没有记上的一句话" }).getByRole("button").click();
  await page.getByLabel("怎么办的").fill("已和住户电话核对");
  await page
    .getByRole("listitem")
    .filter({ hasText: "上次没有记上的一句话" })
    .getByRole("button", { name: "完成" })
    .last()
    .click();
  await waiting(page, 5);
  await page.goto("/my/stairwells");
  await openedButtons(page).first().click();
  await waiting(page, 6);

  // Meanwhile the same person has finished the task at a desk; the server fails at the visit, and takes no such message.
  await area.post(`/tasks/${taskId}/done`, { outcome: "在营业厅办了" }, { ifMatch: 1 });
  await context.route("**/api/v1/tickets/*/entries", (route) =>
    route.fulfill(problem(500, "internal", "something of ours failed")),
  );
  await context.route("**/api/v1/tickets/quick", (route) =>
    route.fulfill(problem(409, "ticket.refused", "this is refused")),
  );
  await context.setOffline(false);
  await page.goto("/my/outbox");
  await page.getByText("服务器处理这一条时出错（500）").waitFor();
  await page.getByText("内容已转成您的待办").waitFor();
  await waiting(page, 1);
  await page.getByText("req-of-this-try").waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await shot(page, "area-outbox-set-aside");
  const order = await area.get<{ state: string; visitList: unknown[]; photos: unknown[] }>(
    `/work-orders/${orderId}`,
  );
  expect([order.state, order.visitList.length, order.photos.length]).toEqual(["done", 1, 1]);
  expect(await tasksOf("task-compare")).toMatchObject([
    { details: { reported: "已和住户电话核对", recorded: { outcome: "在营业厅办了" } } },
  ]);
  expect(await tasksOf("field-refused")).toMatchObject([
    { details: { said: expect.stringContaining("厨房水管漏水"), refusal: "ticket.refused" } },
  ]);
  await page.goto("/my/tasks");
  await page.getByText("厨房水管漏水").waitFor();
  await page.getByText("在营业厅办了").waitFor();
  await shot(page, "area-tasks-refused");

  await context.unroute("**/api/v1/tickets/*/entries");
  await page.goto("/my/outbox");
  await page.getByRole("button", { name: "现在发送" }).click();
  await until("the visit has arrived", async () => {
    const { timeline } = await area.get<{ timeline: { text: string }[] }>(`/tickets/${tickets[0]}`);
    return timeline.filter(({ text }) => text.includes("排气后恢复")).length === 1;
  });

  // What is still here is asked about, and goes with the person.
  await page.getByRole("banner").getByRole("button").last().click();
  await page.getByText("退出登录").click();
  await page.getByText("还有 1 条没有发送").waitFor();
  await shot(page, "area-leave-unsent");
  await page.getByRole("button", { name: "丢弃并退出" }).click();
  await page.locator('input[autocomplete="username"]').waitFor();
  for (const store of ["outbox", "sent", "copies"])
    expect([store, await kept(page, store)]).toEqual([store, []]);
  expect(await page.evaluate("Object.keys(localStorage).join()")).not.toMatch(/draft|ticket|task/);
  expect(complaints).toEqual([]);
  await close();
});

test("the API is killed while a phone hands over: each record arrives once", async () => {
  const { page, complaints, close } = await onPhone();
  const context = page.context();
  await context.setOffline(true);
  for (let tapped = 1; tapped <= 6; tapped += 1) {
    await openedButtons(page).first().click();
    await waiting(page, tapped);
  }
  // A finger that trembles writes one visit down.
  await page.goto(`/my/cases/${tickets[1]}`);
  await page.getByLabel("看到什么，做了什么").fill("敲门两次");
  await page.getByRole("button", { name: "记录上门" }).dblclick();
  await waiting(page, 7);
  const doors = (await kept(page, "outbox")).flatMap(({ body }) => body?.doors?.[0]?.id ?? []);
  expect(doors).toHaveLength(6);
  let asked = 0;
  await context.route("**/api/v1/valve-taps", async (route) => {
    asked += 1;
    // On its way, maybe done, never answered: the second and the fourth.
    const sending = route.continue();
    if (asked === 2 || asked === 4) {
      town.killApi();
      await town.untilReady();
      // As a phone that has its line again.
      void page.evaluate("window.dispatchEvent(new Event('online'))");
    }
    await sending;
  });
  await context.setOffline(false);
  await page.goto("/my/outbox");
  await until("all is sent", async () => (await kept(page, "outbox")).length === 0);
  expect(asked).toBeGreaterThan(6);
  for (const id of doors) {
    const { state, visitList } = await area.get<{ state: string; visitList: unknown[] }>(
      `/work-orders/${id}`,
    );
    expect([id, state, visitList.length]).toEqual([id, "done", 1]);
  }
  const { timeline } = await area.get<{ timeline: { text: string }[] }>(`/tickets/${tickets[1]}`);
  expect(timeline.filter(({ text }) => text === "敲门两次")).toHaveLength(1);
  expect(await tasksOf("field-report")).toEqual([]);
  expect(complaints).toEqual([]);
  await close();
});

type Payment = { readonly paymentId: string; readonly amountFen: number; readonly state: string };
const paymentsOf = async (accountNo: string): Promise<readonly Payment[]> =>
  (await agent.get<{ items: readonly Payment[] }>(`/accounts/${accountNo}/payments?limit=50`)).items;

test("the API is killed in the middle of a household's payment, twice: paid once", async () => {
  const [home] = await findDebtors(agent, 1);
  if (home === undefined) throw new Error("a home owes");
  const before = (await paymentsOf(home.accountNo)).map(({ paymentId }) => paymentId);
  const killed: string[] = [];
  /** Kills once, at that moment. */
  const killAt = (moment: string): void => {
    wallet.whenAsked = (what) => {
      if (what !== moment || killed.includes(moment)) return;
      killed.push(moment);
      town.killApi();
    };
  };
  const { page, complaints, close } = await visit(browser, town.url, { phone: true });
  await page.goto("/me");
  await prove(page, agent, home.accountNo, CHINESE);
  await page.getByRole("link", { name: new RegExp(home.accountNo) }).click();
  await page.getByRole("button", { name: "缴费", exact: true }).click();
  await page.getByLabel(/缴纳金额/).waitFor();

  // Begun at the wallet, and nobody told: the same wish again goes on with the same order.
  killAt("POST /orders");
  await page.getByRole("button", { name: "下一步" }).click();
  await page.getByText("服务器没有回应").waitFor();
  await town.untilReady();
  await page.getByRole("button", { name: "再按一次" }).click();
  await page.getByRole("link", { name: /付款$/ }).waitFor();
  // While the report of the money is taken.
  killAt("report");
  await page.getByRole("link", { name: /付款$/ }).click();
  await page.getByRole("button", { name: "支付 Pay", exact: true }).click();
  await page.getByText("已缴费").waitFor();

  const after = await paymentsOf(home.accountNo);
  expect(after.filter(({ paymentId }) => !before.includes(paymentId))).toMatchObject([
    { amountFen: home.openFen, state: "posted" },
  ]);
  expect(killed).toEqual(["POST /orders", "report"]);
  await page.getByRole("button", { name: "回到我家" }).click();
  await page.getByText("没有欠费").waitFor();
  await shot(page, "household-paid-after-kill");
  expect(complaints).toEqual([]);
  await close();
});
