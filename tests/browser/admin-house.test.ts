/** The administrator changes the house: people, areas, calendars, categories, routing, crews, queues, the audit. */
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { until } from "#tests/support/until.ts";
import { type Api, apiAs } from "./support/api.ts";
import { openBrowser, seriousFindings, shot, type Visit, visitAs } from "./support/browser.ts";
import { type BrowserTown, startBrowserTown } from "./support/town.ts";

let town: BrowserTown;
let browser: Browser;
let admin: Visit;
let page: Page;
let api: Api;
let supervisor: Api;
let agent: Api;
beforeAll(async () => {
  [town, browser] = await Promise.all([startBrowserTown(), openBrowser()]);
  admin = await visitAs(browser, town.url, "admin");
  page = admin.page;
  [api, supervisor, agent] = (await Promise.all(
    ["admin", "supervisor", "agent"].map((login) => apiAs(town.url, login)),
  )) as [Api, Api, Api];
}, 120_000);
afterAll(async () => {
  await admin.close();
  await browser.close();
  await town.stop();
});

const goTo = async (path: string, heading: string): Promise<void> => {
  await page.goto(path);
  await page.getByRole("heading", { level: 1, name: heading }).waitFor();
};
/** Opens a choice and takes the line that holds the text. */
const choose = async (within: Page | Locator, label: string, text: string): Promise<void> => {
  const field = within.getByLabel(label, { exact: true });
  // A box that is not searched in holds a field that cannot be typed into.
  await field.focus();
  await page.keyboard.press("ArrowDown");
  if (await field.isEditable()) await page.keyboard.insertText(text);
  const lines = page.locator(".ant-select-dropdown:not(.ant-select-dropdown-hidden) .ant-select-item-option");
  await lines.filter({ hasText: text }).first().click();
};
const confirm = async (): Promise<void> => {
  const button = page.locator(".ant-modal-footer .ant-btn-primary");
  await button.click();
  await button.waitFor({ state: "hidden" });
};

test("the proof of the audit is asked for, and goes on while the page is left", async () => {
  await goTo("/admin/audit", "审计");
  await page.getByRole("button", { name: "发起校验" }).click();
  await page.getByRole("table", { name: "校验" }).getByText("系统管理员").first().waitFor();
  expect(await page.getByRole("button", { name: "发起校验" }).isDisabled()).toBe(true);
});

test("a login: made, given another role, its password reset, its authenticator taken off, disabled and enabled", async () => {
  await goTo("/admin/people", "人员");
  await page.keyboard.press("n");
  const dialog = page.getByRole("dialog", { name: "新建账号" });
  await dialog.getByLabel("账号").fill("sun.house");
  await dialog.getByLabel("名称").fill("孙内勤");
  await dialog.getByRole("checkbox", { name: "客服" }).check();
  await dialog.getByRole("button", { name: "建立" }).click();
  const first = (await dialog.locator("code").textContent()) ?? "";
  await dialog.getByRole("button", { name: "关闭" }).last().click();
  await town.sql(
    "update staff_members set totp_secret_sealed = '\\x00', totp_confirmed_at = now() where login = 'sun.house'",
  );
  await page.reload();
  const row = page.getByRole("row", { name: /sun\.house/ });
  await row.getByText("双因素").waitFor();
  await row.click();
  const drawer = page.getByRole("dialog", { name: /孙内勤/ });
  await drawer.getByRole("checkbox", { name: "主管" }).check();
  await drawer.getByRole("button", { name: "保存" }).click();
  await page.getByRole("row", { name: /sun\.house.*客服、主管|sun\.house.*主管/ }).waitFor();
  await row.click();
  await drawer.getByRole("button", { name: "解除验证器" }).click();
  await confirm();
  await row.getByText("双因素").waitFor({ state: "detached" });
  await drawer.getByRole("button", { name: "重置密码" }).click();
  await confirm();
  const second = (await drawer.locator("code").textContent()) ?? "";
  expect([second.length >= 12, second === first]).toEqual([true, false]);
  await shot(page, "admin-person");
  expect(await seriousFindings(page)).toEqual([]);
  await drawer.getByRole("button", { name: "停用账号" }).click();
  await confirm();
  await row.getByText("已停用").waitFor();
  const refused = await fetch(`${town.url}/api/v1/session`, {
    method: "POST",
    headers: { "X-Nuan": "1", Origin: town.url, "Content-Type": "application/json" },
    body: JSON.stringify({ login: "sun.house", password: second }),
  });
  expect(refused.status).toBe(401);
  await drawer.getByRole("button", { name: "启用账号" }).click();
  await confirm();
  await row.getByText("已停用").waitFor({ state: "detached" });
});

