/** What agents do to cases, incidents, orders from outside and closings, each to its end; and what a killed API costs them: nothing. */
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { until } from "#tests/support/until.ts";
import { type Api, apiAs } from "./support/api.ts";
import { openBrowser, seriousFindings, shot, type Visit, visitAs } from "./support/browser.ts";
import { beginAnothers, complaintsWhileDead, enterVisit, seldom } from "./support/case-deeds.ts";
import { closedCase, giveBack, loseAnswer, type Case, typeNewCase, wallTime } from "./support/cases.ts";
import { barOf, chineseOfOurs, chooseIn, dialogOf, PHOTO, PROGRAM, sendDialog } from "./support/forms.ts";
import { type BrowserTown, startBrowserTown } from "./support/town.ts";

/** Account numbers of the demo town, from its first community. */
const [HOME, OTHER_HOME, THIRD_HOME] = ["101000013", "101000022", "101000031"] as const;

let town: BrowserTown;
let browser: Browser;
let agent: Visit;
let chief: Visit;
let page: Page;
let api: Api;
let ofChief: Api;

type Named = { readonly name: string };
type Opened = { readonly items: readonly (Case & { readonly summary: string })[] };

const openCase = (
  summary: string,
  accountNo: string = HOME,
  category = "complaint.charging",
): Promise<Case> => api.post<Case>("/tickets", { accountNo, category, channel: "visit", summary });
const casesWith = async (summary: string): Promise<number> =>
  (await api.get<Opened>(`/tickets?account=${OTHER_HOME}&limit=200`)).items.filter(
    (one) => one.summary === summary,
  ).length;

const region = (name: string, at: Page = page) => at.getByRole("region", { name });
const dialog = () => dialogOf(page);
const done = () => sendDialog(page);

beforeAll(async () => {
  [town, browser] = await Promise.all([startBrowserTown(), openBrowser()]);
  [agent, chief, api, ofChief] = await Promise.all([
    visitAs(browser, town.url, "agent"),
    visitAs(browser, town.url, "supervisor"),
    apiAs(town.url, "agent"),
    apiAs(town.url, "supervisor"),
  ]);
  page = agent.page;
  page.setDefaultTimeout(10_000);
  chief.page.setDefaultTimeout(10_000);
});
afterEach(async ({ task }) => {
  if (task.result?.state !== "fail") return;
  await Promise.all(
    [agent, chief].map(({ page: at }, n) => shot(at, `failed-${n}-${task.name.slice(0, 20)}`)),
  );
});
afterAll(async () => {
  await browser.close();
  await town.stop();
});

