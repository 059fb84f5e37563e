/** The area manager's day on a phone: route, stairwells, visits, chat; the same without signal; and a phone bound for the season. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { generate } from "otplib";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { until } from "#tests/support/until.ts";
import { type Api, apiAs } from "./support/api.ts";
import { openBrowser, openPhone, seriousFindings, shot, signIn, visitAs } from "./support/browser.ts";
import { type BrowserTown, PASSWORD, startBrowserTown } from "./support/town.ts";
import { makeValvesWait } from "./support/valve-town.ts";

let town: BrowserTown;
let browser: Browser;
let area: Api;
let branch: Api;
const tickets: string[] = [];
let orderId = "";
beforeAll(async () => {
  [town, browser] = await Promise.all([startBrowserTown(), openBrowser()]);
  const accounts = await makeValvesWait(town, "area1", 16);
  [area, branch] = await Promise.all([apiAs(town.url, "area1"), apiAs(town.url, "branch1")]);
  const agent = await apiAs(town.url, "agent");
  for (const [index, text] of ["客厅不热，只有15度", "北卧暖气片不热", "厨房水管漏水"].entries()) {
    const made = await agent.post<{ ticketNo: string }>("/tickets/quick", {
      channel: "phone",
      text,
      accountNo: accounts[index],
    });
    tickets.push(made.ticketNo);
  }
  const order = await agent.post<{ id: string }>(`/tickets/${tickets[0]}/work-orders`, { kind: "repair" });
  orderId = order.id;
}, 400_000);
afterAll(async () => {
  await browser.close();
  await town.stop();
});

type Stairwells = { readonly items: readonly { doors: readonly { id: string; version: number }[] }[] };
const waitingDoors = async (): Promise<{ id: string; version: number }[]> =>
  (await area.get<Stairwells>("/valve-rounds?limit=100")).items.flatMap(({ doors }) => doors);
type Task = { readonly id: string; readonly kind: string };
const tasksOf = async (...kinds: string[]): Promise<Task[]> =>
  (await area.get<{ items: readonly Task[] }>("/tasks?limit=100")).items.filter(({ kind }) =>
    kinds.includes(kind),
  );

const bar = (page: Page, name: string) =>
  page.getByRole("navigation", { name: "主菜单" }).last().getByText(name);
const heading = (page: Page, name: string) => page.getByRole("heading", { level: 1, name });
const openedButtons = (page: Page) => page.getByRole("button", { name: /\S 已开$/ });
/** The pages are kept, and the worker stands between page and server. */
const isKept = (page: Page): Promise<boolean> =>
  page.evaluate<boolean>("navigator.serviceWorker.controller !== null");
/** What waits today is on the phone's disk. */
const isDayKept = (page: Page): Promise<boolean> =>
  page.evaluate<boolean>(
    `new Promise((resolve) => { const open = indexedDB.open("nuan-phone"); open.onsuccess = () => { const day = open.result.transaction("copies").objectStore("copies").getKey("my-day"); day.onsuccess = () => { open.result.close(); resolve(day.result !== undefined); }; }; })`,
  );
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=",
  "base64",
);

