/**
 * Finance at the console: the bill run from preview to issued with the tab closed in between; a bank day by two people in two
 * browsers, figures as `nuan` prints them, to the fen; files that cannot be taken; a double click that posts once.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadProfile, writeDelimitedPath } from "#src/bank/channels/index.ts";
import { day as dayFrom } from "#src/kernel/day.ts";
import { must } from "#src/kernel/errors.ts";
import { openBrowser, seriousFindings, shot, type Visit, visitAs } from "./support/browser.ts";
import { type BrowserTown, PASSWORD, startBrowserTown } from "./support/town.ts";

const CHANNEL = "bank-b";
const DAY = "2026-09-02";
let town: BrowserTown;
let browser: Browser;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "nuanyang-finance-"));
  [town, browser] = await Promise.all([startBrowserTown(), openBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await town.stop();
  rmSync(folder, { recursive: true, force: true });
});

const json = async <Answer>(args: readonly string[]): Promise<Answer> =>
  JSON.parse(await town.nuan([...args, "--json"])) as Answer;

const bankDay = async <Shown>(day: string): Promise<Shown> => {
  const { days } = await json<{ days: Shown[] }>(["bank", "day", "--channel", CHANNEL, "--day", day]);
  return must(days[0], "the bank day");
};

/** The figures of a row of a table by its first cell: what stands in the cells behind. */
const figures = async (page: Page, table: string, row: string): Promise<string[]> => {
  const found = page.getByRole("table", { name: table }).or(page.getByRole("region", { name: table }));
  const line = found.locator("tr").filter({ has: page.getByRole("rowheader", { name: row, exact: true }) });
  await line.first().waitFor();
  return line.first().locator("td").allTextContents();
};

const yuan = (fen: number): string =>
  `${Math.trunc(fen / 100).toLocaleString("en-US")}.${String(fen % 100).padStart(2, "0")}`;

const good = (visit: Visit): void => expect(visit.complaints).toEqual([]);

test("a bill run is previewed, issued, its tab closed, and found issued again", async () => {
  await town.setClock("2026-09-01T09:00:00+08:00");
  const finance = await visitAs(browser, town.url, "finance");
  const { page } = finance;
  await page.getByRole("heading", { level: 1, name: "银行日" }).waitFor();
  await page.goto("/finance/bill-runs?season=2026");
  await page.getByRole("button", { name: "预览" }).click();
  await page.getByRole("region", { name: "与上季比较" }).waitFor();
  type Preview = { readonly count: string | number; readonly sumFen: string | number };
  const preview = await json<Preview>(["bills", "preview", "--season", "2026"]);
  const said = await page.getByRole("region", { name: "出账", exact: true }).textContent();
  expect(said).toContain(yuan(Number(preview.sumFen)));
  expect(said).toContain(String(preview.count));
  expect(await seriousFindings(page)).toEqual([]);
  await shot(page, "bill-run-preview");
  await page.getByRole("region", { name: "与上季比较" }).getByRole("button").first().click();
  await page.getByRole("dialog").getByRole("row").nth(1).waitFor();
  await shot(page, "bill-run-group");
  await page.keyboard.press("Escape");

  await page
    .getByRole("region", { name: "出账", exact: true })
    .getByRole("button", { name: "出账", exact: true })
    .click();
  const begun = page.waitForRequest(
    (request) => request.method() === "POST" && request.url().endsWith("/bill-runs"),
  );
  await page.getByRole("dialog").getByRole("button", { name: "确认" }).dblclick();
  await begun;
  good(finance);
  await finance.close();

  const again = await visitAs(browser, town.url, "finance");
  await again.page.goto("/finance/bill-runs?season=2026");
  const history = again.page.getByRole("region", { name: "历次出账" });
  await history.getByText("已完成").waitFor();
  expect(await history.getByRole("row").count()).toBe(2);
  expect(await history.textContent()).toContain(yuan(Number(preview.sumFen)));
  await again.page.getByRole("button", { name: "预览" }).click();
  await again.page.getByText("没有要出的账单").waitFor();
  await shot(again.page, "bill-run-issued");
  good(again);
  await again.close();
});

const chooseFile = async (page: Page, file: string): Promise<void> => {
  await page.goto("/finance/imports");
  await page.getByRole("combobox", { name: "渠道" }).click();
  await page.getByTitle(new RegExp(`${CHANNEL}$`)).click();
  await page.getByLabel("选择文件").setInputFiles(file);
  await page.getByRole("button", { name: "读取并试算" }).dblclick();
  await page.waitForURL(/\/finance\/imports\/\d+$/);
};