test("an incident: its reach, opened, on another desk, its cases, news, heat is back, closed with a file", async () => {
  const { building, community } = await api.get<{ building: Named; community: Named }>(`/accounts/${HOME}`);
  const place = `${community.name}${building.name}`;
  await chief.page.goto("/desk");
  await chief.page.getByRole("heading", { level: 1, name: "坐席台" }).waitFor();

  await page.goto("/incidents");
  await page.getByText("现在没有进行中的事件").waitFor();
  await page.keyboard.press("n");
  await page.getByRole("radio", { name: "停热" }).check();
  await page.getByRole("combobox", { name: "小区、楼栋" }).fill(place);
  await page.getByTitle(`楼栋 ${place}`, { exact: true }).click();
  await page.getByLabel("预计恢复时间").fill(await wallTime(api, 5));
  await page.getByRole("textbox", { name: /原因与情况/ }).fill("循环泵故障");
  const reach = region("影响范围");
  await reach.getByText(/1 栋 · \d+ 户/).waitFor();
  await reach.getByText("正在抢修，预计").waitFor();
  await page.getByRole("button", { name: /建立事件：1 栋 \d+ 户/ }).waitFor();
  await shot(page, "incident-new");
  expect(await seriousFindings(page)).toEqual([]);
  await page.keyboard.press("Control+Enter");
  await region("告知来电人的话").getByText("正在抢修，预计").waitFor();
  // At once on the other desk, which nobody touched.
  const banner = region("进行中的事件", chief.page);
  await banner.getByText(place).first().waitFor();
  await banner.getByText("正在抢修，预计").waitFor();
  await shot(chief.page, "desk-standing-incident");

  // Cases of its kind join by themselves; another one by its number, and is taken out again.
  const cold = await openCase("停热了，家里很冷", HOME, "heat.not-hot");
  const cases = page.getByRole("region", { name: "工单", exact: true });
  await cases.getByRole("link", { name: cold.ticketNo }).waitFor();
  const noisy = await openCase("收费态度");
  await cases.getByRole("textbox", { name: "工单号" }).fill(noisy.ticketNo);
  await page.keyboard.press("Enter");
  await cases
    .getByRole("listitem")
    .filter({ hasText: noisy.ticketNo })
    .getByRole("button", { name: "移出" })
    .click();
  await dialog().getByRole("textbox").fill("与停热无关");
  await dialog().getByRole("button", { name: "移出" }).click();
  await cases.getByRole("link", { name: noisy.ticketNo }).waitFor({ state: "hidden" });

  await page.getByRole("button", { name: "发布进展" }).click();
  await dialog().getByRole("textbox", { name: "写给同事和来电人的话" }).fill("正在更换循环泵");
  await dialog()
    .getByLabel("预计恢复时间")
    .fill(await wallTime(api, 9));
  await done();
  await region("进展").getByText("正在更换循环泵").waitFor();
  await page.getByRole("button", { name: "恢复供热" }).click();
  await dialog().getByRole("textbox", { name: "写给同事和来电人的话" }).fill("已恢复供热");
  await done();
  await banner.waitFor({ state: "hidden" });

  // Closed with a paper: what is no photo is refused beside the button, with its reason.
  await page.getByRole("button", { name: "结束事件" }).click();
  await dialog().getByRole("radio", { name: "附件" }).check();
  await dialog().locator('input[type="file"]').setInputFiles(PROGRAM);
  await dialog().getByRole("alert").getByText("不接收这种文件").waitFor();
  await dialog().locator('input[type="file"]').setInputFiles(PHOTO);
  await dialog().getByText("已上传").waitFor();
  await dialog().getByRole("textbox", { name: "结束依据" }).fill("已更换循环泵，供温正常");
  await done();
  await page.getByText("附件 · 已更换循环泵，供温正常").waitFor();
  const [saved] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "下载依据文件" }).click(),
  ]);
  expect(saved.suggestedFilename()).toMatch(/\.png$/);
  await cases.getByText("已处理").waitFor();
  await shot(page, "incident-closed");
  expect(await seriousFindings(page)).toEqual([]);
  await chief.page.goto(new URL(page.url()).pathname);
  await chief.page.getByRole("button", { name: "批量办结工单" }).click();
  await chief.page.getByText(/已办结 [01] 件/).waitFor();
});