type Community = { readonly id: string; readonly name: string };
type Building = { readonly id: string; readonly name: string };
/** A building of the town by its community. */
const someBuilding = async (): Promise<{ community: Community; building: Building }> => {
  const { items } = await api.get<{ items: Community[] }>("/network/communities?limit=1");
  const community = items[0] ?? { id: "", name: "" };
  const { buildings } = await api.get<{ buildings: Building[] }>(
    `/network/communities/${community.id}/buildings`,
  );
  return { community, building: buildings[0] ?? { id: "", name: "" } };
};

test("a new area takes in a building: seen before, the gap it makes is named, and its duty filled from the gap", async () => {
  await goTo("/admin/areas", "片区与职责");
  await page.getByRole("button", { name: "新建片区" }).click();
  const dialog = page.getByRole("dialog", { name: "新建片区" });
  await dialog.getByLabel("代码").fill("E9");
  await dialog.getByLabel("名称").fill("城东九片");
  await choose(dialog, "上级", "东区供热分公司");
  await dialog.getByRole("button", { name: "保存" }).click();
  const row = page.getByRole("row", { name: /城东九片/ });
  await row.getByRole("button", { name: "划入楼栋" }).click();
  const drawer = page.getByRole("dialog", { name: "调整楼栋归属" });
  const { community, building } = await someBuilding();
  await choose(drawer, "小区", community.name);
  await choose(drawer, "楼栋", building.name);
  await drawer.getByRole("button", { name: "预览" }).click();
  await drawer.getByText(/^1 栋、\d+ 户/).waitFor();
  await drawer.getByText(/空缺：现在 \d+ 处，调整后 \d+ 处/).waitFor();
  await drawer.getByText("片区没有经理 · 城东九片").waitFor();
  await shot(page, "admin-area-move");
  expect(await seriousFindings(page)).toEqual([]);
  await drawer.getByRole("button", { name: "划入 1 栋" }).click();
  await drawer.waitFor({ state: "hidden" });

  await page.getByRole("button", { name: "片区没有经理 · 城东九片" }).click();
  const duty = page.getByRole("dialog", { name: /城东九片/ });
  await choose(duty, "何人", "area1");
  await duty.getByRole("button", { name: "保存" }).click();
  await duty.waitFor({ state: "hidden" });
  await page.getByRole("button", { name: "片区没有经理 · 城东九片" }).waitFor({ state: "detached" });
  await row.getByRole("cell", { name: "1", exact: true }).waitFor();
  // Earlier days are not rewritten: back again goes from another day only.
  await row.getByRole("button", { name: "划入楼栋" }).click();
  await choose(drawer, "小区", community.name);
  await choose(drawer, "楼栋", building.name);
  await drawer.getByRole("button", { name: "预览" }).click();
  await drawer.getByText("这些楼栋那天已经属于该片区").waitFor();
});

const NOTICE = `国务院办公厅关于2027年部分节假日安排的通知
一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月5日（周五）至11日（周四）放假调休，共7天。1月31日（周日）、2月14日（周日）上班。`;

test("a notice of holidays is pasted, looked at day by day, and holds; a calendar's next version needs another person", async () => {
  await goTo("/admin/calendars", "工作日历");
  await page.getByRole("button", { name: "录入通知" }).click();
  const drawer = page.getByRole("dialog", { name: "录入通知" });
  await drawer.getByLabel("通知正文").fill(NOTICE);
  await drawer.getByRole("button", { name: "识别日期" }).click();
  await drawer.getByText("放假 10 天，调休上班 2 天").waitFor();
  expect(await drawer.getByLabel("文件").inputValue()).toBe("国务院办公厅关于2027年部分节假日安排的通知");
  await drawer
    .getByRole("row", { name: /2027-01-03/ })
    .getByRole("button", { name: "去掉" })
    .click();
  await drawer.getByText("放假 9 天，调休上班 2 天").waitFor();
  await shot(page, "admin-holiday-notice");
  expect(await seriousFindings(page)).toEqual([]);
  await drawer.getByRole("button", { name: "写入日历" }).click();
  await drawer.waitFor({ state: "hidden" });
  await page.getByRole("button", { name: "下一年" }).click();
  await page.getByRole("row", { name: /2027-02-14.*春节.*上班/ }).waitFor();

  await page.getByRole("button", { name: "写新版本" }).first().click();
  const next = page.getByRole("dialog");
  await next.getByLabel("原因").fill("冬季延长");
  await next.getByRole("button", { name: "保存" }).click();
  await next.waitFor({ state: "hidden" });
  await page.getByRole("button", { name: "批准" }).click();
  await page.getByRole("alert").filter({ hasText: "自己提交的申请不能自己审批" }).waitFor();
  await shot(page, "admin-calendars-changed");
  const { items } = await supervisor.get<{ items: { id: string; approvedAt: string | null }[] }>(
    "/calendars",
  );
  const draft = items.find(({ approvedAt }) => approvedAt === null);
  await supervisor.post(`/calendars/${draft?.id}/approve`, {});
  await page.reload();
  await page.getByRole("heading", { level: 1, name: "工作日历" }).waitFor();
  await page.getByText("待批准").waitFor({ state: "detached" });
});

