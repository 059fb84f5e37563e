/**
 * A round of pressure tests from its plan to its results: own windows, the property firm, papers at the doors, what is moved, put off,
 * called off and failed with what people are told of it, readings; on the desk and on a phone in the stairwell, on the grid and on tiles.
 */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { tmpdir } from "node:os";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { must } from "#src/kernel/errors.ts";
import { PHOTO } from "#tests/support/test-town.ts";
import { openBrowser, seriousFindings, shot, signIn, type Visit, visitAs } from "./support/browser.ts";
import { approvedByTwo, ask, choose, giveMobile, goneWith, reasoned } from "./support/notice-desk.ts";
import { startTileServer, type TileServer } from "./support/tile-server.ts";
import { type BrowserTown, startBrowserTown } from "./support/town.ts";

let town: BrowserTown;
let browser: Browser;
let tiles: TileServer;
let supervisor: Visit;
let approver: Visit;
type Building = { readonly id: string; readonly name: string };
let community: { readonly id: string; readonly name: string };
let buildings: readonly Building[];

beforeAll(async () => {
  tiles = await startTileServer();
  [town, browser] = await Promise.all([
    startBrowserTown({
      MAP_TILES_URL: tiles.template,
      MAP_TILES_CREDIT: "审图号 GS(2026)1号",
    }),
    openBrowser(),
  ]);
  await town.setClock("2026-10-20T10:00:00+08:00");
  await giveMobile(browser, town);
  supervisor = await visitAs(browser, town.url, "supervisor");
  approver = await visitAs(browser, town.url, "approver");
  // Three buildings of the first area manager; the second and third are of one community.
  const own = await town.sql<Building & { community: string; communityId: string; beside: number }>(
    `select building.id::text as id, community.name || building.name as name, community.name as community,
       community.id::text as "communityId", count(*) over (partition by community.id)::int as beside
     from buildings building join communities community on community.id = building.community_id
     join service_area_buildings served on served.building_id = building.id and upper_inf(served.valid)
     join staff_areas bound on bound.area_id = served.area_id
     join staff_members staff on staff.id = bound.staff_id and staff.login = 'area1'
     order by beside desc, community.id, building.id`,
  );
  const [second, third, first] = own;
  if (second?.communityId !== third?.communityId) throw new Error("no community has two buildings");
  buildings = [must(first, "a building"), must(second, "a building"), must(third, "a building")];
  community = {
    id: must(second, "a building").communityId,
    name: must(second, "a building").community,
  };
});
afterAll(async () => {
  await browser.close();
  await town.stop();
  await tiles.stop();
});

const named = (index: number): string => must(buildings[index], "a building").name;
const region = (page: Page, name: string | RegExp) => page.getByRole("region", { name });
/** Addresses of the tests, by building. */
const tests: string[] = [];
let roundAddress: string;

test("texts that follow by themselves are approved by two beforehand, all at once", async () => {
  const { page } = supervisor;
  await page.goto("/notices/settings");
  const texts = region(page, "应急文本");
  await texts.getByRole("button", { name: /申请全部中文文本（[1-9]/ }).click();
  await texts.getByRole("button", { name: "申请全部中文文本（0）" }).waitFor();
  await texts
    .getByText(/已申请（编号 \d+）/)
    .first()
    .waitFor();
  await shot(page, "emergency-texts");
  // The second person, once for each: nobody says yes to words that were not read.
  type Approvals = { readonly items: readonly { id: string }[] };
  const { items } = await ask<Approvals>(
    approver.page,
    "/approvals?kind=notice.emergency-text&state=open&limit=200",
  );
  for (const { id } of items)
    await ask(approver.page, `/approvals/${id}/decision`, {
      method: "POST",
      body: { decision: "approved" },
    });
  await page.reload();
  await texts.getByRole("button", { name: /启用已获批准的（[1-9]/ }).click();
  await texts
    .getByText(/财务复核李静 批准于/)
    .first()
    .waitFor();
  await texts.getByRole("button", { name: "启用已获批准的（0）" }).waitFor();
  expect(await seriousFindings(page)).toEqual([]);
});