test("a case: refusals beside the button, soft commands taken back, files by their content, its paper", async () => {
  const one = await openCase("散热器不热，已放过气");
  const other = await openCase("同一户散热器不热");
  const state = barOf(page);
  await beginAnothers(page, api, one.ticketNo, "负责人来电");
  await state.getByText("处理中").waitFor();
  await page.keyboard.press("w");
  await chooseIn(page, "挂起原因", "等配件");
  await dialog().getByRole("textbox", { name: "说明" }).fill("等阀芯");
  await done();
  await state.getByText("挂起", { exact: true }).waitFor();
  await page.getByRole("status").getByText("工单已挂起").waitFor();
  await shot(page, "case-undo");
  await page.keyboard.press("z");
  await state.getByText("处理中").waitFor();

  await enterVisit(page, api, "已放气，留观察");
  expect(await seriousFindings(page)).toEqual([]);

  // Nothing shows that it is solved: said where it was tried, and the words stay.
  await page.keyboard.press("c");
  await dialog().locator("input:focus").waitFor();
  await page.keyboard.press("Enter");
  await dialog().getByRole("radio", { name: "已解决", exact: true }).check();
  await dialog().getByRole("textbox", { name: "说明" }).fill("已放气，恢复");
  await page.keyboard.press("Control+Enter");
  await dialog().getByRole("alert").getByText("没有能证明已解决的依据").waitFor();
  await shot(page, "case-refused");
  await page.keyboard.press("Escape");
  const files = region("附件");
  await files.locator('input[type="file"]').setInputFiles(PROGRAM);
  await files.getByRole("alert").getByText("不接收这种文件").waitFor();
  await files.locator('input[type="file"]').setInputFiles(PHOTO);
  await region("经过").getByRole("link", { name: "下载" }).waitFor();

  await seldom(page, "关联");
  await dialog().getByRole("textbox", { name: "另一个工单号" }).fill(other.ticketNo);
  await done();
  await region("关联工单").getByRole("link", { name: other.ticketNo }).first().waitFor();
  await seldom(page, "并入");
  await dialog().getByRole("textbox", { name: "并入哪个工单" }).fill(one.ticketNo);
  await dialog().getByRole("textbox", { name: "说明" }).fill("同一件事");
  await page.keyboard.press("Control+Enter");
  await dialog().getByRole("alert").getByText("不能并入自己").waitFor();
  await dialog().getByRole("textbox", { name: "并入哪个工单" }).fill(other.ticketNo);
  await done();
  await state.getByText("已并入", { exact: true }).waitFor();
  await page.keyboard.press("z");
  await state.getByText("处理中").waitFor();

  await page.keyboard.press("r");
  await dialog().getByRole("textbox", { name: "说明" }).fill("已放气");
  await done();
  await state.getByText("已处理").waitFor();
  await page.keyboard.press("c");
  await dialog().getByRole("radio", { name: "已解决", exact: true }).check();
  await done();
  await state.getByText("办结", { exact: true }).waitFor();
  await page.getByRole("button", { name: "重开" }).click();
  await dialog().getByRole("textbox", { name: "说明" }).fill("用户说又不热");
  await done();
  // The worker gives it to the one who had it; nobody else gives it back, and the second return is for whoever rules.
  await giveBack(page);
  await dialog().getByRole("alert").getByText("这张工单在别人名下").waitFor();
  await page.keyboard.press("Escape");
  await chief.page.goto(`/tickets/${one.ticketNo}`);
  await giveBack(chief.page);
  await region("为什么在这里", chief.page).getByText("退回 1 次").waitFor();
  await chief.page.getByText("客服小暖 · 客服坐席").waitFor();
  await page.reload();
  await giveBack(page);
  await dialog().waitFor({ state: "hidden" });
  const [paper] = await Promise.all([page.context().waitForEvent("page"), page.keyboard.press("p")]);
  await paper.getByText(one.ticketNo).first().waitFor();
  await paper.close();
  await chief.page.reload();
  await region("为什么在这里", chief.page).getByText("二次退回转裁定").first().waitFor();
  await seldom(chief.page, "裁定归属");
  await chief.page.getByRole("combobox", { name: "角色" }).click();
  await chief.page.locator(".ant-select-item-option").first().click();
  await dialogOf(chief.page).getByRole("textbox", { name: /说明/ }).fill("归台席处理");
  await sendDialog(chief.page);
  await region("为什么在这里", chief.page).getByText("归台席处理").first().waitFor();
  await shot(chief.page, "case-ruled");
  expect(await seriousFindings(chief.page)).toEqual([]);
});

