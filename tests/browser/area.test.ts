/** The area manager's day on a phone: route, stairwells, visits, chat; the same without signal; and a phone bound for the season. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { until } from "#tests/support/until.ts";
import { type Api, apiAs } from "./support/api.ts";
import { visitAndClose } from "./support/case-visit.ts";
import { openBrowser, openPhone, seriousFindings, shot, signIn, visitAs } from "./support/browser.ts";
import {
  certifyTwoDaysAgo,
  chatBecomesCase,
  patchSummary,
  PNG,
  seeWhoOwes,
  untilReadAhead,
} from "./support/phone-day.ts";
import {
  A_DAY_AHEAD,
  bindPhone,
  COUNT_PRESSES,
  DOORS,
  handOver,
  isWholeDay,
  keptOn,
  noRoomForNotes,
  roomOf,
  sayFigures,
  shaftPhoto,
  shaftsLeft,
  slowPhone,
  walkShafts,
} from "./support/stairwell-walk.ts";
import { type BrowserTown, startBrowserTown } from "./support/town.ts";
import { makeValvesWait, putOnHold } from "./support/valve-town.ts";

let town: BrowserTown;
let browser: Browser;
let area: Api;
let branch: Api;
const tickets: string[] = [];
let orderId = "";
beforeAll(async () => {
  [town, browser] = await Promise.all([startBrowserTown(), openBrowser()]);
  const accounts = await makeValvesWait(town, "area1", 12 + DOORS);
  await certifyTwoDaysAgo(town);
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
  await putOnHold(agent, tickets[2] ?? "");
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
  // The clock of one of them stands still: the page says for what, since when, and how much was left.
  await page
    .getByRole("listitem")
    .filter({ hasText: "厨房水管漏水" })
    .getByText(/停表：等配件，自 .*停表时还剩 \d/)
    .waitFor();
  await shot(page, "area-cases");

  await page.getByRole("listitem").filter({ hasText: "北卧暖气片不热" }).getByRole("link").click();
  await heading(page, tickets[1] ?? "").waitFor();
  const map = await page.getByRole("link", { name: "导航" }).getAttribute("href");
  // To the building, never to a home or a person.
  expect(decodeURIComponent(map ?? "")).toMatch(/^geo:0,0\?q=\S+号楼$/);
  await visitAndClose(page, area, tickets[1] ?? "");

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

  await until("the pages are kept", () => isKept(page));
  await chatBecomesCase(page);
  await seeWhoOwes(page, area);
  expect(complaints).toEqual([]);
  await close();
});

test("another signs in where something waits: it waits for its own login, and what the other writes down is sent as the other's", async () => {
  const { page, complaints, close } = await visitAs(browser, town.url, "area1", { phone: true });
  const context = page.context();
  await bar(page, "楼道").click();
  await openedButtons(page).first().waitFor();
  await until("the pages are kept", () => isKept(page));
  await context.setOffline(true);
  await openedButtons(page).first().click();
  await page.getByText("1 条待发送").waitFor();
  const [tapped] = (await keptOn(page, "outbox")).flatMap(({ body }) => body?.doors ?? []);
  const visits = async (): Promise<number> =>
    (await area.get<{ visitList: unknown[] }>(`/work-orders/${tapped?.id}`)).visitList.length;
  // The session is over before there is a line again, and a supervisor takes the phone.
  await context.clearCookies();
  await context.setOffline(false);
  await page.goto("/");
  await signIn(page, "branch1");
  await page.goto("/my/chat");
  await page.getByText("另有 1 条是别的账号").waitFor();
  await page.getByLabel("消息内容").fill("星河公馆1号楼303 暖气片漏水");
  await page.getByRole("button", { name: "建工单" }).click();
  await page.getByText(/已建工单/).waitFor();
  await page.goto("/my/outbox");
  await page.getByRole("list", { name: "今日已发送" }).getByRole("listitem").first().waitFor();
  expect(await page.getByRole("list", { name: "待发送" }).getByRole("listitem").count()).toBe(0);
  await shot(page, "area-of-another");
  expect([await visits(), (await keptOn(page, "outbox")).length]).toEqual([0, 1]);

  await context.clearCookies();
  await page.goto("/");
  await signIn(page, "area1");
  await page.goto("/my/outbox");
  await until("the door has arrived", async () => (await visits()) === 1);
  // Nothing that the supervisor sent is left for the manager.
  await until("only the own is left", async () => (await keptOn(page, "outbox")).length === 0);
  expect((await keptOn(page, "sent")).map(({ login }) => login)).toEqual(["area1"]);
  expect(complaints).toEqual([]);
  await close();
});

test("a day without signal: reloaded, ten doors, a visit, a correction; everything arrives once, conflicts open tasks", async () => {
  const { page, complaints, close } = await visitAs(browser, town.url, "area1", { phone: true });
  const context = page.context();
  await heading(page, "我的片区").waitFor();
  await untilReadAhead(page);
  const doors = await waitingDoors();

  // No list but that of the day was opened before the line went.
  await context.setOffline(true);
  await bar(page, "待办").click();
  await page.getByText(/没有待办/).waitFor();
  await page.goto("/my/owing");
  await page.getByText(/收款核到/).waitFor();
  await bar(page, "楼道").click();
  await openedButtons(page).first().waitFor();
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
  const tappedNow = (await keptOn(page, "outbox")).map(({ body }) => body?.doors?.[0]?.id ?? "");
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

test(
  "a bound phone walks its stairwells all day without signal, is ended and opened in the middle, and hands over once",
  async () => {
    // Once the authenticator is set up, a password alone opens nothing for this login.
    const doors = await waitingDoors();
    const seen = (id: string) =>
      branch.get<{ state: string; visitList: { arrivedAt: string }[]; photos: unknown[] }>(
        `/work-orders/${id}`,
      );
    // One of them was visited before: nobody was there.
    const before = new Map<string, Awaited<ReturnType<typeof seen>>>();
    for (const { id } of doors) before.set(id, await seen(id));
    const began = Date.parse((await area.get<{ now: string }>("/session")).now);
    const folder = mkdtempSync(path.join(tmpdir(), "nuanyang-phone-"));
    const first = await openPhone(town.url, folder, { script: COUNT_PRESSES + A_DAY_AHEAD });
    await signIn(first.page, "area1");
    await heading(first.page, "我的片区").waitFor();
    await bindPhone(first.page);
    expect(await seriousFindings(first.page)).toEqual([]);
    await shot(first.page, "area-phone");
    await untilReadAhead(first.page);
    const photo = await shaftPhoto(first.page, folder);

    await first.page.context().setOffline(true);
    await first.page.goto("/my/stairwells");
    await openedButtons(first.page).first().waitFor();
    await slowPhone(first.page);
    const shafts = await shaftsLeft(first.page);
    const morning = [await walkShafts(first.page, Math.floor(shafts / 3), photo)];
    await first.page.reload();
    await openedButtons(first.page).first().waitFor();
    morning.push(await walkShafts(first.page, Math.floor(shafts / 3), photo));
    await first.close();

    // The browser was ended, and its session with it; the phone's clock was a day ahead and is set back; in the cellar there is no line.
    const cold = await openPhone(town.url, folder, { offline: true, script: COUNT_PRESSES });
    const setRoom = await roomOf(cold.page, town);
    await setRoom(1);
    await cold.page.goto("/my/stairwells");
    await heading(cold.page, "楼道开阀").waitFor();
    await cold.page.getByText(/无信号，显示/).waitFor();
    // Without room the phone says so, and the door stands as it was; with room again the same tap is kept.
    const left = await openedButtons(cold.page).count();
    await openedButtons(cold.page).first().click();
    await cold.page.getByRole("alert").getByText("手机存储空间已满").waitFor();
    await shot(cold.page, "area-no-room");
    expect(await openedButtons(cold.page).count()).toBe(left);
    await setRoom();
    await slowPhone(cold.page);
    const walks = [...morning, await walkShafts(cold.page, await shaftsLeft(cold.page), photo)];
    expect(await openedButtons(cold.page).count()).toBe(0);
    await shot(cold.page, "area-cold-start");
    expect(walks.reduce((sum, walk) => sum + walk.doors, 0)).toBe(doors.length);
    expect(Math.max(...walks.map(({ most }) => most))).toBeLessThanOrEqual(3);
    await bar(cold.page, "记一单").click();
    await cold.page.getByLabel("消息内容").fill("星河公馆2号楼301 暖气不热");
    await cold.page.getByRole("button", { name: "建工单" }).click();
    const waiting = doors.length + shafts + 1;
    await cold.page.getByText(`${waiting} 条待发送`).waitFor();

    // Back above ground the phone opens its next session by itself, and sends: from two tabs, and nothing twice.
    const { page } = cold;
    const other = await page.context().newPage();
    await other.goto("/my/outbox");
    await other
      .getByRole("list", { name: "待发送" })
      .getByRole("listitem")
      .nth(waiting - 1)
      .waitFor();
    // On a full disk what was sent must go all the same, or there will never be room.
    if (!isWholeDay) for (const tab of [page, other]) await noRoomForNotes(tab);
    const handed = await handOver(page.context(), town);
    await page.getByText(isWholeDay ? /已建工单/ : "已记录").waitFor();
    expect(handed.times.size).toBe(waiting);
    // Only what was on its way when the API died was asked for a second time.
    expect([...handed.times.values()].filter((times) => times > 1).length).toBeLessThanOrEqual(
      isWholeDay ? 1 : 0,
    );
    for (const { id } of doors) {
      const [was, order] = [before.get(id), await seen(id)];
      expect([id, order.state, order.visitList.length, order.photos.length]).toEqual([
        id,
        "done",
        (was?.visitList.length ?? 0) + 1,
        (was?.photos.length ?? 0) + 1,
      ]);
      expect(Date.parse(order.visitList.at(-1)?.arrivedAt ?? "")).toBeGreaterThanOrEqual(began);
    }
    if (isWholeDay) console.log(sayFigures(walks, handed));
    await other.close();
    const cookies = (await page.context().cookies()).map(({ name, httpOnly }) => `${name} ${httpOnly}`);
    expect(cookies.toSorted()).toEqual(["nuan true", "nuan-phone true"]);

    await page.getByRole("banner").getByRole("button").last().click();
    await page.getByText("退出登录").click();
    await page.locator('input[autocomplete="username"]').waitFor();
    expect(await keptOn(page, "copies")).toEqual([]);
    const kept = await page.evaluate<string[]>(
      "caches.keys().then(async (names) => (await Promise.all(names.map(async (name) => (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname)))).flat())",
    );
    expect(kept.filter((name) => name.startsWith("/api"))).toEqual([]);
    await page.reload();
    await page.locator('input[autocomplete="username"]').waitFor();
    expect([...first.complaints, ...cold.complaints]).toEqual([]);
    await cold.close();
    rmSync(folder, { recursive: true, force: true });
  },
  isWholeDay ? 2_000_000 : 180_000,
);
