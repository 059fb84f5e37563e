/** The agent's desk, end to end: the exchange rings, the right screen pops, and what was typed is never lost. */
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { until } from "#tests/support/until.ts";
import { openBrowser, seriousFindings, shot, type Visit, visitAs } from "./support/browser.ts";
import {
  askOf as api,
  besideTheCall,
  openedByKeys,
  partsOfHousehold,
  popped,
  rungAtOnce,
} from "./support/opened-call.ts";
import { doneOnceThough } from "./support/lost-answer.ts";
import { type BrowserTown, startBrowserTown } from "./support/town.ts";

const OWN = "13911112222";
const SHARED = "13933334444";
/** Account numbers of the demo town, from its first community. */
const HOMES = ["13", "22", "31", "40", "59", "68", "77", "86", "95"].map((end) => `1010000${end}`);
const [HOME = "", OTHER_HOME = "", THIRD_HOME = ""] = HOMES;

let town: BrowserTown;
let browser: Browser;
let agent: Visit;
let desk: Page;

const tenantWith = async (accountNo: string, number: string, name: string): Promise<void> => {
  const { version } = await api<{ version: number }>(desk, "GET", `/accounts/${accountNo}`);
  await api(
    desk,
    "POST",
    `/accounts/${accountNo}/people`,
    { role: "tenant", name, phones: [{ number, confirmed: true }], from: "2026-08-01", source: "测试" },
    { "If-Match": `"${version}"` },
  );
};

const ring = async (from: string, telephone = "8001"): Promise<string> =>
  (await town.nuan(["simulate", "call", "--from", from, "--agent", telephone])).trim();
const hangUp = (callId: string): Promise<string> => town.nuan(["simulate", "call", "--end", callId]);

const atTelephone = async (page: Page, telephone: string): Promise<void> => {
  await page.getByRole("button", { name: "签入话机" }).click();
  await page.getByRole("textbox", { name: "分机号" }).fill(telephone);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: new RegExp(`^${telephone} 空闲`) }).waitFor();
};

const openCases = async (page: Page, accountNo: string): Promise<readonly { readonly summary: string }[]> =>
  (
    await api<{ items: { summary: string }[] }>(
      page,
      "GET",
      `/tickets?account=${accountNo}&state=open&limit=200`,
    )
  ).items;

beforeAll(async () => {
  [town, browser] = await Promise.all([startBrowserTown(), openBrowser()]);
  // By day: after nine in the evening nobody is called back.
  await town.setClock("2026-11-25T10:00:00+08:00");
  agent = await visitAs(browser, town.url, "agent");
  desk = agent.page;
  desk.setDefaultTimeout(10_000);
  await desk.getByRole("heading", { level: 1, name: "坐席台" }).waitFor();
  await tenantWith(HOME, OWN, "钱租户");
  await tenantWith(OTHER_HOME, SHARED, "孙租户");
  await tenantWith(THIRD_HOME, SHARED, "孙租户");
});
afterEach(async ({ task }) => {
  if (task.result?.state === "fail") await shot(desk, `failed-${task.name.slice(0, 30)}`);
});
afterAll(async () => {
  await browser.close();
  await town.stop();
});

test("two browsers: the simulator rings one telephone, and the screen pops there and nowhere else", async () => {
  const other = await visitAs(browser, town.url, "supervisor");
  await other.page.goto("/board");
  await other.page.getByText("现在没有人签入话机").waitFor();
  await other.page.goto("/desk");
  // Not at a telephone, a case for a visitor is one key away all the same.
  await desk.getByText("您还没有签入话机").waitFor();
  await desk.keyboard.press("n");
  await desk.waitForURL("**/tickets/new");
  await desk.goBack();
  await atTelephone(desk, "8001");
  await atTelephone(other.page, "8002");
  const callId = await ring(OWN);
  const who = desk.getByRole("region", { name: "来电人" });
  await who.getByText(HOME).waitFor();
  expect(await who.textContent()).toContain("钱*");
  await shot(desk, "desk-pop");
  expect(await seriousFindings(desk)).toEqual([]);
  expect(await other.page.getByRole("region", { name: "来电人" }).count()).toBe(0);
  expect(await other.page.getByRole("status").filter({ hasText: "来电" }).count()).toBe(0);
  await hangUp(callId);
  await desk.getByText("通话已结束，请小结").first().waitFor();
  await desk.keyboard.press("w");
  await desk.keyboard.press("1");
  await desk.getByText("已小结：已答复，不立单").waitFor();
  expect(other.complaints).toEqual([]);
  await other.close();
});

