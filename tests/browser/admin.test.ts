/** The administrator's job in a browser: a login with an area, who signs in and sees just that; proof asked again; counted looks. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser, seriousFindings, shot, visit, visitAs } from "./support/browser.ts";
import { approveTemplate, writeTemplate } from "./support/template-desk.ts";
import { type BrowserTown, PASSWORD, startBrowserTown } from "./support/town.ts";

const ACCOUNT_NO = "101000208";
let town: BrowserTown;
let browser: Browser;
beforeAll(async () => {
  [town, browser] = await Promise.all([startBrowserTown(), openBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await town.stop();
});

type Reply = { readonly status: number; readonly body: Record<string, unknown> };
/** What the page itself may ask, with its own cookie. */
const askIn = (page: Page, method: string, path: string, body?: unknown, seen = 0): Promise<Reply> =>
  page.evaluate(
    async ([verb, address, sent, version]) => {
      const answer = await fetch(`/api/v1${address}`, {
        method: verb,
        headers: {
          "X-Nuan": "1",
          ...(sent === null ? {} : { "Content-Type": "application/json", "If-Match": `"${version}"` }),
        },
        ...(sent === null ? {} : { body: sent }),
      });
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    },
    [method, path, body === undefined ? null : JSON.stringify(body), seen] as const,
  );

/** As the command line takes an instant. */
const wallClock = (ms: number): string => `${new Date(ms + 8 * 3_600_000).toISOString().slice(0, 19)}+08:00`;

const goTo = async (page: Page, path: string, heading: string): Promise<void> => {
  await page.goto(path);
  await page.getByRole("heading", { level: 1, name: heading }).waitFor();
};

test("makes a login with an area and a duty; the person signs in and sees just that", async () => {
  const admin = await visitAs(browser, town.url, "admin");
  const { page } = admin;
  await page.getByRole("heading", { level: 1, name: "人员" }).waitFor();
  await page.getByRole("row", { name: /supervisor/ }).waitFor();
  await shot(page, "admin-people");
  expect(await seriousFindings(page)).toEqual([]);

  await page.keyboard.press("n");
  const dialog = page.getByRole("dialog", { name: "新建账号" });
  await dialog.getByLabel("账号").fill("lin.area");
  await dialog.getByLabel("名称").fill("林片区");
  await dialog.getByRole("checkbox", { name: "片区经理" }).check();
  await dialog.getByRole("combobox", { name: "片区" }).click();
  const areas = await askIn(page, "GET", "/network/areas");
  const served = (
    areas.body["areas"] as { id: string; name: string; level: string; buildings: number }[]
  ).find((area) => area.level === "area" && area.buildings > 0);
  if (served === undefined) throw new Error("the town has an area with buildings");
  await page.keyboard.type(served.name);
  await page.keyboard.press("Enter");
  await dialog.getByText("新建账号").click();
  await dialog.getByRole("button", { name: "建立" }).click();
  const secret = (await dialog.locator("code").textContent()) ?? "";
  expect(secret.length).toBeGreaterThanOrEqual(12);
  await shot(page, "admin-new-login");
  await dialog.getByRole("button", { name: "关闭" }).last().click();
  await page.getByRole("row", { name: /lin\.area/ }).waitFor();

  await goTo(page, "/admin/areas", "片区与职责");
  await page
    .getByRole("row", { name: new RegExp(served.name) })
    .getByRole("button", { name: "安排职责" })
    .click();
  const duty = page.getByRole("dialog");
  await duty.getByLabel("何人").click();
  await page.keyboard.type("lin.area");
  await page.keyboard.press("Enter");
  await duty.getByLabel("职责").click();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await duty.getByRole("button", { name: "保存" }).click();
  await duty.waitFor({ state: "hidden" });
  await page.getByRole("button", { name: "登记请假" }).click();
  await duty.getByLabel("何人").click();
  await page.keyboard.type("lin.area");
  await page.keyboard.press("Enter");
  await duty.getByRole("radio", { name: "病假" }).check();
  await duty.getByRole("button", { name: "保存" }).click();
  const away = page.getByRole("table", { name: "请假与离岗" }).getByRole("row", { name: /lin\.area.*病假/ });
  await away.waitFor();
  await shot(page, "admin-areas");
  await away.getByRole("button", { name: "今天起在岗" }).click();
  await away.waitFor({ state: "hidden" });
  expect(await seriousFindings(page)).toEqual([]);

  const lin = await visit(browser, town.url);
  await lin.page.locator('input[autocomplete="username"]').fill("lin.area");
  await lin.page.locator('input[autocomplete="current-password"]').fill(secret);
  await lin.page.keyboard.press("Enter");
  await lin.page.getByLabel("新密码", { exact: true }).fill("Lin-shan-2026-warm");
  await lin.page.getByLabel("再输一遍新密码").fill("Lin-shan-2026-warm");
  const current = lin.page.getByLabel("现在的密码");
  if (await current.isVisible()) await current.fill(secret);
  await lin.page.keyboard.press("Enter");
  await lin.page.locator("#content").waitFor();
  const seen = await askIn(lin.page, "POST", "/search", { q: ACCOUNT_NO });
  const outside = await askIn(lin.page, "GET", "/ledger/trial-balance");
  expect(outside.status).toBe(403);
  const session = await askIn(lin.page, "GET", "/session");
  expect(session.body).toMatchObject({ login: "lin.area", roles: ["area-manager"], bounded: true });
  expect(seen.status).toBe(200);
  const buildings = await askIn(lin.page, "GET", "/network/areas");
  expect(buildings.status).toBe(200);
  // No page of administrators is in the menu, and its address gives nothing away.
  await lin.page.goto("/admin/people");
  await lin.page.getByRole("alert").filter({ hasText: "您没有这项权限" }).waitFor();
  expect(lin.complaints).toEqual([]);
  expect(admin.complaints).toEqual([]);
  await lin.close();
  await admin.close();
});

