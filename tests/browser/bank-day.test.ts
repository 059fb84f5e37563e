/**
 * Bank days at the console: files that cannot be taken and why, and their error file; a day by two people in two browsers, its
 * differences worked by keys, money of nobody claimed, given back and settled, the certificate on paper, the books closed. Figures
 * are those of `nuan`, to the fen, and the books prove at the end.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import iconv from "iconv-lite";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { must } from "#src/kernel/errors.ts";
import { writeStatement } from "#tests/support/statement-file.ts";
import {
  bankDay,
  carriedOutByTwo,
  chooseFile,
  figures,
  importByTwo,
  json,
  yuan,
} from "./support/bank-desk.ts";
import { bankFile, type BankRow, slipped } from "./support/bank-file.ts";
import { openBrowser, seriousFindings, shot, type Visit, visitAs } from "./support/browser.ts";
import { type BrowserTown, PASSWORD, startBrowserTown } from "./support/town.ts";

const FILES = "bank-b";
const LIVE = "bank-a";
const DAY = "2026-09-02";
let town: BrowserTown;
let browser: Browser;
let folder: string;
let one: Visit;
let two: Visit;
let finance: Page;
let approver: Page;
/** Both sign in; a night later again, for a session does not last so long. */
const comeIn = async (): Promise<void> => {
  [one, two] = await Promise.all([
    visitAs(browser, town.url, "finance"),
    visitAs(browser, town.url, "approver"),
  ]);
  [finance, approver] = [one.page, two.page];
};
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "nuanyang-bank-"));
  [town, browser] = await Promise.all([startBrowserTown(), openBrowser()]);
  await town.setClock("2026-09-01T09:00:00+08:00");
  await town.nuan(["bills", "issue", "--season", "2026"]);
  await town.nuan(["demo", "bank-file", at("bank-b.txt"), "--channel", FILES, "--day", DAY]);
  await town.nuan([
    "demo",
    "bank-file",
    at("more.txt"),
    "--channel",
    FILES,
    "--day",
    DAY,
    "--payments",
    "30",
  ]);
  await town.setClock("2026-09-03T09:00:00+08:00");
  await comeIn();
});
afterAll(async () => {
  await browser.close();
  await town.stop();
  rmSync(folder, { recursive: true, force: true });
});

const at = (name: string): string => path.join(folder, name);
/** The lines of a bank's file of the invented layout: summary, header, then one a payment. */
const linesOf = (name: string): string[] =>
  new TextDecoder("gb18030").decode(readFileSync(at(name))).split("\r\n");
const keep = (name: string, lines: readonly string[]): string => {
  writeFileSync(at(name), iconv.encode(lines.join("\r\n"), "gb18030"));
  return at(name);
};
/** Homes that owe and are in none of the files that are imported first: number and debt in fen. */
const debtors = (): { accountNo: string; fen: number }[] =>
  linesOf("more.txt")
    .slice(2 + 20, 2 + 30)
    .map((line) => line.split("|"))
    .map(([, , , accountNo = "", , amount = ""]) => ({ accountNo, fen: Number(amount.replace(".", "")) }));

/** The row of the day on the board. */
const dayRow = () => finance.getByRole("row", { name: new RegExp(DAY) });

const UGLY: readonly { readonly name: string; readonly make: () => string; readonly says: RegExp }[] = [
  {
    name: "utf8",
    make: () => {
      writeFileSync(at("utf8.txt"), linesOf("bank-b.txt").join("\r\n"), "utf8");
      return at("utf8.txt");
    },
    says: /没有任何入账.*GB18030.*UTF-8/s,
  },
  {
    name: "cut",
    make: () => {
      const bytes = readFileSync(at("bank-b.txt"));
      writeFileSync(at("cut.txt"), bytes.subarray(0, bytes.length - 9));
      return at("cut.txt");
    },
    says: /第 24 行.*file\.truncated/s,
  },
  {
    name: "line-missing",
    make: () => keep("missing.txt", linesOf("bank-b.txt").toSpliced(5, 1)),
    says: /汇总与明细不一致.*file\.trailer-mismatch/s,
  },
  {
    name: "trailer-broken",
    make: () => {
      const [summary = "", ...rest] = linesOf("bank-b.txt");
      const [count, total, ...more] = summary.split("|");
      return keep("trailer.txt", [[count, String(Number(total) + 1), ...more].join("|"), ...rest]);
    },
    says: /汇总与明细不一致.*file\.trailer-mismatch/s,
  },
  {
    name: "workbook",
    make: () => {
      writeFileSync(at("day.xlsx"), Buffer.from("504b030414000600080000002100", "hex"));
      return at("day.xlsx");
    },
    says: /Excel 工作簿/,
  },
];