test("a known caller's case takes at most fifteen keys and no mouse", async () => {
  const callId = await ring(OWN);
  await popped(desk, "139 1111 2222");
  await desk.getByRole("region", { name: "来电人" }).getByText(HOME).waitFor();
  let keys = 0;
  const press = async (key: string): Promise<void> => {
    keys += key.split("+").length;
    await desk.keyboard.press(key);
  };
  await press("n");
  await desk.getByRole("combobox", { name: "类别" }).and(desk.locator(":focus")).waitFor();
  for (const key of "1") await press(key);
  await press("Enter");
  await desk.getByRole("textbox", { name: "内容" }).and(desk.locator(":focus")).waitFor();
  for (const key of "16") await press(key);
  await press("Control+Enter");
  await desk.getByText(/^已立单 /).waitFor();
  expect(keys).toBeLessThanOrEqual(15);
  await shot(desk, "desk-case-opened");
  expect((await openCases(desk, HOME)).map(({ summary }) => summary)).toContain("16");
  // Written down, and the talk goes on: the bar says so.
  await desk.getByRole("button", { name: /^8001 通话/ }).waitFor();
  await hangUp(callId);
});

test("a call that rings on another page is opened by F2, and the next keys go into its case", async () => {
  await desk.goto("/tickets");
  await desk.getByRole("heading", { level: 1, name: "工单" }).waitFor();
  const callId = await ring(OWN);
  await desk.getByRole("status").filter({ hasText: "来电" }).waitFor();
  await openedByKeys(desk);
  expect(
    await api<{ wrapUpNote: string }>(
      desk,
      "GET",
      `/hotline/calls/${new URL(desk.url()).searchParams.get("call")}`,
    ),
  ).toMatchObject({ wrapUp: "case", wrapUpNote: "晚上再打" });
  await hangUp(callId);
});

test("a number of several households asks which; an unknown and a withheld one are bound by the search box", async () => {
  const shared = await ring(SHARED);
  await desk.getByText("这个号码对应 2 户，请选择").waitFor();
  await shot(desk, "desk-choose");
  await desk.keyboard.press("2");
  await desk.getByRole("region", { name: "来电人" }).getByText(THIRD_HOME).waitFor();
  await hangUp(shared);
  await desk.getByText("通话已结束，请小结").first().waitFor();
  await desk.keyboard.press("w");
  await desk.keyboard.press("3");
  await desk.getByText("已小结：打错").waitFor();

  const unknown = await ring("13955556666");
  await desk.getByText("未登记的号码").waitFor();
  await desk.keyboard.press("b");
  await desk.keyboard.type(OTHER_HOME);
  await desk.getByRole("option", { name: new RegExp(OTHER_HOME) }).waitFor();
  await desk.keyboard.press("Enter");
  await desk.getByRole("region", { name: "来电人" }).getByText(OTHER_HOME).waitFor();
  await hangUp(unknown);
  await desk.getByText("通话已结束，请小结").first().waitFor();
  const writeDown = async (): Promise<void> => {
    await desk.keyboard.press("w");
    await desk.keyboard.press("1");
    await desk.getByText("已小结：已答复，不立单").waitFor();
  };
  const withheld = await rungAtOnce(desk, writeDown, () => ring("anonymous"));
  await desk.locator("strong", { hasText: "号码未显示" }).waitFor();
  await shot(desk, "desk-withheld");
  await hangUp(withheld);
  await desk.getByText("通话已结束，请小结").first().waitFor();
  await desk.keyboard.press("w");
  await desk.keyboard.press("4");
  await desk.getByText("已小结：无声").waitFor();
  expect(agent.complaints).toEqual([]);
});

test("two calls: the second waits in a tab and takes nothing of what is being typed", async () => {
  const first = await ring(OWN);
  await popped(desk, "139 1111 2222");
  await desk.getByRole("region", { name: "来电人" }).getByText(HOME).waitFor();
  await desk.keyboard.press("n");
  await desk.keyboard.type("2");
  await desk.keyboard.press("Enter");
  const summary = desk.getByRole("textbox", { name: "内容" });
  await summary.and(desk.locator(":focus")).waitFor();
  await desk.keyboard.type("客厅不");
  const second = await ring(SHARED);
  await desk.getByRole("navigation", { name: "我的通话" }).getByRole("link").nth(1).waitFor();
  await desk.getByRole("status").filter({ hasText: "来电" }).waitFor();
  await desk.keyboard.type("热");
  expect(await summary.inputValue()).toBe("客厅不热");
  expect(await desk.getByRole("region", { name: "来电人" }).textContent()).toContain(HOME);
  await besideTheCall(desk);
  await shot(desk, "desk-two-calls");
  await desk.keyboard.press("F2");
  await desk.getByText("这个号码对应 2 户，请选择").waitFor();
  await desk.getByRole("button", { name: /^1 / }).and(desk.locator(":focus")).waitFor();
  await hangUp(second);
  await desk.getByText("通话已结束，请小结").first().waitFor();
  await desk.getByRole("button", { name: /^打错/ }).click();
  // Back at the first call: the words are there, also after a reload.
  await desk.getByRole("navigation", { name: "我的通话" }).getByRole("link").last().click();
  await desk.reload();
  await expect.poll(() => desk.getByRole("textbox", { name: "内容" }).inputValue()).toBe("客厅不热");
  await desk.getByRole("button", { name: "清空" }).click();
  await hangUp(first);
  await desk.getByText("通话已结束，请小结").first().waitFor();
  await desk.getByRole("button", { name: /^已答复，不立单/ }).click();
  await desk.getByText("已小结：已答复，不立单").waitFor();
});