test("a round is planned with what it holds before the eyes, and one building at another hour", async () => {
  const { page } = supervisor;
  await page.goto("/pressure-tests");
  await page.getByText("还没有排期。").waitFor();
  await page.keyboard.press("n");
  await page.getByText("先选换热站、环路或楼栋").waitFor();
  for (const index of [0, 1, 2]) await choose(page, "小区、楼栋", named(index), `楼栋 ${named(index)}`);
  await page.getByRole("textbox", { name: "联系人姓名" }).fill("赵师傅");
  await page.getByRole("textbox", { name: "联系电话" }).fill("0371-60000000");
  await page.getByLabel("开始", { exact: true }).fill("2026-10-30T08:00");
  await page.getByLabel("结束", { exact: true }).fill("2026-10-30T18:00");
  const held = region(page, "包含 3 栋");
  await held.getByRole("checkbox", { name: `单独定时段 ${named(2)}` }).check();
  await held.getByLabel(`${named(2)} 开始`).fill("2026-10-31T13:00");
  await held.getByLabel(`${named(2)} 结束`).fill("2026-10-31T17:00");
  await shot(page, "pressure-plan");
  expect(await seriousFindings(page)).toEqual([]);
  await page.getByRole("button", { name: "排期", exact: true }).click();
  await page.getByRole("button", { name: "提前一周通知" }).waitFor();
  roundAddress = new URL(page.url()).pathname;
  await page.getByRole("table").getByText("2026-10-31 13:00 - 17:00").waitFor();
  // Who plans it again is told before, and refused beside it.
  await page.goto("/pressure-tests/plan");
  await choose(page, "小区、楼栋", named(0), `楼栋 ${named(0)}`);
  await page.getByText("1 栋已有排期，须先改期或取消，或不选它们").waitFor();
});

test("the map of the round: a schematic grid, and on tiles once somebody has said where the houses lie", async () => {
  const { page } = supervisor;
  await page.goto(roundAddress);
  const map = region(page, "告知图");
  await map.getByText("这些楼栋都没有坐标，显示网格。").waitFor();
  await map.getByRole("button", { name: new RegExp(`^${named(0)} 0/\\d+ · 有住户未告知`) }).waitFor();
  await shot(page, "round-grid");
  expect(tiles.asked).toEqual([]);
  // Whoever keeps the network puts the community on the map by a click.
  const admin = await visitAs(browser, town.url, "admin");
  await admin.page.goto("/admin/map");
  await choose(admin.page, "选小区", community.name, community.name);
  const places = region(admin.page, "地图坐标");
  await places.getByText(/没有坐标 [1-9]/).waitFor();
  await admin.page.locator("label").filter({ hasText: "地图" }).click();
  const surface = admin.page.getByRole("button", { name: /^地图：/ });
  await choose(admin.page, "标定坐标", community.name, `${community.name}（整个小区）`);
  await admin.page
    .getByRole("status")
    .getByText(/在地图上点一下/)
    .waitFor();
  await surface.click({ position: { x: 300, y: 200 } });
  await places.getByText(/随小区坐标 [1-9]/).waitFor();
  await shot(admin.page, "admin-map");
  expect(await seriousFindings(admin.page)).toEqual([]);
  expect(admin.complaints).toEqual([]);
  // A building of another community, a little off.
  const building = must(buildings[0], "a building").id;
  await town.sql(
    `insert into place_positions (building_id, latitude_micro_degrees, longitude_micro_degrees, placed_at)
     select ${building}, latitude_micro_degrees + 2000, longitude_micro_degrees + 3000, placed_at from place_positions`,
  );
  await admin.close();
  await page.reload();
  await map.getByRole("button", { name: new RegExp(`^${community.name} 2 栋`) }).click();
  await map.getByRole("button", { name: new RegExp(`^${named(1)} 0/\\d+ · 有住户未告知`) }).waitFor();
  await map.getByText("审图号 GS(2026)1号").waitFor();
  await expect.poll(() => tiles.asked.length).toBeGreaterThan(3);
  expect(
    await map
      .locator("img")
      .first()
      .evaluate((img) => (img as unknown as { naturalWidth: number }).naturalWidth),
  ).toBeGreaterThan(0);
  const zoom = (): number => Number(tiles.asked.at(-1)?.split("/")[1]);
  const before = zoom();
  await map.getByRole("button", { name: /^地图：/ }).press("-");
  await expect.poll(zoom).toBe(before - 1);
  await map.getByRole("button", { name: /^地图：/ }).press("ArrowLeft");
  await shot(page, "round-tiles");
  expect(await seriousFindings(page)).toEqual([]);
  await map.locator("label").filter({ hasText: "网格" }).click();
  await map.getByRole("button", { name: new RegExp(`^${named(1)} `) }).click();
  await page.getByRole("heading", { level: 1, name: new RegExp(named(1)) }).waitFor();
});

