/**
 * Telling people: a notice by two persons from its audience to its funnel, and a pressure test from plan to the paper at the door.
 * Nothing is sent: what goes is seen in the outbox viewer.
 */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { must } from "#src/kernel/errors.ts";
import { PHOTO } from "#tests/support/test-town.ts";
import { openBrowser, seriousFindings, shot, signIn, type Visit, visitAs } from "./support/browser.ts";
import { type BrowserTown, startBrowserTown } from "./support/town.ts";

let town: BrowserTown;
let browser: Browser;
let supervisor: Visit;
let approver: Visit;
let community: string;
let building: string;

type Order = { readonly method: string; readonly ifMatch?: number; readonly body?: object };
/** Asked as the page asks, by whoever is signed in there. */
const ask = <Body>(page: Page, path: string, order: Order = { method: "GET" }): Promise<Body> =>
  page.evaluate(
    async ([address, { method, ifMatch, body }]) => {
      const answer = await fetch(`/api/v1${address}`, {
        method,
        headers: {
          "X-Nuan": "1",
          "Content-Type": "application/json",
          ...(ifMatch === undefined ? {} : { "If-Match": `"${ifMatch}"` }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (!answer.ok) throw new Error(await answer.text());
      return (await answer.json()) as Body;
    },
    [path, order] as const,
  );

beforeAll(async () => {
  [town, browser] = await Promise.all([startBrowserTown(), openBrowser()]);
  await town.setClock("2026-10-20T10:00:00+08:00");
  const admin = await visitAs(browser, town.url, "admin");
  // A sample goes to the mobile of the login.
  type Staff = { readonly items: readonly { id: string; login: string; version: number }[] };
  const { items } = await ask<Staff>(admin.page, "/staff?limit=100");
  const who = must(
    items.find(({ login }) => login === "supervisor"),
    "the supervisor",
  );
  await ask(admin.page, `/staff/${who.id}`, {
    method: "PATCH",
    ifMatch: who.version,
    body: { mobile: "13800000001" },
  });
  await admin.close();
  supervisor = await visitAs(browser, town.url, "supervisor");
  approver = await visitAs(browser, town.url, "approver");
  type Communities = { readonly items: readonly { id: string; name: string }[] };
  const first = must(
    (await ask<Communities>(supervisor.page, "/network/communities?limit=1")).items[0],
    "a community",
  );
  type Buildings = { readonly buildings: readonly { name: string }[] };
  const { buildings } = await ask<Buildings>(supervisor.page, `/network/communities/${first.id}/buildings`);
  community = first.name;
  building = `${first.name}${must(buildings[0], "a building").name}`;
});
afterAll(async () => {
  await browser.close();
  await town.stop();
});

const choose = async (page: Page, field: string, typed: string, option: RegExp | string): Promise<void> => {
  await page.getByRole("combobox", { name: field }).click();
  await page.getByRole("combobox", { name: field }).fill(typed);
  await page.locator(".ant-select-item-option").filter({ hasText: option }).first().click();
};

/** Samples it, asks, and has it approved and begun by the second person. */
const approvedByTwo = async (address: string): Promise<void> => {
  const { page } = supervisor;
  await page.getByRole("button", { name: /^发样/ }).first().click();
  await page.getByText("样稿已发，可以报审").waitFor();
  await page.getByRole("button", { name: "报审", exact: true }).click();
  await page.getByText("由您报审，须由另一人审批").waitFor();
  expect(await page.getByRole("button", { name: "批准" }).count()).toBe(0);
  await approver.page.goto(address);
  await approver.page.getByRole("button", { name: "批准" }).click();
  const dialog = approver.page.getByRole("dialog");
  await dialog.getByText(/批准后发送对象即冻结：\d+ 户/).waitFor();
  await shot(approver.page, "notice-approval");
  await dialog.getByRole("button", { name: "批准" }).click();
  await dialog.waitFor({ state: "hidden" });
};

let noticeAddress: string;

test("homes are chosen with their number and cost before the eyes, and nothing typed is lost by a reload", async () => {
  const { page } = supervisor;
  await page.goto("/notices");
  await page.getByRole("heading", { level: 1, name: "群发通知" }).waitFor();
  await page.getByText("没有通知。").waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await page.keyboard.press("n");
  await page.getByRole("textbox", { name: "标题" }).fill("检修通知");
  const side = page.locator("aside[aria-busy]");
  await choose(page, "小区、楼栋", community, `小区 ${community}`);
  await side.getByRole("region", { name: "此刻" }).waitFor();
  const whole = Number((await side.locator("dd").first().textContent())?.replaceAll(",", ""));
  expect(whole).toBeGreaterThan(0);
  await choose(page, "模板", "notice-general", "notice-general");
  await page.getByRole("textbox", { name: "text" }).fill("小区管网将于11月3日上午检修。");
  await side.getByText("计费条数").waitFor();
  await side
    .getByText(/小区管网将于11月3日上午检修/)
    .first()
    .waitFor();
  await page.reload();
  await side
    .getByText(/小区管网将于11月3日上午检修/)
    .first()
    .waitFor();
  await choose(page, "供热状态", "", "供热");
  await page.keyboard.press("Escape");
  await expect
    .poll(async () => Number((await side.locator("dd").first().textContent())?.replaceAll(",", "")))
    .toBeLessThan(whole);
  expect(await seriousFindings(page)).toEqual([]);
  await shot(page, "notice-builder");
  await page.keyboard.press("Control+Enter");
  await page.getByRole("button", { name: "发样给自己" }).waitFor();
  await shot(page, "notice-draft");
  noticeAddress = new URL(page.url()).pathname;
});

test("a second person approves, and the funnel says what became of every home", async () => {
  await approvedByTwo(noticeAddress);
  const { page } = supervisor;
  await page.getByText("已发完").first().waitFor();
  const sent = page.getByRole("link", { name: /查看名单：已发出 [1-9]/ });
  await sent.waitFor();
  await shot(page, "notice-funnel");
  expect(await seriousFindings(page)).toEqual([]);
  await sent.click();
  await page
    .getByRole("table", { name: /名单: 已发出/ })
    .locator("tbody tr[data-row-key]")
    .first()
    .waitFor();
  await page.getByRole("button", { name: "导出" }).waitFor();
  await shot(page, "notice-list-behind");
  await page.goto("/messages?list=outbox");
  await page
    .getByText(/小区管网将于11月3日上午检修/)
    .first()
    .waitFor();
  await shot(page, "messages-outbox");
  expect(await seriousFindings(page)).toEqual([]);
});

test("a channel is stopped by a person and goes on; costs stand by purpose", async () => {
  const { page } = supervisor;
  await page.goto("/messages?list=channels");
  await page.getByRole("region", { name: "短信" }).getByRole("button", { name: "停用" }).click();
  await page.getByRole("dialog").getByRole("textbox", { name: "原因" }).fill("合同到期");
  await page.getByRole("dialog").getByRole("button", { name: /停用/ }).click();
  await page.getByText("已停：合同到期").waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await shot(page, "messages-channels");
  await page.getByRole("region", { name: "短信" }).getByRole("button", { name: "恢复" }).click();
  await page.getByRole("dialog").getByRole("textbox", { name: "原因" }).fill("已续约");
  await page.getByRole("dialog").getByRole("button", { name: /恢复/ }).click();
  await page.getByText("已停：合同到期").waitFor({ state: "hidden" });
  await page.goto("/messages?list=costs");
  await page.getByRole("table", { name: "费用" }).getByText("服务通知").waitFor();
  await shot(page, "messages-costs");
});

let testAddress: string;

test("a round is planned, announced, approved, and its paper printed and hung up", async () => {
  const { page } = supervisor;
  await page.goto("/pressure-tests");
  await page.getByRole("heading", { level: 1, name: "试压与冷态运行" }).waitFor();
  await page.getByText("还没有排期。").waitFor();
  await page.keyboard.press("n");
  await choose(page, "小区、楼栋", building, `楼栋 ${building}`);
  await page.getByRole("textbox", { name: "联系人姓名" }).fill("赵师傅");
  await page.getByRole("textbox", { name: "联系电话" }).fill("0371-60000000");
  await page.getByLabel("开始").fill("2026-10-30T08:00");
  await page.getByLabel("结束").fill("2026-10-30T18:00");
  await shot(page, "pressure-plan");
  expect(await seriousFindings(page)).toEqual([]);
  await page.getByRole("button", { name: "排期", exact: true }).click();
  await page.getByRole("button", { name: "提前一周通知" }).click();
  const notice = page.getByRole("status").getByRole("link", { name: /通知 \d+/ });
  await notice.waitFor();
  await shot(page, "pressure-round");
  const round = page.url();
  const address = must(await notice.getAttribute("href"), "the address of its notice");
  await notice.click();
  await approvedByTwo(address);
  // It goes a week before the window, and not now.
  await page.getByText("将于此时发出").waitFor();
  await page.goto(round);
  await page.getByRole("table").getByText(building).click();
  await page.getByRole("region", { name: "告知图" }).getByRole("table").first().waitFor();
  testAddress = new URL(page.url()).pathname;
  const opening = page.context().waitForEvent("page");
  await page.getByRole("button", { name: "打印全楼门贴（PDF）" }).click();
  const opened = await opening;
  const printed = await page.evaluate(async (number) => {
    const answer = await fetch(
      `/api/v1/pressure-tests/${number ?? ""}/stairwells.pdf?paper=notice&lang=zh-CN`,
    );
    return { type: answer.headers.get("content-type"), head: (await answer.text()).slice(0, 5) };
  }, testAddress.split("/").at(-1));
  expect(printed).toEqual({ type: "application/pdf", head: "%PDF-" });
  await opened.close();
  const map = page.getByRole("region", { name: "告知图" });
  const gaps = page.getByRole("region", { name: "敲门名单" });
  await gaps.getByRole("button", { name: "已当面告知" }).first().click();
  await map.locator('td[data-way="door"]').waitFor();
  await gaps.getByRole("button", { name: "无人" }).first().click();
  await page.getByRole("searchbox", { name: "说明" }).fill("已关入户阀，邻居代看");
  await page.getByRole("button", { name: "记下" }).click();
  await map.locator('td[data-named="true"]').waitFor();
  await shot(page, "pressure-reach");
  const photo = page.getByLabel(/上传 .* 张贴照片/).first();
  await photo.setInputFiles({ name: "unit.png", mimeType: "image/png", buffer: PHOTO });
  await page.getByRole("button", { name: "看照片" }).first().waitFor();
  await page
    .getByText(/张贴于 2026-10-20/)
    .first()
    .waitFor();
  await shot(page, "pressure-test");
  expect(await seriousFindings(page)).toEqual([]);
});

test("water comes in where every door was told or has its reason, and the gauge may be read", async () => {
  const { page } = supervisor;
  // Ten days later, where every session has ended.
  await town.setClock("2026-10-30T08:10:00+08:00");
  await page.goto(testAddress);
  await signIn(page, "supervisor");
  const gaps = page.getByRole("region", { name: "敲门名单" });
  await gaps.getByText("每户都已告知。").waitFor();
  await page.getByRole("button", { name: "开始注水" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "开始注水" }).click();
  await page
    .getByRole("region", { name: "压力读数" })
    .getByRole("textbox", { name: "结束压力（kPa）" })
    .waitFor();
  await page.goto("/pressure-tests?month=2026-10&day=2026-10-30");
  await page.getByRole("table", { name: "2026-10-30 的试压" }).getByText(building).waitFor();
  await shot(page, "pressure-calendar");
  expect(await seriousFindings(page)).toEqual([]);
});

test("the same pages in English", async () => {
  const english = await visitAs(browser, town.url, "supervisor", { language: "en" });
  for (const [address, heading, name] of [
    ["/notices", "Notices", "notices-en"],
    [noticeAddress, "检修通知", "notice-en"],
    ["/notices/new", "New notice", "notice-new-en"],
    ["/notices/settings", "Greetings and emergency texts", "notice-settings-en"],
    ["/pressure-tests?month=2026-10&day=2026-10-30", "Pressure tests and cold runs", "pressure-en"],
    ["/messages", "Messages", "messages-en"],
  ] as const) {
    await english.page.goto(address);
    await english.page.getByRole("heading", { level: 1, name: heading }).waitFor();
    await english.page.waitForLoadState("networkidle");
    expect(await seriousFindings(english.page)).toEqual([]);
    await shot(english.page, name);
  }
  expect(english.complaints).toEqual([]);
  expect(supervisor.complaints).toEqual([]);
  expect(approver.complaints).toEqual([]);
});