test("an incident of the building stands above everything, with what to say, and takes the call by one key", async () => {
  const { building } = await api<{ building: { id: string } }>(desk, "GET", `/accounts/${HOME}`);
  const { id } = await api<{ id: string }>(desk, "POST", "/incidents", {
    kind: "heat-outage",
    buildingIds: [building.id],
    script: "本楼换热站检修，预计今晚恢复，给您带来不便，请谅解。",
  });
  const callId = await ring(OWN);
  const trouble = desk.getByRole("region", { name: "本楼事件" });
  await trouble.getByText("本楼换热站检修").waitFor();
  await shot(desk, "desk-incident");
  expect(await seriousFindings(desk)).toEqual([]);
  await desk.keyboard.press("w");
  await desk.keyboard.press("2");
  await desk.getByText("已小结：归入事件").waitFor();
  await hangUp(callId);
  await desk.goto(`/incidents/${id}`);
  await desk.getByText(/来电 1 · /).waitFor();
  await desk.getByRole("region", { name: "影响范围" }).getByText("受影响 1").first().waitFor();
  await shot(desk, "incident");
  expect(await seriousFindings(desk)).toEqual([]);
});

test("a session that ends in the middle of a form costs nothing: signed in again above it, saved once", async () => {
  const before = (await openCases(desk, OTHER_HOME)).length;
  // By keys alone: whoever was found is on the screen, and what is pressed next is for that page, then for the category.
  await desk.keyboard.press("Control+k");
  await desk.keyboard.type(OTHER_HOME);
  await desk.getByRole("option", { name: new RegExp(OTHER_HOME) }).waitFor();
  await desk.keyboard.press("Enter");
  await desk.getByRole("heading", { level: 1, name: OTHER_HOME }).waitFor();
  await desk.keyboard.press("n");
  await desk.getByRole("combobox", { name: "类别" }).and(desk.locator(":focus")).waitFor();
  await desk.keyboard.type("1");
  await desk.getByTitle("1 不热").waitFor();
  await desk.keyboard.press("Enter");
  const summary = desk.getByRole("textbox", { name: "内容" });
  await summary.and(desk.locator(":focus")).waitFor();
  await desk.keyboard.type("卧室只有十五度");
  await api(desk, "DELETE", "/session");
  await desk.keyboard.press("Control+Enter");
  await desk.getByText("登录已结束，请重新登录").first().waitFor();
  await shot(desk, "session-ended");
  const again = desk.getByRole("dialog");
  await again.locator('input[autocomplete="username"]').fill("agent");
  await again.locator('input[autocomplete="current-password"]').fill("nuanyang-demo");
  await desk.keyboard.press("Enter");
  await again.waitFor({ state: "hidden" });
  expect(await summary.inputValue()).toBe("卧室只有十五度");
  await desk.getByRole("button", { name: /^立单/ }).dblclick();
  await desk.getByRole("heading", { level: 1, name: /户内不热|不热/ }).waitFor();
  expect((await openCases(desk, OTHER_HOME)).length).toBe(before + 1);
});

test("shortcuts are silent while an input method composes, and the sheet shows them", async () => {
  await desk.goto("/tickets");
  await desk.getByRole("heading", { level: 1, name: "工单" }).waitFor();
  const compose = (key: string): Promise<unknown> =>
    desk.evaluate(
      `document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {
        key: ${JSON.stringify(key)}, isComposing: true, bubbles: true, cancelable: true }))`,
    );
  await compose("n");
  await compose("?");
  expect(new URL(desk.url()).pathname).toBe("/tickets");
  expect(await desk.getByRole("dialog").count()).toBe(0);
  await desk.keyboard.press("Shift+Slash");
  await desk.getByRole("dialog").getByText("查找").waitFor();
  await shot(desk, "keys");
  await desk.keyboard.press("Escape");
  // In the search box letters are letters, and Enter belongs to the input method while it composes.
  await desk.keyboard.press("Control+k");
  await desk.keyboard.type(HOME);
  await desk.getByRole("option", { name: new RegExp(HOME) }).waitFor();
  await compose("Enter");
  expect(new URL(desk.url()).pathname).toBe("/tickets");
  await shot(desk, "search-box");
  await desk.keyboard.press("Enter");
  await desk.getByRole("heading", { level: 1, name: HOME }).waitFor();
});