test("a file in the wrong encoding and a cut file are shown with where and what to do, and nothing is posted", async () => {
  const file = path.join(folder, "bank-b.txt");
  await town.nuan(["demo", "bank-file", file, "--channel", CHANNEL, "--day", DAY]);
  await town.setClock("2026-09-03T09:00:00+08:00");
  const bytes = readFileSync(file);
  const finance = await visitAs(browser, town.url, "finance");
  const { page } = finance;
  const wrong = path.join(folder, "utf8.txt");
  writeFileSync(wrong, new TextDecoder("gb18030").decode(bytes), "utf8");
  await chooseFile(page, wrong);
  const alert = page.getByRole("alert").first();
  await alert.waitFor();
  expect(await alert.textContent()).toMatch(/没有任何入账.*GB18030.*UTF-8/s);
  expect(await seriousFindings(page)).toEqual([]);
  await shot(page, "import-wrong-encoding");

  const cut = path.join(folder, "cut.txt");
  writeFileSync(cut, bytes.subarray(0, bytes.length - 9));
  await chooseFile(page, cut);
  await page.getByRole("alert").first().waitFor();
  expect(await page.getByRole("alert").first().textContent()).toMatch(/第 24 行.*file\.truncated/s);
  await shot(page, "import-cut");
  expect(await page.getByRole("button", { name: "确认入账" }).count()).toBe(0);
  expect((await bankDay<{ file: unknown }>(DAY)).file).toBeNull();
  good(finance);
  await finance.close();
});

/** The file goes in: looked at, agreed to by the second person, posted once by a double click. */
const importByTwo = async (finance: Page, approver: Page, file: string): Promise<void> => {
  await chooseFile(finance, file);
  await finance.getByText("请人复核").waitFor();
  expect(await figures(finance, "合计核对", "文件汇总行")).toEqual(
    await figures(finance, "合计核对", "逐行相加"),
  );
  expect(await seriousFindings(finance)).toEqual([]);
  await shot(finance, "import-looked");
  await finance.getByRole("button", { name: "请人复核" }).dblclick();
  await finance.getByText("已请人复核，等待答复").first().waitFor();

  await approver.goto("/finance/approvals");
  await approver.getByRole("cell", { name: "导入银行文件" }).waitFor();
  expect(await approver.getByRole("row").count()).toBe(2);
  expect(await seriousFindings(approver)).toEqual([]);
  await shot(approver, "approvals");
  await approver.keyboard.press("a");
  await approver.getByText("没有等待复核的事项").waitFor();

  await finance.getByText("已同意，可以入账").waitFor();
  await finance.getByRole("button", { name: "确认入账" }).dblclick();
  await finance.getByText("已入账并完成对账").waitFor();
  await shot(finance, "import-posted");
};

const proveAgain = async (page: Page): Promise<void> => {
  await page.getByRole("dialog", { name: "请再次确认是您本人" }).locator("#step-up").fill(PASSWORD);
  await page.keyboard.press("Enter");
};

