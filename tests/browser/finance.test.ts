/**
 * Finance at the console: the bill run decided by two people, its tab closed and API and worker killed in the middle; the lists
 * that finance works by.
 */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { must } from "#src/kernel/errors.ts";
import { apiAs } from "./support/api.ts";
import { agree, json, yuan } from "./support/bank-desk.ts";
import { openBrowser, seriousFindings, shot, type Visit, visitAs } from "./support/browser.ts";
import { type BrowserTown, startBrowserTown } from "./support/town.ts";

let town: BrowserTown;
let browser: Browser;
beforeAll(async () => {
  // Whoever issues bills is killed behind the first chunk: the API of the person's press, and the worker that goes on.
  [town, browser] = await Promise.all([
    startBrowserTown({ NUAN_FAILPOINT: "bill-chunk-after:1" }),
    openBrowser(),
  ]);
});
afterAll(async () => {
  await browser.close();
  await town.stop();
});

const good = (visit: Visit): void => expect(visit.complaints).toEqual([]);

test("a bill run is previewed, agreed to by a second person, killed in the middle with its tab closed, and found issued to the fen", async () => {
  await town.nuan(["setting", "set", "billing.run-rule", '"two-people"']);
  await town.setClock("2026-09-01T09:00:00+08:00");
  const [finance, approver] = await Promise.all([
    visitAs(browser, town.url, "finance"),
    visitAs(browser, town.url, "approver"),
  ]);
  const { page } = finance;
  await page.getByRole("heading", { level: 1, name: "银行日" }).waitFor();
  await page.goto("/finance/bill-runs?season=2026");
  await page.getByRole("button", { name: "预览" }).click();
  await page.getByRole("region", { name: "与上季比较" }).waitFor();
  type Preview = { readonly count: string | number; readonly sumFen: string | number };
  const preview = await json<Preview>(town, ["bills", "preview", "--season", "2026"]);
  const issue = page.getByRole("region", { name: "出账", exact: true });
  const said = await issue.textContent();
  expect(said).toContain(yuan(Number(preview.sumFen)));
  expect(said).toContain(String(preview.count));
  expect(await seriousFindings(page)).toEqual([]);
  await shot(page, "bill-run-preview");
  // Why it differs from last season: each group opens its homes.
  await page.getByRole("region", { name: "与上季比较" }).getByRole("button").first().click();
  await page.getByRole("dialog").getByRole("row").nth(1).waitFor();
  await shot(page, "bill-run-group");
  await page.keyboard.press("Escape");

  await issue.getByRole("button", { name: "请人复核" }).dblclick();
  await page.getByText("已请人复核这些数字").waitFor();
  // He reads this request; another comes in above it, and the key still decides about the one that is shown.
  const other = `insert into approvals (kind, subject, request, requested_by, requested_at)
    select kind, 'bill-run:season-2025', request || '{"season": 2025}', requested_by, requested_at from approvals limit 1`;
  await approver.page.goto("/finance/approvals");
  const shown = approver.page.getByRole("region", { name: "申请内容" });
  await shown.getByText("2026", { exact: true }).waitFor();
  await town.sql(other);
  await expect.poll(() => approver.page.getByRole("row").count()).toBe(3);
  expect(await shown.getByText("2026", { exact: true }).count()).toBe(1);
  // Dealt with elsewhere: nothing else comes under the key, until somebody chooses.
  await approver.page.keyboard.press("ArrowUp");
  await shown.getByText("2025", { exact: true }).waitFor();
  await town.sql("update approvals set state = 'withdrawn' where subject = 'bill-run:season-2025'");
  await approver.page.getByText("刚才显示的这一项已经有人处理").waitFor();
  expect(await shown.count()).toBe(0);
  await shot(approver.page, "approvals-gone");
  // The key is pressed twice: the second time nothing has been read, and nothing is decided.
  await approver.page.keyboard.press("ArrowDown");
  await shown.getByText("2026", { exact: true }).waitFor();
  await town.sql(other.replaceAll("2025", "2024"));
  await expect.poll(() => approver.page.getByRole("row").count()).toBe(3);
  await approver.page.keyboard.press("a");
  await approver.page.getByText(/已同意：批量出账/).waitFor();
  await approver.page.keyboard.press("a");
  await approver.page.keyboard.press("Enter");
  await approver.page.getByText("看过再决定").waitFor();
  expect(await shown.count()).toBe(0);
  await shot(approver.page, "approvals-choose-next");
  expect(await town.sql("select state from approvals where subject = 'bill-run:season-2024'")).toEqual([
    { state: "requested" },
  ]);
  await approver.page.keyboard.press("ArrowDown");
  await shown.getByText("2024", { exact: true }).waitFor();
  await town.sql("update approvals set state = 'withdrawn' where subject = 'bill-run:season-2024'");
  await page.getByText("复核人已同意，可以出账").waitFor();
  const untilNextApi = town.nextApi();
  await shot(page, "bill-run-agreed");
  await issue.getByRole("button", { name: "出账", exact: true }).click();
  const begun = page.waitForRequest(
    (request) => request.method() === "POST" && request.url().endsWith("/bill-runs"),
  );
  await page.getByRole("dialog").getByRole("button", { name: "确认" }).dblclick();
  await begun;
  // How far it is, or that it is done: on a busy machine the worker may have ended it before the API is there again.
  await page
    .getByText(/正在出账 \d+ \/ \d+|已完成/)
    .first()
    .waitFor();
  await shot(page, "bill-run-killed");
  good(finance);
  await finance.close();

  // The worker looks as soon as it starts, goes on, and is killed as well; a third one finds nothing left to issue.
  town.killWorker();
  await untilNextApi();
  const again = await visitAs(browser, town.url, "finance");
  await again.page.goto("/finance/bill-runs?season=2026");
  const history = again.page.getByRole("region", { name: "历次出账" });
  await history.getByText("已完成").waitFor({ timeout: 60_000 });
  expect(await history.getByRole("row").count()).toBe(2);
  expect(await history.textContent()).toContain(yuan(Number(preview.sumFen)));
  await again.page.getByRole("button", { name: "预览" }).click();
  await again.page.getByText("没有要出的账单").waitFor();
  await shot(again.page, "bill-run-issued");
  await town.nuan(["ledger", "check"]);
  good(again);
  good(approver);
  await Promise.all([again.close(), approver.close()]);
});