test("a category and a row of the routing table are changed; the trial says who gets it, and then that person does", async () => {
  await goTo("/admin/categories", "工单类别");
  const category = page.getByRole("row", { name: /fault\.radiator/ });
  const { items: categories } = await api.get<{ items: { code: string; name: string; active: boolean }[] }>(
    "/ticket-categories",
  );
  const name = categories.find(({ code }) => code === "fault.radiator")?.name ?? "";
  await category.getByLabel(`回访比例 % ${name}`).fill("35");
  await page.keyboard.press("Tab");
  await until("the category is changed", async () => {
    const { items } = await api.get<{ items: { code: string; returnVisitBasisPoints: number }[] }>(
      "/ticket-categories",
    );
    return items.find(({ code }) => code === "fault.radiator")?.returnVisitBasisPoints === 3500;
  });

  await goTo("/admin/routing", "派单表");
  const { community, building } = await someBuilding();
  const trial = page.getByRole("region", { name: /试算/ });
  const tryOut = async (): Promise<string> => {
    await choose(trial, "类别", name);
    await choose(trial, "小区", community.name);
    await choose(trial, "楼栋", building.name);
    await trial.getByRole("button", { name: "试算" }).click();
    const said = trial.getByRole("alert").first();
    await said.waitFor();
    return (await said.textContent()) ?? "";
  };
  expect(await tryOut()).toContain("area1");
  await trial.getByRole("row", { name: /片区经理.*area1.*接单/ }).waitFor();
  await shot(page, "admin-routing-trial");
  expect(await seriousFindings(page)).toEqual([]);

  const rows = page.getByRole("table", { name: "行数" });
  await rows.getByRole("combobox").first().click();
  await page
    .locator(".ant-select-dropdown:not(.ant-select-dropdown-hidden) .ant-select-item-option")
    .filter({ hasText: "客服中心" })
    .click();
  await page.getByLabel("草稿名称").fill("冬季表");
  await page.getByRole("button", { name: "另存为草稿" }).click();
  await page.getByRole("row", { name: /冬季表.*草稿/ }).waitFor();
  // By the draft, while the live table still sends it elsewhere.
  expect(await tryOut()).toContain("客服小暖（agent）");
  await page.getByRole("button", { name: "启用" }).click();
  await confirm();
  await page.getByRole("row", { name: /冬季表.*生效/ }).waitFor();

  const { ticketNo } = await agent.post<{ ticketNo: string }>("/tickets", {
    category: "fault.radiator",
    channel: "phone",
    buildingId: building.id,
    summary: "暖气片不热",
  });
  await until("the case lies where the trial said", async () => {
    const { assignments } = await supervisor.get<{ assignments: { login: string | null }[] }>(
      `/tickets/${ticketNo}/route`,
    );
    return assignments[0]?.login === "agent";
  });
});

test("a provider's word on a template, a crew with its member, a limit: each is kept", async () => {
  await goTo("/admin/templates", "消息模板");
  await page.getByRole("row").nth(1).click();
  const drawer = page.getByRole("dialog");
  await choose(drawer, "服务商答复", "已批准");
  await drawer.getByLabel("服务商模板编号").fill("SMS_2026_77");
  await drawer.getByRole("button", { name: "保存" }).click();
  await drawer.getByText(/SMS_2026_77/).waitFor();
  await shot(page, "admin-template");
  expect(await seriousFindings(page)).toEqual([]);

  await goTo("/admin/crews", "班组与上限");
  await page.getByRole("button", { name: "新建班组" }).click();
  const crew = page.getByRole("dialog", { name: "新建班组" });
  await crew.getByLabel("代码").fill("Q7");
  await crew.getByLabel("名称").fill("抢修七班");
  await crew.getByRole("button", { name: "保存" }).click();
  const row = page.getByRole("row", { name: /抢修七班/ });
  await row.getByRole("button", { name: "加成员" }).click();
  const member = page.getByRole("dialog", { name: /加成员/ });
  await member.getByLabel("姓名").fill("马师傅");
  await member.getByLabel("电话").fill("13700001111");
  await member.getByRole("checkbox", { name: "班长" }).check();
  await member.getByRole("button", { name: "保存" }).click();
  await row.getByText(/马师傅/).waitFor();
  await shot(page, "admin-crews");
  expect(await seriousFindings(page)).toEqual([]);
  await page.getByText("承办上限").click();
  const limit = page.getByLabel("未结上限（件） 片区经理");
  await limit.fill("77");
  await page
    .getByRole("row", { name: /片区经理/ })
    .getByRole("button", { name: "保存" })
    .click();
  await until("the limit is kept", async () => {
    const { duties } = await api.get<{ duties: { duty: string; openLimit: number }[] }>(
      "/network/capacities",
    );
    return duties.some(({ duty, openLimit }) => duty === "manager" && openLimit === 77);
  });
  await shot(page, "admin-limits");
});

