/**
 * Telling people: a notice by two persons from its audience to its funnel, held, ended and carried over a dead worker; and what people
 * write to us. Nothing is sent: what goes is seen in the outbox viewer.
 */
import { readFileSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { must } from "#src/kernel/errors.ts";
import { letter } from "#tests/support/letters.ts";
import { openBrowser, seriousFindings, shot, type Visit, visitAs } from "./support/browser.ts";
import { doneOnceThough } from "./support/lost-answer.ts";
import {
  approvedByTwo,
  ask,
  choose,
  countsOf,
  figureOf,
  giveMobile,
  reasoned,
  receiveMail,
  setRate,
  written,
} from "./support/notice-desk.ts";
import { type BrowserTown, startBrowserTown } from "./support/town.ts";

let town: BrowserTown;
let browser: Browser;
let supervisor: Visit;
let approver: Visit;
let community: string;

beforeAll(async () => {
  [town, browser] = await Promise.all([startBrowserTown(), openBrowser()]);
  await town.setClock("2026-10-20T10:00:00+08:00");
  await giveMobile(browser, town);
  supervisor = await visitAs(browser, town.url, "supervisor");
  approver = await visitAs(browser, town.url, "approver");
  type Communities = { readonly items: readonly { id: string; name: string }[] };
  const first = must(
    (await ask<Communities>(supervisor.page, "/network/communities?limit=1")).items[0],
    "a community",
  );
  community = first.name;
});
afterAll(async () => {
  await browser.close();
  await town.stop();
});

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
  // The whole town and a part of it: said beside what was chosen, and nothing is dropped silently.
  await page.getByRole("checkbox", { name: "全部用户" }).check();
  await side.getByText("选了全部，又选了部分").waitFor();
  await shot(page, "notice-contradicts");
  await page.getByRole("checkbox", { name: "全部用户" }).uncheck();
  await side.getByText("选了全部，又选了部分").waitFor({ state: "hidden" });
  await page.getByRole("textbox", { name: "正文" }).fill("小区管网将于11月3日上午检修。");
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
  // An amount that cannot be read is said at its field; nobody is counted by another one.
  await page.getByRole("checkbox", { name: "只发欠费户" }).check();
  await page.getByRole("textbox", { name: "欠费不少于（元）" }).fill("500以上");
  await page.getByText("请填金额，如 100 或 12.50，至少 0.01").waitFor();
  await side.getByText("有一处填写读不懂").waitFor();
  expect(await page.getByRole("button", { name: "保存草稿" }).isDisabled()).toBe(true);
  await page.getByRole("checkbox", { name: "只发欠费户" }).uncheck();
  await choose(page, "供热状态", "", "供热");
  await page.keyboard.press("Escape");
  await expect
    .poll(async () => Number((await side.locator("dd").first().textContent())?.replaceAll(",", "")))
    .toBeLessThan(whole);
  expect(await seriousFindings(page)).toEqual([]);
  await shot(page, "notice-builder");
  // From a field: an open choice keeps Enter for itself.
  await page.getByRole("textbox", { name: "标题" }).focus();
  await page.keyboard.press("Control+Enter");
  await page.getByRole("button", { name: "发样给自己" }).waitFor();
  await shot(page, "notice-draft");
  noticeAddress = new URL(page.url()).pathname;
});