test("the property firm is set where it is missed, and people are told by two persons", async () => {
  const { page } = supervisor;
  // None is known, or one that runs the station: its community has one of its own.
  await region(page, "告知记录")
    .getByRole("button", { name: /^(登记|修改)$/ })
    .click();
  await page.getByRole("textbox", { name: "物业名称" }).fill("春晖物业");
  await page.getByRole("textbox", { name: "手机号" }).fill("12");
  await page.getByRole("button", { name: "保存" }).click();
  await page.getByText("电话号码不正确").first().waitFor();
  await page.getByRole("textbox", { name: "手机号" }).fill("13800000009");
  await page.getByRole("button", { name: "保存" }).click();
  await page.getByText(/春晖物业 138\*+0009/).waitFor();
  await page.goto(roundAddress);
  const rows = page.getByRole("table").locator("tbody tr[data-row-key]");
  for (const index of [0, 1, 2]) {
    const number = await rows
      .filter({ hasText: named(index) })
      .locator("td")
      .first()
      .textContent();
    tests.push(`/pressure-tests/${must(number, "its number")}`);
  }
  await page.getByRole("button", { name: "提前一周通知" }).click();
  const made = page.getByRole("status").getByRole("link", { name: /通知 \d+/ });
  await made.first().waitFor();
  await shot(page, "pressure-round");
  // One for each window; the timetable had written that of the nearer one already.
  type Notices = { readonly items: readonly { id: string }[] };
  const { items } = await ask<Notices>(page, "/notices?state=draft");
  expect(items).toHaveLength(2);
  for (const { id } of items) await approvedByTwo(supervisor, approver, `/notices/${id}`);
  await page.getByText("将于此时发出").waitFor();
});

test("a manager in the stairwell, on a phone: papers, the photo, a knock; nothing runs out of the screen", async () => {
  const phone = await visitAs(browser, town.url, "area1", { phone: true });
  const { page } = phone;
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(must(tests[0], "the first"));
  const gaps = region(page, "敲门名单");
  const map = region(page, "告知图");
  const fits = (): Promise<boolean> =>
    page.evaluate<boolean>("document.documentElement.scrollWidth <= document.documentElement.clientWidth");
  await gaps.getByRole("button", { name: "已当面告知" }).first().click();
  await map.locator('td[data-way="door"]').first().waitFor();
  await gaps.getByRole("button", { name: "无人" }).first().click();
  await page.getByRole("searchbox", { name: "说明" }).fill("已关入户阀，邻居代看");
  await page.getByRole("button", { name: "记下" }).click();
  await map.locator('td[data-named="true"]').first().waitFor();
  expect(await fits()).toBe(true);
  await shot(page, "phone-test");
  const photos = page.getByLabel(/上传 .* 张贴照片/);
  const seen = page.getByRole("button", { name: "看照片" });
  const stairwells = await photos.count();
  for (let index = 0; index < stairwells; index += 1) {
    await photos
      .nth(index)
      .setInputFiles({ name: "张先生家3号楼.png", mimeType: "image/png", buffer: PHOTO });
    await seen.nth(index).waitFor();
  }
  await page
    .getByText(/张贴于 2026-10-20/)
    .first()
    .waitFor();
  await gaps.scrollIntoViewIfNeeded();
  await shot(page, "phone-gaps");
  expect(await seriousFindings(page)).toEqual([]);
  for (const [address, name] of [
    ["/pressure-tests?month=2026-10&day=2026-10-30", "phone-calendar"],
    [roundAddress, "phone-round"],
    ["/notices", "phone-notices"],
    ["/my", "phone-day"],
  ] as const) {
    await page.goto(address);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.waitForLoadState("networkidle");
    await shot(page, name);
    expect([address, await fits()]).toEqual([address, true]);
  }
  expect(phone.complaints).toEqual([]);
  await phone.close();
});

test("door notices are printed, a page a stairwell", async () => {
  const { page } = supervisor;
  await page.goto(must(tests[0], "the first"));
  const opening = page.context().waitForEvent("page");
  await page.getByRole("button", { name: "打印全楼门贴（PDF）" }).click();
  await (await opening).close();
  const paper = await page.evaluate(
    async (address) => {
      const answer = await fetch(`/api/v1${address}/stairwells.pdf?paper=notice&lang=zh-CN`);
      const bytes = new Uint8Array(await answer.arrayBuffer());
      return { type: answer.headers.get("content-type"), bytes: [...bytes] };
    },
    must(tests[0], "the first"),
  );
  expect(paper.type).toBe("application/pdf");
  const pdf = Buffer.from(paper.bytes);
  expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
  writeFileSync(path.join(process.env["BROWSER_SHOTS"] ?? tmpdir(), "door-notice.pdf"), pdf);
});

