/** What a first page costs: script as gzip sends it, and how many files that is. */
import { statSync } from "node:fs";
import path from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser, seriousFindings, shot, signIn, visit } from "./support/browser.ts";
import { type BrowserTown, startBrowserTown } from "./support/town.ts";

const BUILD = path.resolve(import.meta.dirname, "..", "..", "web", "dist");
let town: BrowserTown;
let browser: Browser;
beforeAll(async () => {
  [town, browser] = await Promise.all([startBrowserTown(), openBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await town.stop();
});

/** The script that the page asked for before it was at rest and began to fetch what is opened later. */
const scripts = async (page: Page): Promise<string[]> => {
  const names = await page.evaluate<string[]>(`(() => {
    const ahead = performance.getEntriesByName("fetched-ahead")[0]?.startTime ?? Infinity;
    return performance.getEntriesByType("resource")
      .filter(({ startTime }) => startTime < ahead)
      .map(({ name }) => new URL(name).pathname);
  })()`);
  return [...new Set(names)].filter((name) => name.endsWith(".js"));
};
const bytesOf = (names: readonly string[]): number =>
  names.reduce((sum, name) => sum + statSync(path.join(BUILD, `${name}.gz`)).size, 0);

/** Somebody's first page, from the sign-in on. */
const firstPage = async (login: string): Promise<string[]> => {
  const { page, close } = await visit(browser, town.url);
  await signIn(page, login);
  await page.evaluate(`new Promise((resolve) => {
    new PerformanceObserver((list) => {
      if (list.getEntriesByName("fetched-ahead").length > 0) resolve();
    }).observe({ type: "mark", buffered: true });
  })`);
  const all = await scripts(page);
  console.log(
    `script, gzip: ${login} at ${new URL(page.url()).pathname}: ${Math.round(bytesOf(all) / 1000)} kB in ${all.length} files`,
  );
  if (process.env["WEIGHT"] === "files")
    console.log(all.map((name) => `${bytesOf([name])} ${name}`).join("\n"));
  await close();
  return all;
};

/** Thousands of bytes, of those who begin on different pages. */
const LIMITS = {
  agent: 300,
  area1: 300,
  cashier1: 300,
  finance: 300,
  approver: 300,
  supervisor: 300,
  admin: 300,
} as const;

test("everybody's first page is at most 300 kB of script", async () => {
  const over: string[] = [];
  const measure = async ([login, limit]: [string, number]): Promise<void> => {
    const bytes = bytesOf(await firstPage(login));
    if (bytes > limit * 1000) over.push(`${login}: ${bytes}`);
  };
  await Promise.all(Object.entries(LIMITS).map(measure));
  expect(over).toEqual([]);
});

test("a dialog that comes late takes the keys pressed meanwhile; one that does not come says so, and the way to it", async () => {
  const { page, complaints, close } = await visit(browser, town.url);
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route("**/assets/new-person-*.js", async (route) => {
    await released;
    await route.continue();
  });
  await page.route("**/assets/person-drawer-*.js", (route) => route.abort());
  await page.route("**/assets/ask-before-*.js", (route) => route.abort());
  await signIn(page, "admin");
  await page.getByRole("table").getByText("cashier1").waitFor();
  await page.keyboard.press("n");
  await page.keyboard.type("wan.lo");
  release();
  const first = page.getByRole("dialog").getByRole("textbox").first();
  await first.and(page.locator(":focus")).waitFor();
  await page.keyboard.type("ng");
  expect(await first.inputValue()).toBe("wan.long");
  await page.keyboard.press("Escape");
  await page.getByRole("row", { name: "cashier1" }).click();
  await page.getByRole("alert").getByText("服务器没有回应").waitFor();
  await page.unroute("**/assets/person-drawer-*.js");
  await page.getByRole("button", { name: "重新读取" }).click();
  await page.getByRole("alert").waitFor({ state: "detached" });
  await page.getByRole("row", { name: "cashier1" }).click();
  const drawer = page.getByRole("dialog");
  await drawer.getByText("收费员甲").first().waitFor();

  // A question that does not come: what it asks about is not done, and the page says which deed that is.
  const changes: string[] = [];
  page.on("request", (sent) => {
    if (sent.method() === "PATCH") changes.push(sent.url());
  });
  await drawer.getByRole("button", { name: "停用账号" }).click();
  await page.getByText("“停用账号”没有执行").waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await shot(page, "question-not-come");
  expect(changes).toEqual([]);
  await page.unroute("**/assets/ask-before-*.js");
  // The drawer behind it does not hold the keys.
  await page.getByRole("button", { name: "重新读取" }).and(page.locator(":focus")).waitFor();
  await page.keyboard.press("Enter");
  await page.getByText("“停用账号”没有执行").waitFor({ state: "detached" });
  await page.getByRole("row", { name: "cashier1" }).click();
  await drawer.getByRole("button", { name: "停用账号" }).click();
  const question = page.getByRole("dialog", { name: "停用账号", exact: true });
  await question.getByRole("button", { name: "确定" }).click();
  await drawer.getByRole("button", { name: "启用账号" }).waitFor();
  expect(changes).toHaveLength(1);
  expect(complaints).toEqual([]);
  await close();
});

test("the household's page is at most 100 kB of script", async () => {
  const { page, close } = await visit(browser, town.url);
  await page.goto("/me");
  await page.getByRole("heading", { level: 1 }).first().waitFor();
  expect(bytesOf(await scripts(page))).toBeLessThanOrEqual(100_000);
  await close();
});