test("an order from outside: entered, signed for, answered by two, reported back, rated; an overdue one", async () => {
  await api.post("/referrals", {
    authority: "petition",
    outsideNo: "XF-0001",
    demand: "反映室温不达标",
    accountNo: HOME,
    receivedAt: `${await wallTime(api, -48)}:00+08:00`,
    dueAt: `${await wallTime(api, -2)}:00+08:00`,
  });
  await page.goto("/referrals");
  await page.getByRole("row", { name: /XF-0001/ }).waitFor();
  await page.keyboard.press("n");
  await page.getByRole("heading", { level: 1, name: "登记转办单" }).waitFor();
  await chooseIn(page, "来源单位", "12345 政务服务便民热线");
  await page.getByRole("textbox", { name: "来文号" }).fill("2026112301");
  await page.getByRole("textbox", { name: "诉求内容" }).fill("家中暖气不热，多次反映");
  await page.getByLabel("时限", { exact: true }).fill(await wallTime(api, 48));
  await page.getByRole("textbox", { name: "户号" }).fill(OTHER_HOME);
  await shot(page, "referral-new");
  expect(await seriousFindings(page)).toEqual([]);
  await page.keyboard.press("Control+Enter");
  await page.getByRole("button", { name: "签收" }).click();
  await page.getByText("已签收", { exact: true }).waitFor();
  const reply = region("回复");
  await reply.getByRole("button", { name: "按经过起草" }).click();
  await until("the reply is composed", async () =>
    /\S{10}/.test(await reply.getByRole("textbox", { name: "回复内容" }).inputValue()),
  );
  await reply.getByRole("button", { name: "存稿" }).click();
  await reply.getByText(/^稿已存：/).waitFor();
  await reply.getByRole("button", { name: "请另一人签字" }).click();
  await reply.getByText("等另一人签字").waitFor();
  await chief.page.goto(new URL(page.url()).pathname);
  await chief.page.getByRole("button", { name: "签字同意" }).click();
  await chief.page.getByText("已有另一人签字").waitFor();
  await page.reload();
  await reply.getByRole("textbox", { name: "回执号" }).fill("HZ-77");
  await shot(page, "referral");
  expect(await seriousFindings(page)).toEqual([]);
  await reply.getByRole("button", { name: "登记已回复" }).click();
  await page.getByText("按时回复").waitFor();
  await page.getByRole("button", { name: "登记群众评价" }).click();
  await dialog().getByRole("radio", { name: "满意", exact: true }).check();
  await done();
  await region("状态").getByText("满意", { exact: true }).waitFor();

  await page.goto("/referrals");
  await page.getByRole("checkbox", { name: "只看超时" }).check();
  await page.getByRole("row", { name: /XF-0001/ }).press("Enter");
  await page.getByText(/已超时/).waitFor();
  await page.getByRole("button", { name: "退回来源单位" }).click();
  await dialog().getByRole("textbox").fill("不属我公司");
  await page.keyboard.press("Control+Enter");
  await dialog().getByRole("alert").getByText("已过退回期限").waitFor();
  await page.keyboard.press("Escape");
});

test("return visits are worked by keys alone: dialled unseen, satisfied, nobody there, not solved", async () => {
  await ofChief.patch("/ticket-categories/heat.unsteady", { returnVisitBasisPoints: 10_000 });
  const asked: string[] = [];
  for (const n of [1, 2, 3]) {
    const given = { accountNo: THIRD_HOME, category: "heat.unsteady", callerNumber: "13911113333" };
    asked.push(await closedCase(api, { ...given, summary: `第${n}户忽冷忽热` }, "已解释室温标准"));
  }
  await page.goto("/desk");
  await page.getByRole("heading", { level: 1, name: "坐席台" }).waitFor();
  await page.keyboard.press("g");
  await page.keyboard.press("q");
  const panel = region("回访这一户");
  // The town has others to ask as well: the arrows choose.
  const turnTo = (ticketNo = "-") =>
    until(`${ticketNo} is in hand`, async () => {
      if (((await panel.getByRole("heading").first().textContent()) ?? "").includes(ticketNo)) return true;
      await page.keyboard.press("ArrowDown");
      return false;
    });
  await turnTo(asked[0]);
  await panel.getByText("已解释室温标准").first().waitFor();
  await page.keyboard.press("d");
  await panel.getByRole("alert").getByText("您还没有签入话机").waitFor();
  await api.post("/hotline/session", { extension: "8009" });
  await page.keyboard.press("d");
  await panel.getByText("已请话机拨出").waitFor();
  await shot(page, "return-visits");
  expect(await seriousFindings(page)).toEqual([]);
  const said = barOf(page).getByRole("status");
  await page.keyboard.press("5");
  await page.keyboard.press("Enter");
  await said.getByText("很满意").waitFor();
  await page.getByRole("row", { name: asked[0] ?? "-" }).waitFor({ state: "hidden" });
  await turnTo(asked[1]);
  await page.keyboard.press("n");
  await page.keyboard.press("Enter");
  await said.getByText(/无人接，明天再打/).waitFor();
  await turnTo(asked[2]);
  await page.keyboard.press("0");
  await page.keyboard.type("还是不热");
  await page.keyboard.press("Enter");
  await said.getByText(`${asked[2]} 没有解决，已重开`).waitFor();
  await page.goto(`/tickets/${asked[2]}`);
  await region("经过").getByText("还是不热").waitFor();
});

