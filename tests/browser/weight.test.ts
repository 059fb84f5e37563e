/** What a first page costs: script as gzip sends it, and the time until somebody can begin. */
import { statSync } from "node:fs";
import path from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser, signIn, visit } from "./support/browser.ts";
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

/** Bytes of script that the page has loaded so far, as gzip sends them. */
const scriptBytes = async (page: Page): Promise<number> => {
  const names = await page.evaluate<string[]>(
    "performance.getEntriesByType('resource').map((entry) => new URL(entry.name).pathname)",
  );
  return [...new Set(names)]
    .filter((name) => name.endsWith(".js"))
    .reduce((sum, name) => sum + statSync(path.join(BUILD, `${name}.gz`)).size, 0);
};

test("the first route is at most 300 kB of script", async () => {
  const { page, close } = await visit(browser, town.url);
  await page.locator('input[autocomplete="username"]').waitFor();
  const first = await scriptBytes(page);
  await signIn(page, "agent");
  await page.getByRole("heading", { level: 1 }).waitFor();
  const desk = await scriptBytes(page);
  console.log(
    `script, gzip: sign-in ${Math.round(first / 1000)} kB, agent's first page ${Math.round(desk / 1000)} kB`,
  );
  expect(first).toBeLessThanOrEqual(300_000);
  await close();
});

test("the household's page is at most 100 kB of script", async () => {
  const { page, close } = await visit(browser, town.url);
  await page.goto("/me");
  await page.getByRole("heading", { level: 1 }).first().waitFor();
  expect(await scriptBytes(page)).toBeLessThanOrEqual(100_000);
  await close();
});