test("a bank day by two people: imported, its difference worked by keys, certified by the other", async () => {
  const [one, two] = await Promise.all([
    visitAs(browser, town.url, "finance"),
    visitAs(browser, town.url, "approver"),
  ]);
  const [finance, approver] = [one.page, two.page];
  await importByTwo(finance, approver, path.join(folder, "bank-b.txt"));

  await finance.goto(`/finance/suspense`);
  await finance.getByRole("radiogroup", { name: "可能的住户" }).waitFor();
  await shot(finance, "suspense");
  // Not one click from here: a household is found, the evidence written, the question sent.
  await finance.keyboard.press("f");
  await finance.keyboard.type("101000208");
  await finance
    .getByRole("radio", { name: /101000208/ })
    .first()
    .waitFor();
  await finance.keyboard.press("Enter");
  await finance.getByRole("radio", { name: /101000208/, checked: true }).waitFor();
  await finance.keyboard.type("缴费人出示了回单");
  await finance.keyboard.press("Enter");
  await finance.getByRole("region", { name: "处理" }).getByText("待复核").waitFor();
  await approver.goto("/finance/approvals");
  await approver.getByRole("cell", { name: "认领待核销款" }).waitFor();
  // Whoever lets money go, or agrees to it, proves again who sits there when ten minutes have passed; what was pressed is then done.
  await town.sql("update sessions set proved_at = proved_at - interval '11 minutes'");
  await approver.keyboard.press("a");
  await proveAgain(approver);
  await approver.getByText("没有等待复核的事项").waitFor();
  await finance.getByRole("button", { name: /按复核结果执行/ }).waitFor({ timeout: 30_000 });
  await finance.keyboard.press("Enter");
  await proveAgain(finance);
  await finance.getByText("没有这一类的待核销款").waitFor();

  await approver.goto(`/finance/bank-days/${CHANNEL}/${DAY}`);
  await approver.getByRole("button", { name: "出具证明" }).click();
  await approver.getByRole("tooltip").getByRole("button", { name: "确认" }).click();
  await approver.getByRole("textbox", { name: "对账证明" }).waitFor();
  type Day = {
    readonly ours: { readonly items: number; readonly fen: number };
    readonly file: { readonly items: number; readonly fen: number };
    readonly certificate: { readonly sha256: string };
  };
  const day = await bankDay<Day>(DAY);
  for (const [row, side] of [
    ["我方", day.ours],
    ["银行文件", day.file],
    ["差额", { items: 0, fen: 0 }],
  ] as const) {
    expect(await figures(approver, "调节表", row)).toEqual([String(side.items), yuan(side.fen)]);
  }
  const certificate = approver.getByRole("region", { name: "对账证明" });
  expect(await certificate.textContent()).toContain(day.certificate.sha256);
  expect(await seriousFindings(approver)).toEqual([]);
  await shot(approver, "bank-day-certified");
  // Who imported is not asked.
  await finance.goto(`/finance/bank-days/${CHANNEL}/${DAY}`);
  await finance.getByRole("region", { name: "调节表" }).waitFor();
  expect(await finance.getByRole("button", { name: "出具证明" }).count()).toBe(0);

  await finance.goto("/finance/bank-days");
  await finance
    .getByRole("row", { name: new RegExp(DAY) })
    .getByText("已出证明")
    .waitFor();
  expect(await seriousFindings(finance)).toEqual([]);
  await shot(finance, "bank-days");
  good(one);
  good(two);
  await Promise.all([one.close(), two.close()]);
});

test("a bank that names one serial with two amounts is answered by keys: what is not booked is split off and held", async () => {
  const text = new TextDecoder("gb18030").decode(readFileSync(path.join(folder, "bank-b.txt")));
  const [, , serial = "", accountNo = "", , amount = ""] = must(
    text.split("\r\n")[2],
    "the first line",
  ).split("|");
  const fen = Number(amount.replace(".", "")) + 100;
  const profile = await loadProfile("zz-bank-gb18030");
  if (profile.format !== "delimited") throw new Error("the invented profile is delimited");
  const file = path.join(folder, "next.txt");
  const next = dayFrom("2026-09-03");
  await writeDelimitedPath(
    profile,
    [
      {
        day: next,
        time: "12:00:00",
        serial,
        accountNo,
        amountMinor: BigInt(fen),
        kind: "payment",
      },
    ],
    file,
    { bankDay: next },
  );
  await town.setClock("2026-09-04T09:00:00+08:00");
  const [one, two] = await Promise.all([
    visitAs(browser, town.url, "finance"),
    visitAs(browser, town.url, "approver"),
  ]);
  const [finance, approver] = [one.page, two.page];
  await importByTwo(finance, approver, file);
  await finance.goto("/finance/breaks");
  await finance.getByRole("cell", { name: "金额不符" }).waitFor();
  expect(await seriousFindings(finance)).toEqual([]);
  await shot(finance, "breaks");
  await finance.keyboard.press("s");
  await finance.keyboard.type("与已入账的不是一笔，先挂账");
  await finance.keyboard.press("Enter");
  await finance.getByText("没有未处理的差错").waitFor();
  await finance.goto("/finance/suspense");
  // The first file proved our payment: this line's money is money of its own, and held whole.
  await finance.getByRole("cell", { name: yuan(fen), exact: true }).waitFor();
  const day = await bankDay<{ closes: boolean; breaks: { resolution: string }[] }>("2026-09-03");
  expect([day.closes, day.breaks.map(({ resolution }) => resolution)]).toEqual([true, ["suspense"]]);
  for (const [address, heading, name] of [
    ["/finance/ledger", "总账与日结", "ledger"],
    ["/finance/arrears", "欠费名单", "arrears"],
    ["/finance/shifts", "各班次", "shifts"],
    ["/finance/closing-lists", "关阀名单", "closing-lists"],
  ] as const) {
    await finance.goto(address);
    await finance.getByRole("heading", { level: 1, name: heading }).waitFor();
    await finance.locator(".ant-spin-spinning").waitFor({ state: "detached" });
    expect(await seriousFindings(finance)).toEqual([]);
    await shot(finance, name);
  }
  good(one);
  good(two);
  await Promise.all([one.close(), two.close()]);
});