test("typed faster than the categories come, and the answer lost: reloaded, pressed again, one case", async () => {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route("**/api/v1/ticket-categories", async (route) => {
    await held;
    await route.continue();
  });
  const summary = await typeNewCase(page, OTHER_HOME, "4", "比类别先到的话");
  await loseAnswer(page);
  await page.keyboard.press("Control+Enter");
  release();
  await page.getByRole("alert").getByText("服务器没有回应").first().waitFor();
  await page.unroute("**/api/v1/tickets");
  await page.unroute("**/api/v1/ticket-categories");
  await page.reload();
  await page.getByTitle(/^4 /).waitFor();
  expect(await summary.inputValue()).toBe("比类别先到的话");
  // What was sent and is not answered can be sent again, and not be changed.
  expect(await summary.isDisabled()).toBe(true);
  await page.keyboard.press("Control+Enter");
  await region("经过").waitFor();
  expect(await casesWith("比类别先到的话")).toBe(1);
});

test("kill -9 of the API while a case is saved: both pages say so, the words stay, and one press later there is one case", async () => {
  await chief.page.goto("/incidents");
  await chief.page.getByText("现在没有进行中的事件").waitFor();
  const summary = await typeNewCase(page, OTHER_HOME, "1", "存到一半断了");
  await loseAnswer(page, town.killApi); // Behind the commit and before the answer, where it hurts most.
  await page.keyboard.press("Control+Enter");
  await page.getByRole("alert").getByText("服务器没有回应").first().waitFor();
  await page.unroute("**/api/v1/tickets");
  expect(await summary.inputValue()).toBe("存到一半断了");
  await shot(page, "api-killed");
  await chief.page.getByText("连接中断").waitFor();
  await town.untilReady();
  await page.keyboard.press("Control+Enter");
  await region("经过").waitFor();
  expect(await casesWith("存到一半断了")).toBe(1);
  expect(complaintsWhileDead(agent)).toEqual([]);

  // The live feed goes on behind the last event that a page saw: what happened before it was back is not missed.
  const { building } = await api.get<{ building: { id: string } }>(`/accounts/${HOME}`);
  await api.post("/incidents", { kind: "cold-area", buildingIds: [building.id], title: "断线时发生的事件" });
  await chief.page.getByRole("row", { name: /断线时发生的事件/ }).waitFor({ timeout: 30_000 });
  await chief.page.getByText("连接中断").waitFor({ state: "hidden" });
});

test("the same pages in English say nothing of ours in Chinese", async () => {
  const { ticketNo } = await openCase("英文界面");
  const [incident] = (await api.get<{ items: { id: string }[] }>("/incidents")).items;
  const [referral] = (await api.get<{ items: { id: string }[] }>("/referrals?state=all")).items;
  const english = await visitAs(browser, town.url, "supervisor", { language: "en" });
  const found: Record<string, unknown> = {};
  const paths = `/desk /tickets/new /incidents /incidents/new /referrals /referrals/new /referrals/import /return-visits /calls
    /households/${HOME} /tickets/${ticketNo} /incidents/${incident?.id} /referrals/${referral?.id}`;
  for (const path of paths.split(/\s+/)) {
    await english.page.goto(path);
    await english.page.locator("main h1").waitFor();
    await english.page.locator("main section, main table").first().waitFor();
    const ours = await chineseOfOurs(english.page);
    if (ours.length > 0) found[path] = ours;
  }
  await shot(english.page, "household-english");
  expect(found).toEqual({});
  expect([...agent.complaints, ...chief.complaints, ...english.complaints]).toEqual([]);
  await english.close();
});