test("files that cannot be taken say where and what to do, and nothing is posted; a late file is red on the board", async () => {
  await finance.goto("/finance/bank-days");
  await dayRow().getByText("应 07:30").waitFor();
  expect(await seriousFindings(finance)).toEqual([]);
  await shot(finance, "bank-days-late");
  for (const { name, make, says } of UGLY) {
    const file = make();
    await chooseFile(finance, FILES, file);
    await finance.getByRole("heading", { level: 1, name: path.basename(file) }).waitFor();
    const alert = finance.getByRole("alert").first();
    await alert.waitFor();
    expect(await alert.textContent()).toMatch(says);
    expect(await finance.getByRole("button", { name: "确认入账" }).count()).toBe(0);
    await shot(finance, `import-${name}`);
    // The file's own totals beside those of its lines: where a line lacks, and where only the sum is wrong.
    const differ = { "line-missing": [22, 21], "trailer-broken": [22, 22] }[name];
    if (differ === undefined) continue;
    const [stated, counted] = [
      await figures(finance, "合计核对", "文件汇总行"),
      await figures(finance, "合计核对", "逐行相加"),
    ];
    expect([Number(stated[0]), Number(counted[0])]).toEqual(differ);
    expect(stated[1]).not.toBe(counted[1]);
  }
  expect(await seriousFindings(finance)).toEqual([]);
  expect((await bankDay<{ file: unknown }>(town, FILES, DAY)).file).toBeNull();
});