test("a household on one page says what is owed and why", async () => {
  const bills = desk.getByRole("region", { name: "账单" });
  await bills.getByRole("button", { name: "为什么是这个数" }).first().click();
  await bills.getByText("复算一致").first().waitFor();
  await partsOfHousehold(desk);
  await shot(desk, "household");
  expect(await seriousFindings(desk)).toEqual([]);
});

test("twenty cases stand on a screen of 1366 by 768, filtered by codes in the address", async () => {
  const cases = Array.from({ length: 24 }, (_, n) => ({
    accountNo: HOMES[n % HOMES.length],
    category: n % 5 === 0 ? "fault.leak" : "heat.not-hot",
    channel: "visit",
    summary: `第${n + 1}件：室温偏低，请上门测温`,
  }));
  for (const [n, body] of cases.entries()) {
    await api(desk, "POST", "/tickets", { ...body, ...(n % 5 === 0 ? { category: "fault.radiator" } : {}) });
  }
  await desk.goto("/tickets");
  const rows = desk.getByRole("table").getByRole("row");
  await until("the list has more than twenty rows", async () => (await rows.count()) > 21);
  const twentieth = await rows.nth(20).boundingBox();
  expect((twentieth?.y ?? 9999) + (twentieth?.height ?? 0)).toBeLessThanOrEqual(768);
  await shot(desk, "cases");
  expect(await seriousFindings(desk)).toEqual([]);
  await desk.getByRole("checkbox", { name: "我的" }).check();
  await until("the filter stands in the address", async () => new URL(desk.url()).search === "?owner=me");
});

test("a case goes from the desk to its end by keys, with its timeline, clocks and route", async () => {
  await desk.goto("/tickets");
  await desk
    .getByRole("row", { name: /室温偏低/ })
    .first()
    .press("Enter");
  await desk.getByRole("region", { name: "经过" }).waitFor();
  await desk.getByRole("region", { name: "为什么在这里" }).getByText("依次看过").first().waitFor();
  await shot(desk, "case");
  expect(await seriousFindings(desk)).toEqual([]);
  await desk.keyboard.press("s");
  const dialog = desk.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "说明" }).and(desk.locator(":focus")).waitFor();
  await desk.keyboard.type("负责人请台席先办");
  await desk.keyboard.press("Control+Enter");
  await dialog.waitFor({ state: "hidden" });
  await desk.getByText("处理中").first().waitFor();
  await desk.keyboard.press("m");
  await desk.keyboard.type("已电话告知用户");
  await desk.keyboard.press("Control+Enter");
  await desk.getByRole("region", { name: "经过" }).getByText("已电话告知用户").waitFor();
  await desk.getByRole("heading", { level: 1 }).click();
  await desk.keyboard.press("c");
  await dialog.getByRole("radio", { name: "无法解决已解释" }).check();
  await dialog.getByRole("textbox", { name: "说明" }).fill("已解释");
  await shot(desk, "case-close");
  await desk.keyboard.press("Control+Enter");
  await dialog.waitFor({ state: "hidden" });
  await desk.getByText("办结", { exact: true }).first().waitFor();
});

test("lost calls are called back from the list, and the board shows who speaks", async () => {
  await town.nuan(["simulate", "call", "--from", "13977778888"]);
  await desk.goto("/calls");
  await desk.getByRole("table").getByText("未接来电").first().waitFor();
  await desk.keyboard.press("n");
  await doneOnceThough({
    page: desk,
    town,
    path: "**/hotline/call-backs/*/attempts",
    command: "call-back.attempt",
    press: async () => {
      await desk.getByRole("button", { name: "结果" }).first().click();
      await desk.getByRole("menuitem", { name: "无人接" }).click();
    },
    again: "再按一次",
  });
  await desk.getByRole("button", { name: "结果" }).first().click();
  await desk.getByRole("menuitem", { name: "接通" }).click();
  await desk.getByText("没有待回拨的号码").waitFor();
  await shot(desk, "call-backs");
  const callId = await ring(OWN);
  await desk.goto("/board");
  await desk.getByRole("region", { name: "坐席" }).getByText("通话").waitFor();
  await shot(desk, "board");
  expect(await seriousFindings(desk)).toEqual([]);
  await hangUp(callId);
  expect(agent.complaints).toEqual([]);
});

test("the desk speaks English as well", async () => {
  const english = await visitAs(browser, town.url, "agent", { language: "en" });
  await english.page.getByRole("heading", { level: 1, name: "Desk" }).waitFor();
  await english.page.goto(`/households/${HOME}`);
  await english.page.getByRole("region", { name: "Bills" }).waitFor();
  await shot(english.page, "household-en");
  expect(english.complaints).toEqual([]);
  await english.close();
});