test("a second person approves, and the funnel says what became of every home", async () => {
  await approvedByTwo(supervisor, approver, noticeAddress);
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

test("agreed to in the list of approvals it is approved, and its author begins it", async () => {
  const { page } = supervisor;
  const address = await written(page, "水压试验", "小区将于11月5日做水压试验。");
  await ask(page, `${address}/samples`, { method: "POST", body: { channel: "sms" } });
  await ask(page, `${address}/approval-requests`, { method: "POST", ifMatch: 1 });
  await page.goto(address);
  await page.getByText("由您报审，须由另一人审批").waitFor();
  await approver.page.goto("/finance/approvals");
  await approver.page.getByText("同意即批准这条通知").waitFor();
  await shot(approver.page, "approvals-notice");
  await approver.page.keyboard.press("a");
  await approver.page.getByText(`已同意：群发通知 · 通知 #${address.split("/").at(-1)}`).waitFor();
  await page.getByRole("button", { name: "开始发送" }).click();
  await page.getByText("已发完").first().waitFor();
  expect(await seriousFindings(page)).toEqual([]);
});

test("a channel is stopped by a person and goes on; costs stand by purpose", async () => {
  const { page } = supervisor;
  // A message that no provider took is sent again: the answer is lost, and it goes once more and no more.
  await town.sql(
    "update messages set state = 'rejected', reason = '模板未备案' where id = (select min(id) from messages where state in ('accepted', 'delivered'))",
  );
  await page.goto("/messages?list=rejected");
  await page.getByRole("checkbox").last().check();
  await doneOnceThough({
    page,
    town,
    path: "**/messages/replays",
    command: "message.replay",
    press: () => reasoned(page, "重新发送（1 条）", "模板已备案"),
    again: "再按一次",
  });
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

test("a running notice is held, goes on, and is ended, before the eyes of whoever has its page open", async () => {
  const { page } = supervisor;
  const address = await written(page, "全市检修", "全市管网将于11月8日夜间检修，届时短时降温。");
  await setRate(supervisor.page, 2);
  await approvedByTwo(supervisor, approver, address);
  await expect.poll(() => figureOf(page, "已发出"), { timeout: 60_000 }).toBeGreaterThan(2);
  expect(await figureOf(page, "待发送")).toBeGreaterThan(0);
  await reasoned(page, "暂停", "等抢修班确认");
  await page.getByText("已暂停，未发出的都停着").waitFor();
  await page.getByText("等抢修班确认").waitFor();
  await shot(page, "notice-paused");
  // As fast as it can, and something else goes: what is held stays.
  await setRate(supervisor.page, null);
  const held = (await countsOf(town, address)).gone;
  const other = await written(page, "另一条", "这条只发样稿。");
  await ask(page, `${other}/samples`, { method: "POST", body: { channel: "sms" } });
  await expect
    .poll(async () => {
      const [row] = await town.sql<{ gone: number }>(
        "select count(*)::int as gone from outbox_viewer where body like '%这条只发样稿%'",
      );
      return row?.gone;
    })
    .toBe(1);
  expect((await countsOf(town, address)).gone).toBe(held);
  await setRate(supervisor.page, 2);
  const before = await figureOf(page, "已发出");
  await reasoned(page, "继续", "抢修班已确认");
  await expect.poll(() => figureOf(page, "已发出"), { timeout: 60_000 }).toBeGreaterThan(before);
  await reasoned(page, "终止", "检修取消");
  await page.getByText("检修取消").waitFor();
  await expect.poll(() => figureOf(page, "待发送"), { timeout: 30_000 }).toBe(0);
  const cancelled = await figureOf(page, "已取消");
  expect(cancelled).toBeGreaterThan(0);
  await shot(page, "notice-stopped");
  expect(await seriousFindings(page)).toEqual([]);
  const counts = await countsOf(town, address);
  expect(await figureOf(page, "发送对象")).toBe(counts.homes);
  expect((await figureOf(page, "已发出")) + cancelled + (await figureOf(page, "未发送"))).toBe(counts.homes);
  // The list behind the number goes along as a table, with what it is for in its first row.
  await page.getByRole("link", { name: /^查看名单：已取消 / }).click();
  await page.getByRole("table", { name: "名单: 已取消" }).waitFor();
  await page.getByRole("button", { name: "导出" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: /用途/ }).fill("改为电话告知");
  await dialog.getByRole("radio", { name: "CSV" }).check();
  const [saved] = await Promise.all([
    page.waitForEvent("download"),
    dialog.getByRole("button", { name: "导出" }).click(),
  ]);
  const lines = readFileSync(await saved.path(), "utf8")
    .split("\r\n")
    .filter((line) => line !== "");
  expect(lines[0]).toContain("改为电话告知");
  expect(lines).toHaveLength(cancelled + 2);
  await setRate(supervisor.page, null);
});

test("the worker is killed amid a notice: the open page counts on to its end, and nobody is told twice", async () => {
  const { page } = supervisor;
  const address = await written(page, "全市测试", "供热将于11月15日零时开始，请家中留人。");
  await setRate(supervisor.page, 20);
  await approvedByTwo(supervisor, approver, address);
  await expect.poll(() => figureOf(page, "已发出"), { timeout: 60_000 }).toBeGreaterThan(5);
  expect(await figureOf(page, "待发送")).toBeGreaterThan(0);
  const before = await countsOf(town, address);
  expect(before.gone).toBeLessThan(before.messages);
  town.killWorker();
  await setRate(supervisor.page, null);
  // What the dead worker had claimed is claimed anew when its minute is over; what it was calling is asked about.
  await expect.poll(() => figureOf(page, "待发送"), { timeout: 150_000 }).toBe(0);
  await town.setClock("2026-10-20T10:20:00+08:00");
  // Whose asking was cut off is asked about again after two minutes.
  await expect.poll(() => figureOf(page, "结果不明"), { timeout: 200_000 }).toBe(0);
  await page.getByText("已发完").first().waitFor();
  await shot(page, "notice-after-kill");
  const after = await countsOf(town, address);
  expect(after).toMatchObject({
    homes: before.homes,
    messages: before.messages,
    gone: before.messages,
    doubled: 0,
  });
  expect(await figureOf(page, "发送对象")).toBe(after.homes);
  expect((await figureOf(page, "已发出")) + (await figureOf(page, "未发送"))).toBe(after.homes);
}, 500_000);

test("what no case took is worked off: under a household's case, put away and taken back, and out of quarantine", async () => {
  const { page } = supervisor;
  const machine = (subject: string): Buffer =>
    letter({ from: "bot@example.com", subject, headers: ["Precedence: list"], text: "家里不热，请派人来" });
  await page.goto("/received");
  await page.getByText("没有待归并的来信。").waitFor();
  await shot(page, "received-empty");
  await receiveMail(town, machine("家里不热"), 1n);
  await receiveMail(town, machine("特价促销"), 2n);
  await receiveMail(town, Buffer.from([0, 1, 2, 3, 255]), 3n);
  const waiting = page.getByRole("table", { name: "来信 待归并" });
  await page.reload();
  await waiting
    .getByText(/家里不热/)
    .first()
    .waitFor();
  await waiting.getByText(/特价促销/).waitFor();
  await shot(page, "received");
  expect(await seriousFindings(page)).toEqual([]);
  // By a household: a case of its own.
  await waiting.getByText(/^家里不热/).click();
  const drawer = page.getByRole("dialog");
  await drawer.getByRole("searchbox", { name: "户号" }).fill("00000000");
  await drawer.getByRole("button", { name: "开单 (户号)" }).click();
  await drawer.getByText("没有找到这个户号").waitFor();
  const [home] = await town.sql<{ no: string }>(
    "select account_no as no from heat_accounts where state = 'active' order by id limit 1",
  );
  await drawer.getByRole("searchbox", { name: "户号" }).fill(must(home, "a household").no);
  await drawer.getByRole("button", { name: "开单 (户号)" }).click();
  await drawer.getByText("已归入工单").waitFor();
  const ticketNo = must(await drawer.getByRole("status").getByRole("link").textContent(), "its case");
  await shot(page, "received-placed");
  await page.keyboard.press("Escape");
  await waiting.getByText(/^家里不热/).waitFor({ state: "hidden" });
  // Put away with a reason, and taken back by a press.
  await waiting.getByText(/特价促销/).click();
  await drawer.getByRole("button", { name: "搁置" }).click();
  const asked = page.getByRole("dialog", { name: "搁置" });
  await asked.getByRole("textbox", { name: "原因" }).fill("广告");
  await asked.getByRole("button", { name: "搁置" }).click();
  await drawer.getByRole("button", { name: "放回待处理" }).click();
  await drawer.getByRole("button", { name: "搁置" }).waitFor();
  await page.keyboard.press("Escape");
  await waiting.getByText(/特价促销/).waitFor();
  // What cannot be read: looked at, read again in vain, put under the case in the words of whoever looked.
  await page
    .locator("label")
    .filter({ hasText: /^隔离$/ })
    .click();
  await page.getByRole("table", { name: "来信 隔离" }).getByText("不是邮件或读不出").click();
  await drawer.getByRole("button", { name: "重新读取" }).click();
  await drawer.getByText("还是读不出").waitFor();
  await drawer.getByRole("textbox", { name: "原件里写了什么" }).fill("空白邮件，已电话核实是同一户");
  await drawer.getByRole("searchbox", { name: "工单号" }).fill(ticketNo);
  await shot(page, "quarantine");
  expect(await seriousFindings(page)).toEqual([]);
  await drawer.getByRole("button", { name: "归入 (工单号)" }).click();
  await drawer.getByText("已归入工单").waitFor();
  await page.keyboard.press("Escape");
  await page.getByText("隔离区为空。").waitFor();
  await page.locator("label").filter({ hasText: "隔离已处理" }).click();
  await page.getByText(new RegExp(`工单 ${ticketNo}`)).waitFor();
  await page.goto(`/tickets/${ticketNo}`);
  await page
    .getByText(/空白邮件，已电话核实是同一户/)
    .first()
    .waitFor();
});

test("the same pages in English", async () => {
  const english = await visitAs(browser, town.url, "supervisor", { language: "en" });
  for (const [address, heading, name] of [
    ["/notices", "Notices", "notices-en"],
    [noticeAddress, "检修通知", "notice-en"],
    ["/notices/new", "New notice", "notice-new-en"],
    ["/notices/settings", "Greetings and emergency texts", "notice-settings-en"],
    ["/messages", "Messages", "messages-en"],
    ["/received", "Received", "received-en"],
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