test("its error file is taken along by whoever says again who he is; a cell that would run is disarmed", async () => {
  const lines = linesOf("bank-b.txt");
  await chooseFile(finance, FILES, keep("formula.txt", lines.with(4, `=HYPERLINK("x")|1|2`)));
  await finance.getByRole("alert").first().waitFor();
  // A quarter of an hour later the password of the morning proves nothing any more.
  await town.setClock("2026-09-03T09:15:00+08:00");
  await finance.getByRole("button", { name: "导出" }).click();
  const dialog = finance.getByRole("dialog");
  await dialog.getByLabel("用途").fill("退回银行更正");
  await dialog.getByText("CSV").click();
  await dialog.getByRole("button", { name: "导出" }).click();
  const proof = finance.getByRole("dialog", { name: "请再次确认是您本人" });
  await proof.getByLabel("密码").fill("not-the-password");
  await finance.keyboard.press("Enter");
  await proof.getByRole("alert").waitFor();
  await shot(finance, "export-step-up");
  await proof.getByLabel("密码").fill(PASSWORD);
  const [taken] = await Promise.all([finance.waitForEvent("download"), finance.keyboard.press("Enter")]);
  const text = readFileSync(await taken.path(), "utf8");
  expect(text).toContain("退回银行更正");
  expect(text).toContain("line.unreadable");
  expect(text).toMatch(/(^|[",])'=HYPERLINK/m);
  expect(text).not.toMatch(/(^|[,"])=HYPERLINK/m);
});

test("a day by two people: imported once by a double click, a line twice in it moves nothing, the certificate read and printed", async () => {
  await chooseFile(finance, FILES, at("bank-b.txt"));
  expect(await figures(finance, "合计核对", "文件汇总行")).toEqual(
    await figures(finance, "合计核对", "逐行相加"),
  );
  expect(await seriousFindings(finance)).toEqual([]);
  // The line of nobody stands first, by its row, for both of them.
  const doubtful = finance.getByRole("region", { name: "要人看的笔" });
  await doubtful.getByText("挂待核销").first().waitFor();
  await finance.getByRole("button", { name: /^挂待核销 \d+$/ }).click();
  await shot(finance, "import-looked");
  await importByTwo(finance, approver);
  await shot(finance, "import-posted");

  // Money of nobody: not one click from here. A household is found, the evidence written, the question sent.
  await finance.goto(`/finance/suspense`);
  await finance.getByRole("radiogroup", { name: "可能的住户" }).waitFor();
  await shot(finance, "suspense");
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
  // Whoever lets money go, or agrees to it, proves again who sits there when ten minutes have passed; what was pressed is then done.
  await town.sql("update sessions set proved_at = proved_at - interval '11 minutes'");
  const asked = finance.getByRole("region", { name: "处理" });
  await asked.getByRole("link", { name: "101000208" }).waitFor();
  await asked.getByText("缴费人出示了回单").waitFor();
  await carriedOutByTwo(finance, approver, "认领待核销款");
  await finance.getByText("没有这一类的待核销款").waitFor();

  await approver.goto(`/finance/bank-days/${FILES}/${DAY}`);
  await approver.getByRole("button", { name: "出具证明" }).click();
  await approver.getByRole("tooltip").getByRole("button", { name: "确认" }).click();
  await approver.getByRole("table", { name: "证明的调节表" }).waitFor();
  type Side = { readonly items: number; readonly fen: number };
  type Day = { readonly ours: Side; readonly file: Side; readonly certificate: { readonly sha256: string } };
  const day = await bankDay<Day>(town, FILES, DAY);
  for (const [row, side] of [
    ["我方", day.ours],
    ["银行文件", day.file],
    ["差额", { items: 0, fen: 0 }],
  ] as const) {
    expect(await figures(approver, "调节表", row)).toEqual([String(side.items), yuan(side.fen)]);
    expect(await figures(approver, "证明的调节表", row)).toEqual([String(side.items), yuan(side.fen)]);
  }
  const certificate = approver.getByRole("region", { name: "对账证明" });
  expect(await certificate.textContent()).toContain(day.certificate.sha256);
  expect(await seriousFindings(approver)).toEqual([]);
  await shot(approver, "bank-day-certified");
  const [paper] = await Promise.all([
    approver.context().waitForEvent("page"),
    certificate.getByRole("button", { name: "打印" }).click(),
  ]);
  await paper.waitForLoadState();
  const printed = (await paper.locator("body").textContent()) ?? "";
  for (const said of [yuan(day.file.fen), "户号不明", "已认领", day.certificate.sha256, "approver"])
    expect(printed).toContain(said);
  await shot(paper, "bank-day-certificate-paper");
  await paper.close();
  // Who imported is not asked.
  await finance.goto(`/finance/bank-days/${FILES}/${DAY}`);
  await finance.getByRole("region", { name: "调节表" }).waitFor();
  expect(await finance.getByRole("button", { name: "出具证明" }).count()).toBe(0);
});

test("differences by keys: accepted as proposed, found by hand, split off and held, left to the bank", async () => {
  const [known, near, sought, odd] = debtors();
  const [, , serial = "", accountNo = "", , amount = ""] = must(linesOf("bank-b.txt")[2], "a line").split(
    "|",
  );
  // The bank names a serial of the other day again, with a yuan more: no payment of ours is that.
  const more = Number(amount.replace(".", "")) + 100;
  await bankFile(at("next.txt"), "2026-09-03", [{ serial, accountNo, fen: more }]);
  // A bank that tells at once: of four payments in its file we were told of none.
  const rows: BankRow[] = [
    { serial: "K1", accountNo: must(known, "a home").accountNo, fen: must(known, "a home").fen },
    { serial: "K2", accountNo: slipped(must(near, "a home").accountNo), fen: must(near, "a home").fen },
    { serial: "K3", accountNo: "999999990", fen: must(sought, "a home").fen },
    { serial: "K4", accountNo: "999999991", fen: must(odd, "a home").fen + 1 },
  ];
  await bankFile(at("live.txt"), DAY, rows);
  await chooseFile(finance, LIVE, at("live.txt"));
  await importByTwo(finance, approver);
  await finance.goto("/finance/bank-days");
  await dayRow().getByText("差错 4 笔").waitFor();
  expect(await dayRow().getByText("应 07:30").count()).toBe(0);

  await finance.goto(`/finance/breaks?channel=${LIVE}`);
  // 长款 of a home that both sides name: one key for the reason, one to send it.
  await finance.getByRole("cell", { name: "长款", exact: true }).waitFor();
  await shot(finance, "breaks");
  expect(await seriousFindings(finance)).toEqual([]);
  await finance.keyboard.press("Enter");
  await finance.getByText("请写明依据").waitFor();
  await finance.keyboard.type("银行回单 0815");
  await finance.keyboard.press("Enter");
  await carriedOutByTwo(finance, approver, "补记银行缴费");
  // The neighbours were swapped and the debt is just the amount: proposed, and accepted with its reason.
  await finance
    .getByRole("radio", { name: must(near, "a home").accountNo, checked: true })
    .first()
    .waitFor();
  await finance.keyboard.press("Enter");
  await carriedOutByTwo(finance, approver, "补记银行缴费");
  await finance.keyboard.press("f");
  await finance.keyboard.type(must(sought, "a home").accountNo);
  await finance
    .getByRole("radio", { name: must(sought, "a home").accountNo })
    .first()
    .waitFor();
  await finance.keyboard.press("Enter");
  await finance.keyboard.type("电话核实");
  await finance.keyboard.press("Enter");
  await carriedOutByTwo(finance, approver, "补记银行缴费");
  await finance.keyboard.press("x");
  await finance.keyboard.type("银行确认记错商户，由其更正");
  await finance.keyboard.press("Enter");
  await finance.getByText("没有未处理的差错").waitFor();
  for (const home of [known, near, sought]) {
    const { accountNo: paid } = must(home, "a home");
    await finance.goto(`/households/${paid}`);
    await finance.getByText(paid).first().waitFor();
  }

  expect([one.complaints, two.complaints]).toEqual([[], []]);
  await Promise.all([one.close(), two.close()]);
  await town.setClock("2026-09-04T09:00:00+08:00");
  await comeIn();
  await chooseFile(finance, FILES, at("next.txt"));
  await importByTwo(finance, approver);
  await finance.goto(`/finance/breaks?channel=${FILES}`);
  await finance.getByRole("cell", { name: "金额不符" }).waitFor();
  await finance.keyboard.press("s");
  await finance.keyboard.type("与已入账的不是一笔，先挂账");
  await finance.keyboard.press("Enter");
  await finance.getByText("没有未处理的差错").waitFor();
  type Resolved = { closes: boolean; breaks: { resolution: string }[] };
  const live = await bankDay<Resolved>(town, LIVE, DAY);
  expect([live.closes, live.breaks.map(({ resolution }) => resolution)]).toEqual([
    true,
    ["back-posted", "back-posted", "back-posted", "dismissed"],
  ]);
  const next = await bankDay<Resolved>(town, FILES, "2026-09-03");
  expect([next.closes, next.breaks.map(({ resolution }) => resolution)]).toEqual([true, ["suspense"]]);

  // The first file proved our payment: this line's money is money of its own, held whole, and goes back to the bank.
  await finance.goto("/finance/suspense");
  await finance.getByRole("cell", { name: yuan(more), exact: true }).waitFor();
  await finance.keyboard.press("x");
  await finance.keyboard.type("银行来函要求退回");
  await finance.keyboard.press("Enter");
  await carriedOutByTwo(finance, approver, "退回待核销款");
  await finance.getByText("没有这一类的待核销款").waitFor();
});

test("a credit of the bank that lacks five yuan is settled as its day by two, and the books are closed day by day", async () => {
  const day = await bankDay<{ file: { fen: number } }>(town, FILES, DAY);
  const credited = day.file.fen - 500;
  const statement = writeStatement(folder, [
    {
      id: "S1",
      day: "2026-09-03",
      balances: ["0.00", (credited / 100).toFixed(2)],
      entries: [{ amount: (credited / 100).toFixed(2), text: "BANK-B 20260902" }],
    },
  ]);
  writeFileSync(statement, readFileSync(statement, "utf8").replaceAll("2026-11-11", "2026-09-03"));
  await chooseFile(finance, FILES, statement, "camt053");
  await importByTwo(finance, approver);
  await finance.goto("/finance/suspense");
  await finance.getByRole("cell", { name: yuan(credited), exact: true }).waitFor();
  await finance.getByRole("radio", { name: "按到账划账", checked: true }).waitFor({ state: "attached" });
  await finance.getByLabel("划到银行日").fill(DAY);
  await finance.getByRole("textbox", { name: "依据" }).fill("银行通知单 7：另收手续费 5.00");
  await shot(finance, "suspense-settle");
  await finance.keyboard.press("Enter");
  await carriedOutByTwo(finance, approver, "到账划账");
  await finance.goto(`/finance/bank-days/${FILES}/${DAY}`);
  const credits = finance.getByRole("region", { name: "文件" });
  await credits.getByText(yuan(credited)).waitFor();
  expect(await credits.textContent()).toMatch(/手续费¥5\.00.*资金差¥0\.00/s);

  // Who certifies closes the books.
  await approver.goto("/finance/ledger");
  for (const closed of ["2026-09-01", "2026-09-03"]) {
    await approver.getByRole("button", { name: `日结 ${closed}` }).click();
    await approver.getByRole("tooltip").getByRole("button", { name: "确认" }).click();
    await approver.getByRole("row", { name: new RegExp(`${closed} 已结`) }).waitFor();
  }
  await approver.getByText("借贷相等").waitFor();
  expect(await seriousFindings(approver)).toEqual([]);
  await shot(approver, "ledger");
  const check = await json<{ ok: boolean }>(town, ["ledger", "check"]);
  expect(check.ok).toBe(true);
  expect([one.complaints, two.complaints]).toEqual([[], []]);
  await Promise.all([one.close(), two.close()]);
});