test("the lists of finance stand, empty ones with what to do next", async () => {
  const finance = await visitAs(browser, town.url, "finance");
  const { page } = finance;
  for (const [address, heading, name] of [
    ["/finance/arrears", "欠费名单", "arrears"],
    ["/finance/shifts", "各班次", "shifts"],
    ["/finance/closing-lists", "关阀名单", "closing-lists"],
  ] as const) {
    await page.goto(address);
    await page.getByRole("heading", { level: 1, name: heading }).waitFor();
    await page.locator("[aria-busy=true]").first().waitFor({ state: "detached" });
    expect(await seriousFindings(page)).toEqual([]);
    await shot(page, name);
  }
  // The refusal's number is the board's.
  await page.goto("/finance/arrears");
  const said = page.getByText(/\d+ 个代收渠道未出对账证明/);
  const missing = /(\d+) 个/.exec((await said.textContent()) ?? "")?.[1] ?? "none";
  await page.getByRole("link", { name: "到银行日，先出具这一天的对账证明" }).click();
  await page.getByText(new RegExp(`未出证明 \\d+（\\d\\d-\\d\\d：${missing}）`)).waitFor();
  await shot(page, "bank-days-uncertified");

  // Money that nobody could post is work of finance: found by key, taken, and finished with what became of it.
  await town.sql(`insert into tasks (kind, source, title, details, results, owner_role, created_at) values
    ('terminal-held', 'terminal:a', '终端收款到账后无法入账：T01 窗口',
     '{"till": "T01", "terminalNo": "889001", "amountFen": "123456", "why": "paid-after-end"}', '{}', 'finance', now()),
    ('payment-call', 'account:a', '电话缴费提醒：未送达 Ring this account', '{}', '{told,not-reached,refused}', 'finance', now())`);
  await page.keyboard.press("g");
  await page.keyboard.press("3");
  await page.getByRole("heading", { level: 1, name: "待办" }).waitFor();
  const list = page.getByRole("table", { name: "待办" });
  await list.getByRole("row").filter({ hasText: "终端收款到账后无法入账" }).click();
  const held = page.getByRole("region", { name: "终端收款未入账" });
  await held.getByText("1,234.56").waitFor();
  await held.getByText("已按未付结束，后来又付了").waitFor();
  await held.getByRole("link", { name: "各班次与终端" }).waitFor();
  await shot(page, "tasks-held");
  expect(await seriousFindings(page)).toEqual([]);
  await page.keyboard.press("t");
  await held.getByRole("button", { name: "领取" }).waitFor({ state: "detached" });
  await list.getByRole("row").filter({ hasText: "终端收款到账后无法入账" }).getByText("财务张明").waitFor();
  await held.getByLabel("怎么办的").fill("终端流水 889001 已原路退回");
  await page.keyboard.press("Control+Enter");
  await held.waitFor({ state: "detached" });
  expect(await town.sql("select outcome, state from tasks where source = 'terminal:a'")).toEqual([
    { outcome: "终端流水 889001 已原路退回", state: "done" },
  ]);
  await list.getByRole("row").filter({ hasText: "电话缴费提醒" }).click();
  const ring = page.getByRole("region", { name: "电话缴费提醒" });
  expect(await ring.getByRole("radio").count()).toBe(3);
  await ring.getByLabel("怎么办的").fill("打了三次");
  // None is chosen beforehand.
  expect(await ring.getByRole("button", { name: "完成" }).isDisabled()).toBe(true);
  await ring.getByLabel("未联系到").check();
  await ring.getByRole("button", { name: "完成" }).click();
  await ring.waitFor({ state: "detached" });
  expect(await town.sql("select result from tasks where source = 'account:a'")).toEqual([
    { result: "not-reached" },
  ]);
  good(finance);
  await finance.close();
});