/** Positions as a list: what is wrong is named by its row; corrected, it is saved. */
const placeByList = async (page: Page): Promise<void> => {
  const { body } = await askIn(page, "GET", "/network/communities?limit=1");
  const [community] = body["items"] as { name: string; code: string }[];
  const row = `\t${community?.name}\t${community?.code}\t`;
  await goTo(page, "/admin/map", "地图坐标");
  await page.getByRole("button", { name: "上传坐标清单" }).click();
  const drawer = page.getByRole("dialog");
  const look = async (lines: readonly string[]): Promise<void> => {
    const list = ["楼栋\t小区\t小区编码\t纬度\t经度", ...lines].join("\n");
    await drawer.getByLabel("粘贴清单").fill(list);
    await drawer.getByRole("button", { name: "查看粘贴的内容" }).click();
  };
  await look([`${row}34.747215\t113.625368`, `九百号楼${row}34.75\t113.63`]);
  await drawer.getByText("这个小区没有这栋楼").waitFor();
  expect(await drawer.getByRole("button", { name: /保存 1 处/ }).isDisabled()).toBe(true);
  await shot(page, "admin-map-list");
  expect(await seriousFindings(page)).toEqual([]);
  await look([`${row}34.747215\t113.625368`]);
  await drawer.getByText("共 1 行：1 处将更新").waitFor();
  await drawer.getByRole("button", { name: /保存 1 处/ }).click();
  await drawer.getByText("已保存：1 处更新").waitFor();
};

