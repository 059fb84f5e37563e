/** What the people at the bank's desk do again and again in a browser: choose a file, ask the second person, agree, read a table. */
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { must } from "#src/kernel/errors.ts";
import { type BrowserTown, PASSWORD } from "./town.ts";

/** What `nuan … --json` answers. */
export const json = async <Answer>(town: BrowserTown, args: readonly string[]): Promise<Answer> =>
  JSON.parse(await town.nuan([...args, "--json"])) as Answer;

export const bankDay = async <Shown>(town: BrowserTown, channel: string, day: string): Promise<Shown> => {
  const { days } = await json<{ days: Shown[] }>(town, ["bank", "day", "--channel", channel, "--day", day]);
  return must(days[0], "the bank day");
};

export const yuan = (fen: number): string =>
  `${Math.trunc(fen / 100).toLocaleString("en-US")}.${String(fen % 100).padStart(2, "0")}`;

/** The figures of a row of a table by its first cell: what stands in the cells behind. */
export const figures = async (page: Page, table: string, row: string): Promise<string[]> => {
  const found = page.getByRole("table", { name: table }).or(page.getByRole("region", { name: table }));
  const line = found.locator("tr").filter({ has: page.getByRole("rowheader", { name: row, exact: true }) });
  await line.first().waitFor();
  return line.first().locator("td").allTextContents();
};

/** Chooses a file for a channel and has it looked at; the page of what was found is open then. */
export const chooseFile = async (
  page: Page,
  channel: string,
  file: string,
  profile?: string,
): Promise<void> => {
  await page.goto("/finance/imports");
  await page.getByRole("combobox", { name: "渠道" }).click();
  await page.getByTitle(new RegExp(`${channel}$`)).click();
  if (profile !== undefined) {
    await page.getByRole("combobox", { name: "文件格式" }).click();
    await page.getByTitle(profile, { exact: true }).click();
  }
  await page.getByLabel("选择文件").setInputFiles(file);
  await page.getByRole("button", { name: "读取并试算" }).dblclick();
  await page.waitForURL(/\/finance\/imports\/\d+$/);
};

/**
 * Waits until it is done; whoever is asked in between who he is says so. Ten minutes after the last proof money is let go, and agreed to,
 * only so.
 */
const proved = async (page: Page, isDone: () => Promise<boolean>): Promise<void> => {
  const secret = page.getByRole("dialog", { name: "请再次确认是您本人" }).locator("#step-up");
  await expect
    .poll(async () => {
      if (!(await secret.isVisible())) return isDone();
      await secret.fill(PASSWORD);
      await page.keyboard.press("Enter");
      await secret.waitFor({ state: "hidden" });
      return false;
    })
    .toBe(true);
};

/** The second person agrees to the one thing of this kind that waits, by its key. */
export const agree = async (approver: Page, kind: string): Promise<void> => {
  await approver.goto("/finance/approvals");
  const waiting = approver.getByRole("table", { name: "复核", exact: true });
  await waiting.getByRole("cell", { name: kind }).waitFor();
  expect(await waiting.getByRole("row").count()).toBe(2);
  await approver.keyboard.press("a");
  await proved(approver, () => approver.getByText("没有等待复核的事项").isVisible());
};

/** A looked-at file goes in: agreed to by the second person where one is needed, and posted once by a double click. */
export const importByTwo = async (finance: Page, approver: Page): Promise<void> => {
  const ask = finance.getByRole("button", { name: "请人复核" });
  const confirm = finance.getByRole("button", { name: "确认入账" });
  await ask.or(confirm).waitFor();
  if (await ask.isVisible()) {
    await ask.dblclick();
    await finance.getByText("已请人复核，等待答复").first().waitFor();
    await agree(approver, "导入银行文件");
    await finance.getByText("已同意，可以入账").waitFor();
  }
  await confirm.dblclick();
  await proved(finance, () => finance.getByText("已入账并完成对账").isVisible());
};

/** What was decided here is agreed to there and carried out here; the next thing is marked then. */
export const carriedOutByTwo = async (finance: Page, approver: Page, kind: string): Promise<void> => {
  await finance.getByRole("region", { name: "处理" }).getByText("待复核").waitFor();
  await agree(approver, kind);
  const carryOut = finance.getByRole("button", { name: /按复核结果执行/ });
  await carryOut.waitFor({ timeout: 30_000 });
  await finance.keyboard.press("Enter");
  await proved(finance, async () => (await carryOut.count()) === 0);
};