type CategoryField = {
  readonly name: string;
  readonly kind: string;
  readonly required: boolean;
  readonly choices: readonly string[];
};
/** What a leak has to say, as its category asks. */
const leakFields = async (): Promise<Record<string, unknown>> => {
  const { items } = await api.get<{ items: { code: string; fields: CategoryField[] }[] }>(
    "/ticket-categories",
  );
  const fields = items.find(({ code }) => code === "fault.leak")?.fields ?? [];
  return Object.fromEntries(
    fields
      .filter(({ required }) => required)
      .map(({ name, kind, choices }) => [name, choices[0] ?? (kind === "yes-no" ? true : "地下室")]),
  );
};

test("what a subscriber could not do is stuck, then a dead letter; replayed from the page it is done exactly once", async () => {
  await town.sql("revoke insert on work_orders from nuan_app");
  const { building } = await someBuilding();
  const { ticketNo } = await agent.post<{ ticketNo: string }>("/tickets", {
    category: "fault.leak",
    severity: "emergency",
    channel: "phone",
    buildingId: building.id,
    summary: "地下室漏水",
    fields: await leakFields(),
  });
  const orders = async (): Promise<unknown> =>
    (
      await town.sql(
        `select count(*)::int as count from work_order_tickets o join tickets t on t.id = o.ticket_id where t.ticket_no = '${ticketNo}'`,
      )
    )[0]?.["count"];
  await until(
    "it was tried",
    async () => (await town.sql("select 1 from event_tries where subscriber = 'case-orders'")).length === 1,
  );
  await town.sql(
    `update outbox_events set occurred_at = now() - interval '10 minutes', lease_until = now() + interval '1 hour'
     where settled_at is null and type = 'ticket.field-asked'`,
  );
  await goTo("/admin/queues", "队列与任务");
  await page
    .getByRole("table", { name: "卡住的事件" })
    .getByRole("row", { name: /case-orders.*permission/ })
    .waitFor();
  await shot(page, "admin-stuck");
  await until("it is given up after five tries", async () => {
    // Its pauses are a minute together: what waits is due now.
    await town.sql("update event_tries set not_before = now() where subscriber = 'case-orders'");
    await town.sql("update outbox_events set lease_until = now() where settled_at is null");
    return (await town.sql("select 1 from dead_letters where subscriber = 'case-orders'")).length === 1;
  });
  const letters = page.getByRole("table", { name: "死信" });
  const letter = letters.getByRole("row", { name: /ticket\.field-asked.*case-orders/ });
  await letter.waitFor();
  await shot(page, "admin-dead-letter");
  expect(await seriousFindings(page)).toEqual([]);
  expect(await orders()).toBe(0);
  await town.sql("grant insert on work_orders to nuan_app");
  await letter.getByRole("button", { name: "重放" }).click();
  await letter.waitFor({ state: "detached" });
  await until("the order was raised", async () => (await orders()) === 1);
  // Everything that is left to do is done, and there is still one order.
  await until("nothing is under way", async () => {
    const { outbox } = await api.get<{ outbox: { unsettled: number } }>("/operations/queues");
    return outbox.unsettled === 0;
  });
  expect(await orders()).toBe(1);
});

test("the audit is searched by a person and by what they did; the proof that was asked for found nothing touched", async () => {
  await goTo("/admin/audit", "审计");
  await page.getByLabel("账号").fill("admin");
  await page.getByRole("combobox", { name: "操作" }).fill("划入");
  await page.getByTitle("楼栋划入片区", { exact: true }).last().click();
  await page.getByRole("button", { name: "查找" }).click();
  const table = page.getByRole("table", { name: "审计" });
  // What stood there before stays until the answer is there.
  await table.getByRole("cell", { name: "修改人员" }).first().waitFor({ state: "detached" });
  await table.getByRole("cell", { name: "楼栋划入片区" }).first().waitFor();
  await table
    .getByRole("button", { name: /展开|Expand/ })
    .first()
    .click();
  await table
    .getByText(/请求编号/)
    .first()
    .waitFor();
  await page.getByText("未被改动").waitFor({ timeout: 90_000 });
  // A press on what it was done to searches for that thing, which stands in words.
  await table.getByRole("button", { name: "片区 " }).first().click();
  await page.locator('input[value^="片区 "]').waitFor();
  await shot(page, "admin-audit-found");
  expect(await seriousFindings(page)).toEqual([]);
  expect(admin.complaints).toEqual([]);
});