test("what looks after the house: every page opens, and nothing serious is wrong with it", async () => {
  const { page, complaints, close } = await visitAs(browser, town.url, "admin");
  for (const [path, heading, name] of [
    ["/admin/roles", "角色与权限", "admin-roles"],
    ["/admin/crews", "班组与上限", "admin-crews-empty"],
    ["/admin/calendars", "工作日历", "admin-calendars"],
    ["/admin/categories", "工单类别", "admin-categories"],
    ["/admin/routing", "派单表", "admin-routing"],
    ["/admin/templates", "消息模板", "admin-templates"],
    ["/admin/queues", "队列与任务", "admin-queues"],
    ["/admin/audit", "审计", "admin-audit"],
    ["/admin/settings", "参数", "admin-settings"],
    ["/admin/tokens", "接口令牌", "admin-tokens"],
  ] as const) {
    await goTo(page, path, heading);
    await page.waitForLoadState("networkidle");
    await expect.poll(() => page.locator("[aria-busy=true]").count()).toBe(0);
    await shot(page, name);
    expect([path, await page.getByRole("alert").allTextContents()]).toEqual([
      path,
      expect.not.arrayContaining([expect.stringContaining("请求编号")]),
    ]);
    expect([path, await seriousFindings(page)]).toEqual([path, []]);
  }
  await placeByList(page);
  expect(complaints).toEqual([]);
  await close();
});

test("a setting is typed in as what it is: refused beside the field, kept with who, when, why and what it was", async () => {
  const { page, complaints, close } = await visitAs(browser, town.url, "admin");
  await goTo(page, "/admin/settings", "参数");
  const drawer = page.getByRole("dialog");
  await page.getByRole("row", { name: /明文查看上限/ }).click();
  await drawer.getByLabel("到几次提醒主管").fill("9");
  await drawer.getByLabel("到几次不再显示").fill("三");
  // Said as soon as it stands there, and beside the button what is missing.
  await drawer.getByText("请填整数").waitFor();
  await drawer.getByText("有 1 项填得不对，已标红；请写修改原因（至少 2 个字）").waitFor();
  await drawer.getByLabel("修改原因").fill("检查要求");
  await drawer.getByRole("button", { name: "保存" }).click();
  await shot(page, "admin-setting-wrong");
  await drawer.getByLabel("到几次不再显示").fill("3");
  await drawer.getByRole("button", { name: "保存" }).click();
  // The server's own refusal stands beside the field that it names.
  await drawer.getByText("这个值与其他项不相容，请按含义核对").waitFor();
  await shot(page, "admin-setting-refused");
  expect(await seriousFindings(page)).toEqual([]);
  await drawer.getByLabel("到几次提醒主管").fill("2");
  await drawer.getByRole("button", { name: "保存" }).click();
  await drawer.waitFor({ state: "hidden" });
  await page.getByRole("row", { name: /明文查看上限.*到几次提醒主管 2 次；到几次不再显示 3 次/ }).click();
  const history = drawer.getByRole("region", { name: "变更历史" });
  await history.getByText("检查要求").waitFor();
  expect(await history.textContent()).toMatch(
    /\d{4}-\d\d-\d\d \d\d:\d\d.*系统管理员.*60 次；.*200 次.*2 次；.*3 次/,
  );
  await shot(page, "admin-setting-history");
  await page.keyboard.press("Escape");

  await page.getByRole("row", { name: /短信单价/ }).click();
  const price = drawer.getByLabel("每条（按计费条）");
  expect(await price.inputValue()).toBe("0.045");
  await price.fill("0.0000001");
  await drawer.getByLabel("修改原因").fill("新合同");
  await drawer.getByRole("button", { name: "保存" }).click();
  await drawer.getByText("请填数字，最多 5 位小数").waitFor();
  await price.fill("0.052");
  // Another administrator is first: what was typed stays, beside what holds now, until this one says which.
  const other = await askIn(page, "PUT", "/settings/messages.segment-milli-fen", { value: 4700 });
  expect(other.status).toBe(200);
  await page.keyboard.press("Enter");
  const told = drawer.getByRole("alert").filter({ hasText: "别人刚改过这项参数" });
  await told.getByText("0.047 元").waitFor();
  expect(await price.inputValue()).toBe("0.052");
  await shot(page, "admin-setting-behind");
  await told.getByRole("button", { name: "用我的覆盖" }).click();
  await drawer.getByRole("button", { name: "保存" }).click();
  await page.getByRole("row", { name: /短信单价.*0\.052 元/ }).waitFor();
  const stored = await askIn(page, "GET", "/settings");
  expect(stored.body["items"]).toContainEqual(
    expect.objectContaining({ key: "messages.segment-milli-fen", value: 5200 }),
  );
  expect(complaints).toEqual([]);
  await close();
});