test("a day's work on a phone: route, a visit, a valve in one tap, a photo, a chat in two taps", async () => {
  const { page, complaints, close } = await visitAs(browser, town.url, "area1", { phone: true });
  await heading(page, "我的片区").waitFor();
  await page.getByRole("button", { name: /今日路线/ }).waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await shot(page, "area-day");
  // The same on the map: a press on a house shows what waits there.
  await page.getByRole("button", { name: /^地图/ }).click();
  await page.getByRole("button", { name: / 1 · 第 1 站/ }).click();
  await page
    .getByRole("listitem")
    .filter({ hasText: "第 1 站" })
    .getByRole("link", { name: "导航" })
    .waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await shot(page, "area-map");
  await page.getByRole("button", { name: /^工单 3/ }).click();
  await shot(page, "area-cases");

  await page.getByRole("listitem").filter({ hasText: "北卧暖气片不热" }).getByRole("link").click();
  await heading(page, tickets[1] ?? "").waitFor();
  const map = await page.getByRole("link", { name: "导航" }).getAttribute("href");
  // To the building, never to a home or a person.
  expect(decodeURIComponent(map ?? "")).toMatch(/^geo:0,0\?q=\S+号楼$/);
  await page.getByLabel("看到什么，做了什么").fill("已上门排气，回水温度正常");
  await page.getByLabel("室温 ℃（可不填）").fill("19.2");
  await page.getByRole("button", { name: "记录上门" }).click();
  await page.getByText("已记录").waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await shot(page, "area-case");

  await bar(page, "楼道").click();
  await heading(page, "楼道开阀").waitFor();
  const before = (await waitingDoors()).length;
  let taps = 0;
  await openedButtons(page).first().click();
  taps += 1;
  await page.getByRole("button", { name: "撤销" }).waitFor();
  await shot(page, "area-stairwells");
  expect(await seriousFindings(page)).toEqual([]);
  // One that was tapped by mistake is taken back before it goes.
  await page.getByRole("button", { name: "撤销" }).click();
  await openedButtons(page).first().click();
  await page
    .locator('input[type="file"]')
    .first()
    .setInputFiles({ name: "a.png", mimeType: "image/png", buffer: PNG });
  taps += 2;
  await page.getByText("管井已拍").waitFor();
  await until("the valve is open", async () => (await waitingDoors()).length === before - 1);
  expect(taps).toBeLessThanOrEqual(3);

  await bar(page, "记一单").click();
  await page.evaluate(
    "navigator.clipboard.writeText('王姐，我们星河公馆1号楼202，暖气一直不热，孩子都冻感冒了')",
  );
  await page.getByRole("button", { name: "粘贴" }).click();
  await page.getByRole("button", { name: "建工单" }).click();
  await page.getByText(/已建工单/).waitFor();
  expect(await page.getByText(/系统判断为/).textContent()).toMatch(/不热|温/);
  await shot(page, "area-chat");
  expect(await seriousFindings(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await close();
});

test("a supervisor in the manager's place: what is written down on these pages is kept and sent as well", async () => {
  const { page, complaints, close } = await visitAs(browser, town.url, "branch1", { phone: true });
  await page.goto("/my/chat");
  await page.getByLabel("消息内容").fill("星河公馆1号楼303 暖气片漏水");
  await page.getByRole("button", { name: "建工单" }).click();
  await page.getByText(/已建工单/).waitFor();
  expect(complaints).toEqual([]);
  await close();
});

test("a day without signal: reloaded, ten doors, a visit, a correction; everything arrives once, conflicts open tasks", async () => {
  const { page, complaints, close } = await visitAs(browser, town.url, "area1", { phone: true });
  const context = page.context();
  await heading(page, "我的片区").waitFor();
  await bar(page, "楼道").click();
  await openedButtons(page).first().waitFor();
  await until("the pages are kept", () => isKept(page));
  const doors = await waitingDoors();

  await context.setOffline(true);
  await page.reload();
  await openedButtons(page).first().waitFor();
  await page.getByText(/无信号，显示/).waitFor();

  // Meanwhile a colleague found nobody at one of the doors, and changes what is said of a case.
  const first = await openedButtons(page).first().getAttribute("aria-label");
  expect(first).not.toBeNull();
  for (let tapped = 1; tapped <= 10; tapped += 1) {
    await openedButtons(page).first().click();
    await page.getByText(`${tapped} 条待发送`).waitFor();
  }
  const tappedNow = await page.evaluate<string[]>(
    `new Promise((resolve) => { const open = indexedDB.open("nuan-phone"); open.onsuccess = () => { const all = open.result.transaction("outbox").objectStore("outbox").getAll(); all.onsuccess = () => resolve(all.result.map((one) => one.body.doors[0].id)); }; })`,
  );
  expect(new Set(tappedNow).size).toBe(10);
  const contested = doors.find(({ id }) => id === tappedNow[0]);
  await branch.post("/valve-taps", {
    doors: [{ id: contested?.id, version: contested?.version, outcome: "not-home" }],
  });
  const seen = await branch.get<{ version: number }>(`/tickets/${tickets[2]}`);
  await patchSummary(branch, tickets[2] ?? "", seen.version);
  await shot(page, "area-offline");

  await bar(page, "今日").click();
  await page.getByRole("button", { name: /^工单/ }).click();
  await page.getByRole("listitem").filter({ hasText: "厨房水管漏水" }).getByRole("link").click();
  await page.getByLabel("看到什么，做了什么").fill("离线时上门，关了进户阀");
  await page.getByRole("button", { name: "记录上门" }).click();
  await page.getByText("11 条待发送").waitFor();
  await page.getByRole("button", { name: "更正工单" }).click();
  await page.getByRole("form", { name: "更正工单" }).getByLabel("内容").fill("厨房水管漏水，已关阀");
  await page.getByRole("button", { name: "保存更正" }).click();
  await page.getByText("12 条待发送").waitFor();
  await page.goto(`/my/visits/${orderId}`);
  await page.getByLabel("现场见证人").fill("户主");
  await page.getByRole("button", { name: "记录上门" }).click();
  await page.getByText("13 条待发送").waitFor();

  // The page is killed, and opened again without signal.
  await page.close();
  const again = await context.newPage();
  await again.goto("/my/outbox");
  const unsent = again.getByRole("list", { name: "待发送" }).getByRole("listitem");
  await unsent.nth(12).waitFor();
  expect(await unsent.count()).toBe(13);
  await shot(again, "area-outbox");
  await context.setOffline(false);
  await again.getByText("已全部发送").waitFor();

  for (const id of tappedNow.slice(1)) {
    const order = await area.get<{ state: string; visitList: unknown[] }>(`/work-orders/${id}`);
    expect([order.state, order.visitList.length]).toEqual(["done", 1]);
  }
  const kept = await area.get<{ state: string; visitList: unknown[] }>(`/work-orders/${contested?.id}`);
  expect([kept.state, kept.visitList.length]).toEqual(["not-home", 2]);
  const order = await area.get<{ state: string; visitList: unknown[] }>(`/work-orders/${orderId}`);
  expect([order.state, order.visitList.length]).toEqual(["done", 1]);
  const shown = await area.get<{ summary: string; timeline: { text: string }[] }>(`/tickets/${tickets[2]}`);
  expect(shown.summary).toBe("厨房水管漏水（同事改）");
  expect(shown.timeline.filter(({ text }) => text.includes("关了进户阀"))).toHaveLength(1);
  expect(shown.timeline.filter(({ text }) => text.includes("厨房水管漏水，已关阀"))).toHaveLength(1);
  expect(await tasksOf("field-report", "ticket-compare")).toHaveLength(2);

  await bar(again, "待办").click();
  await again.getByText(/现场记录与系统记录不一致/).waitFor();
  await again.getByText(/离线修改与系统记录不一致/).waitFor();
  await shot(again, "area-tasks");
  expect(await seriousFindings(again)).toEqual([]);
  expect(complaints).toEqual([]);
  await close();
});

const patchSummary = async (api: Api, ticketNo: string, version: number): Promise<void> => {
  const madeAt = new Date().toISOString();
  const { summary } = await api.get<{ summary: string }>(`/tickets/${ticketNo}`);
  const now = "厨房水管漏水（同事改）";
  await api.post(`/tickets/${ticketNo}/field-changes`, {
    madeAt,
    changes: [{ field: "summary", was: summary, now }],
  });
  expect(version).toBeGreaterThan(0);
};

test("a bound phone opens after a cold start, with a line and without, and is wiped when its owner signs out", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "nuanyang-phone-"));
  const first = await openPhone(town.url, folder);
  await signIn(first.page, "area2");
  await heading(first.page, "我的片区").waitFor();
  await first.page.goto("/my/phone");
  await first.page.getByRole("button", { name: "设置验证器" }).click();
  const uri = (await first.page.getByRole("link", { name: "在验证器中打开" }).getAttribute("href")) ?? "";
  const secret = new URL(uri).searchParams.get("secret") ?? "";
  await first.page.getByLabel("验证码（6 位数字）").fill(await generate({ secret }));
  await first.page.getByRole("button", { name: "确认验证器" }).click();
  await first.page.getByLabel("登录密码").fill(PASSWORD);
  await first.page.getByRole("button", { name: "绑定这部手机" }).click();
  await first.page.getByRole("heading", { name: /这部手机已绑定，登录保持到 2027-03-15/ }).waitFor();
  expect(await seriousFindings(first.page)).toEqual([]);
  await shot(first.page, "area-phone");
  await first.page.goto("/my");
  await heading(first.page, "我的片区").waitFor();
  await until("the pages are kept", () => isKept(first.page));
  await until("the day is kept", () => isDayKept(first.page));
  await first.close();

  // The browser was ended, and its session with it; in the cellar there is no line.
  const cold = await openPhone(town.url, folder, { offline: true });
  await cold.page.goto("/my");
  await heading(cold.page, "我的片区").waitFor();
  await cold.page.getByText(/无信号，显示/).waitFor();
  await shot(cold.page, "area-cold-start");
  await bar(cold.page, "记一单").click();
  await cold.page.getByLabel("消息内容").fill("星河公馆2号楼301 暖气不热");
  await cold.page.getByRole("button", { name: "建工单" }).click();
  await cold.page.getByText("1 条待发送").waitFor();
  // Back above ground the phone opens its next session by itself, and sends.
  await cold.page.context().setOffline(false);
  await cold.page.getByText(/已建工单/).waitFor();
  const cookies = (await cold.page.context().cookies()).map(({ name, httpOnly }) => `${name} ${httpOnly}`);
  expect(cookies.toSorted()).toEqual(["nuan true", "nuan-phone true"]);

  const { page } = cold;
  await page.getByRole("banner").getByRole("button").last().click();
  await page.getByText("退出登录").click();
  await page.locator('input[autocomplete="username"]').waitFor();
  const left = await page.evaluate<number>(
    `new Promise((resolve) => { const open = indexedDB.open("nuan-phone"); open.onsuccess = () => { const all = open.result.transaction("copies").objectStore("copies").count(); all.onsuccess = () => resolve(all.result); }; })`,
  );
  expect(left).toBe(0);
  const kept = await page.evaluate<string[]>(
    "caches.keys().then(async (names) => (await Promise.all(names.map(async (name) => (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname)))).flat())",
  );
  expect(kept.filter((name) => name.startsWith("/api"))).toEqual([]);
  await page.reload();
  await page.locator('input[autocomplete="username"]').waitFor();
  expect([...first.complaints, ...cold.complaints]).toEqual([]);
  await cold.close();
  rmSync(folder, { recursive: true, force: true });
});