test("a week before people hear of it; what is moved, put off and called off is told to them again", async () => {
  const { page } = supervisor;
  await town.setClock("2026-10-24T09:30:00+08:00");
  await expect.poll(() => goneWith(town, "10月30日"), { timeout: 60_000 }).toBeGreaterThan(0);
  await page.goto(must(tests[1], "the second"));
  await signIn(page, "supervisor");
  const told = region(page, "告知记录");
  await told.getByText(/提前一周通知 2026-10-20/).waitFor();
  await page.getByRole("button", { name: "改期", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "原因" }).fill("设备检修");
  await dialog.getByLabel("开始").fill("2026-11-02T08:00");
  await dialog.getByLabel("结束").fill("2026-11-02T18:00");
  await dialog.getByRole("button", { name: "改期" }).click();
  await dialog.waitFor({ state: "hidden" });
  await page.getByText("已排期").first().waitFor();
  await told.getByText(/改期 2026-10-24/).waitFor();
  await expect.poll(() => goneWith(town, "11月2日"), { timeout: 60_000 }).toBeGreaterThan(0);
  await page.goto(must(tests[2], "the third"));
  await reasoned(page, "暂缓", "站内停电");
  await page.getByText("暂缓").first().waitFor();
  await told.getByText(/暂缓 2026-10-24/).waitFor();
  // Newer words would take the place of those that have not gone yet.
  await expect.poll(() => goneWith(town, "暂缓，原定时间不再进行"), { timeout: 60_000 }).toBeGreaterThan(0);
  await reasoned(page, "取消试压", "今年不试");
  await told.getByText(/取消试压 2026-10-24/).waitFor();
  await shot(page, "pressure-cancelled");
  await expect
    .poll(() => goneWith(town, "已取消，原定时间无需在家等候"), { timeout: 60_000 })
    .toBeGreaterThan(0);
  // The firm heard of each.
  await told
    .getByText(/取消试压 · /)
    .first()
    .waitFor();
  expect(await seriousFindings(page)).toEqual([]);
});

/** A reading that does not hold, a pass that is refused beside the order, a failed test, and its re-test. */
const readAndFail = async (page: Page): Promise<void> => {
  await page.goto(must(tests[0], "the first"));
  const readings = region(page, "压力读数");
  for (const [field, value] of [
    ["结束压力（kPa）", "650"],
    ["表号", "YB-17"],
    ["测量人", "赵师傅"],
    ["见证人", "钱经理"],
  ] as const)
    await readings.getByRole("textbox", { name: field, exact: true }).fill(value);
  await readings.getByRole("button", { name: "记录读数" }).click();
  await readings.getByRole("table").getByText("800 > 650 (-150)").waitFor();
  // It cannot pass, and says why beside the order.
  await page.getByRole("button", { name: "合格", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "合格" }).click();
  await dialog.getByRole("alert").waitFor();
  await shot(page, "pressure-pass-refused");
  await dialog.getByRole("button", { name: "取消" }).click();
  await reasoned(page, "不合格", "三单元立管渗漏，压降超限");
  await page.getByText("不合格").first().waitFor();
  await region(page, "告知记录")
    .getByText(/不合格 2026-10-30/)
    .waitFor();
  await shot(page, "pressure-failed");
  await page.getByRole("button", { name: "安排复试" }).click();
  await dialog.getByLabel("开始").fill("2026-11-03T08:00");
  await dialog.getByLabel("结束").fill("2026-11-03T18:00");
  await dialog.getByRole("button", { name: "安排复试" }).click();
  await page.getByText("复试自").waitFor();
  await page.goto("/pressure-tests?month=2026-10&day=2026-10-30");
  await page.getByRole("table", { name: "2026-10-30 的试压" }).getByText(named(0)).waitFor();
  await shot(page, "pressure-calendar");
  expect(await seriousFindings(page)).toEqual([]);
};

test("water comes in where every door was told or has its reason; a bad reading, a failed test, and its re-test", async () => {
  const { page } = supervisor;
  // Days later, where every session has ended.
  await town.setClock("2026-10-30T08:10:00+08:00");
  await page.goto(must(tests[0], "the first"));
  await signIn(page, "supervisor");
  const gaps = region(page, "敲门名单");
  await gaps.getByText("每户都已告知。").waitFor();
  await page.getByRole("button", { name: "开始注水" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "开始注水" }).click();
  await page.getByText("试压中").first().waitFor();
  // The gauge is read when the pressure was held for its half hour.
  await town.setClock("2026-10-30T08:50:00+08:00");
  const later = await visitAs(browser, town.url, "supervisor");
  await readAndFail(later.page);
  expect(later.complaints).toEqual([]);
  await later.close();
});

test("the same pages in English", async () => {
  const english = await visitAs(browser, town.url, "supervisor", { language: "en" });
  for (const [address, heading, name] of [
    ["/pressure-tests?month=2026-10&day=2026-10-30", "Pressure tests and cold runs", "pressure-en"],
    [must(tests[0], "the first"), new RegExp(named(0)), "pressure-test-en"],
    [roundAddress, /./, "pressure-round-en"],
    ["/pressure-tests/plan", "Plan a round", "pressure-plan-en"],
  ] as const) {
    await english.page.goto(address);
    await english.page.getByRole("heading", { level: 1, name: heading }).waitFor();
    await english.page.waitForLoadState("networkidle");
    expect(await seriousFindings(english.page)).toEqual([]);
    await shot(english.page, name);
  }
  for (const visit of [english, supervisor, approver]) expect(visit.complaints).toEqual([]);
});