test("the words of a template: written by one, looked at beforehand, refused by the lint, approved by another", async () => {
  const [admin, supervisor] = [
    await visitAs(browser, town.url, "admin"),
    await visitAs(browser, town.url, "supervisor"),
  ];
  await goTo(admin.page, "/admin/templates?channel=sms&name=appointment-made", "消息模板");
  await writeTemplate(admin.page, supervisor.page);
  await goTo(supervisor.page, "/finance/approvals", "复核");
  await approveTemplate(supervisor.page);
  expect([...admin.complaints, ...supervisor.complaints]).toEqual([]);
  await Promise.all([admin.close(), supervisor.close()]);
});

test("a saved filter stands in the address by its id, begins its page, is renamed, and comes back when it was deleted", async () => {
  const { page, complaints, close } = await visitAs(browser, town.url, "admin");
  await page.getByRole("heading", { level: 1, name: "人员" }).waitFor();
  await page.getByLabel("账号或姓名").fill("cashier");
  await page.getByRole("button", { name: "常用筛选", exact: true }).click();
  const list = page.getByRole("dialog", { name: "常用筛选" });
  await list.getByLabel("筛选名称").fill("收费员们");
  await page.keyboard.press("Enter");
  await page.waitForURL(/filter=\d+$/);
  const address = page.url();
  expect(address).not.toContain("cashier");
  await page.goto(address);
  await page.getByRole("row", { name: /cashier1/ }).waitFor();
  expect(await page.getByLabel("账号或姓名").inputValue()).toBe("cashier");

  // By keys: the page begins with it, under another name.
  await page.locator("#content").focus();
  await page.keyboard.press("v");
  await list.getByRole("checkbox", { name: "打开页面时用“收费员们”" }).check();
  await list.getByRole("button", { name: "给“收费员们”改名" }).click();
  await list.getByLabel("筛选名称").first().fill("收费窗口");
  await page.keyboard.press("Enter");
  await list.getByRole("button", { name: "收费窗口", exact: true }).waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await shot(page, "admin-saved-filters");
  await page.goto("/admin/people");
  await page.getByRole("button", { name: "常用筛选：收费窗口", exact: true }).click();
  expect(await page.getByLabel("账号或姓名").inputValue()).toBe("cashier");

  await list.getByRole("button", { name: "删除“收费窗口”" }).click();
  await list.getByText("这个页面还没有常用筛选").waitFor();
  const undo = page.getByRole("button", { name: "撤销 (z)" });
  await undo.click();
  await undo.waitFor({ state: "hidden" });
  await page.getByRole("button", { name: /^常用筛选/ }).click();
  await list.getByRole("checkbox", { name: "打开页面时用“收费窗口”", checked: true }).waitFor();
  await page.keyboard.press("Escape");
  await list.waitFor({ state: "hidden" });
  expect(complaints).toEqual([]);
  await close();
});

test("an export asks again who sits there once ten minutes have passed, and goes on by itself", async () => {
  const { page, complaints, close } = await visitAs(browser, town.url, "finance");
  await page.locator("#content").waitFor();
  const session = await askIn(page, "GET", "/session");
  const now = Date.parse(String(session.body["now"]));
  await town.setClock(wallClock(now + 11 * 60_000));
  const late = await askIn(page, "POST", "/arrears/export", {
    season: "2026",
    purpose: "复核欠费",
    format: "csv",
  });
  expect(late.body["code"]).toBe("session.step-up-needed");
  const proved = await askIn(page, "POST", "/session/step-up", { password: PASSWORD });
  expect(proved.status).toBe(200);
  expect(complaints).toEqual([]);
  await close();
});