/** Two homes with a bill of the season on which nothing is paid. */
const debtors = async (): Promise<readonly [string, string]> => {
  const found = await town.sql<{ accountNo: string }>(
    `select account.account_no as "accountNo" from bills bill join heat_accounts account on account.id = bill.account_id
     where bill.season_id = 2026 and bill.paid_fen = 0 and bill.state <> 'cancelled' and account.state = 'active'
       and not exists (select from bills other where other.account_id = account.id and other.id <> bill.id and other.state <> 'cancelled'
         and other.paid_fen < other.amount_fen)
     order by account.id limit 2`,
  );
  return [must(found[0], "a debtor").accountNo, must(found[1], "another").accountNo];
};

test("money of another day on the wrong home is moved by two people, and a bill that nobody paid is cancelled", async () => {
  const [wrong, right] = await debtors();
  const cashier = await apiAs(town.url, "cashier1");
  const { id: shiftId } = await cashier.post<{ id: string }>("/shifts", { till: "T09", openingCashFen: 0 });
  await cashier.post("/counter-payments", {
    shiftId,
    tender: "cash",
    items: [{ accountNo: wrong, amountFen: 12_345 }],
  });
  const [finance, approver] = await Promise.all([
    visitAs(browser, town.url, "finance"),
    visitAs(browser, town.url, "approver"),
  ]);
  const { page } = finance;
  await page.goto(`/households/${wrong}`);
  await page.getByRole("link", { name: "更正收款与账单" }).click();
  await page.getByRole("button", { name: /^改到别户 .*¥123.45$/ }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "请人复核" }).click();
  await dialog.getByText("请填写另一户的户号").waitFor();
  await dialog.getByLabel("转到户号").fill(right);
  // Whose it is, before anybody is asked.
  await dialog.getByRole("status").filter({ hasText: /楼/ }).waitFor();
  await dialog.getByLabel("原因").fill("收错户，本人来电说明");
  await shot(page, "correction-move");
  await page.keyboard.press("Enter");
  await page.getByText("待复核", { exact: true }).waitFor();
  expect(await seriousFindings(page)).toEqual([]);

  await approver.page.goto("/finance/approvals");
  const asked = approver.page.getByRole("region", { name: "申请内容" });
  await asked.getByText(right).waitFor();
  await agree(approver.page, "改户");
  await page.reload();
  await page.getByRole("button", { name: "执行" }).click();
  await page.getByRole("tooltip").getByRole("button", { name: "执行" }).dblclick();
  await page.getByText("没有等待复核或执行的更正").waitFor();
  await page.getByRole("table", { name: "款项" }).getByText("已冲正").waitFor();
  await shot(page, "correction-done");
  const area = await apiAs(town.url, "finance");
  const { items } = await area.get<{ items: { amountFen: number; state: string }[] }>(
    `/accounts/${right}/payments`,
  );
  expect(items.filter(({ amountFen }) => amountFen === 12_345)).toMatchObject([{ state: "posted" }]);

  // The bill is open again as it was, and nobody paid on it.
  await page.getByRole("button", { name: /^作废账单 2026/ }).click();
  await dialog.getByLabel("原因").fill("该户已办停热");
  await page.keyboard.press("Enter");
  await page.getByText("待复核", { exact: true }).waitFor();
  await agree(approver.page, "作废账单");
  await page.reload();
  await page.getByRole("button", { name: "执行" }).click();
  await page.getByRole("tooltip").getByRole("button", { name: "执行" }).click();
  await page.getByRole("table", { name: "账单" }).getByText("作废", { exact: true }).waitFor();
  await town.nuan(["ledger", "check"]);
  good(finance);
  good(approver);
  await Promise.all([finance.close(), approver.close()]);
});