test("a number is shown for a reason, after the own password, counted; then the session ends by itself", async () => {
  const { page, complaints, close } = await visitAs(browser, town.url, "agent");
  await page.goto(`/households/${ACCOUNT_NO}`);
  const button = page.getByRole("button", { name: "查看电话" }).first();
  await button.waitFor();
  const before = Date.parse(String((await askIn(page, "GET", "/session")).body["now"]));
  await town.setClock(wallClock(before + 11 * 60_000));
  await button.click();
  await page.getByRole("button", { name: "回电联系" }).click();
  const dialog = page.getByRole("dialog", { name: "请再次确认是您本人" });
  await dialog.locator("#step-up").fill("not it");
  await page.keyboard.press("Enter");
  await dialog.getByRole("alert").waitFor();
  await shot(page, "step-up-refused");
  await dialog.locator("#step-up").fill(PASSWORD);
  await page.keyboard.press("Enter");
  await page.getByText(/^\+86\d{11}$/).waitFor();
  await shot(page, "revealed");
  expect(await seriousFindings(page)).toEqual([]);

  const admin = await visitAs(browser, town.url, "admin");
  await goTo(admin.page, "/admin/reveals", "明文查看记录");
  await admin.page.getByRole("row", { name: /agent.*电话.*回电联系/ }).waitFor();
  await shot(admin.page, "admin-reveals");
  expect(await seriousFindings(admin.page)).toEqual([]);
  expect(admin.complaints).toEqual([]);
  await admin.close();

  // Thirty minutes without a touch: the server ends it, and the page asks above what stands there.
  const later = Date.parse(String((await askIn(page, "GET", "/session")).body["now"]));
  await town.setClock(wallClock(later + 31 * 60_000));
  await page.getByRole("banner").getByRole("button").last().click();
  await page.reload();
  await page.locator('input[autocomplete="username"]').waitFor();
  await shot(page, "session-ended");
  expect(complaints).toEqual([]);
  await close();
});

test("a page of another origin cannot change anything, whatever it sends", async () => {
  const victim = await visitAs(browser, town.url, "supervisor");
  // A page of somebody else, at an origin of its own, with no policy that would hold it back.
  const other = createServer((_request, response) => {
    response.setHeader("Content-Type", "text/html");
    response.end("<!doctype html><title>other</title>");
  }).listen(0, "127.0.0.1");
  await once(other, "listening");
  const address = other.address();
  if (address === null || typeof address === "string") throw new Error("it listens");
  const page = await victim.page.context().newPage();
  await page.goto(`http://127.0.0.1:${address.port}/`);
  const target = `${town.url}/api/v1/session`;
  // Fetch with a cookie, with our header, as a simple form: each from a real foreign origin.
  const outcomes = await page.evaluate(async (at) => {
    const tried = async (init: RequestInit): Promise<string> => {
      try {
        const answer = await fetch(at, { credentials: "include", ...init });
        return `${answer.type} ${answer.status}`;
      } catch {
        return "stopped";
      }
    };
    return [
      await tried({ method: "DELETE" }),
      await tried({ method: "DELETE", headers: { "X-Nuan": "1" } }),
      await tried({ method: "POST", mode: "no-cors", body: "{}", headers: { "Content-Type": "text/plain" } }),
      await tried({ method: "GET" }),
    ];
  }, target);
  expect(outcomes.filter((outcome) => outcome.startsWith("basic") || outcome.startsWith("cors"))).toEqual([]);
  await page.setContent(
    `<form method="post" action="${target}/password"><input name="newPassword" value="x"><button>go</button></form>`,
  );
  const [answer] = await Promise.all([
    page.waitForResponse((response) => response.url().endsWith("/session/password")),
    page.getByRole("button", { name: "go" }).click(),
  ]);
  expect(answer.status()).toBeGreaterThanOrEqual(400);
  await page.close();
  other.close();
  expect((await askIn(victim.page, "GET", "/session")).body["login"]).toBe("supervisor");
  await victim.close();
});
