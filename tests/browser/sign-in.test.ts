import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser, seriousFindings, shot, visit, visitAs } from "./support/browser.ts";
import { type BrowserTown, startBrowserTown } from "./support/town.ts";

let town: BrowserTown;
let browser: Browser;
beforeAll(async () => {
  [town, browser] = await Promise.all([startBrowserTown(), openBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await town.stop();
});

test("a wrong password is said in words, with what to do and a request id", async () => {
  const { page, complaints, close } = await visit(browser, town.url);
  await page.locator('input[autocomplete="username"]').fill("agent");
  await page.locator('input[autocomplete="current-password"]').fill("not it");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").waitFor();
  expect(await page.getByRole("alert").textContent()).toContain("请求编号");
  expect(await seriousFindings(page)).toEqual([]);
  await shot(page, "sign-in");
  expect(complaints).toEqual([]);
  await close();
});

test("who signs in stands where his work is, in both languages, and leaves", async () => {
  const { page, complaints, close } = await visitAs(browser, town.url, "agent");
  await page.getByRole("heading", { level: 1, name: "坐席台" }).waitFor();
  await page.getByRole("banner").getByRole("button").last().click();
  await shot(page, "first-page");
  await page.getByText("English").click();
  await page.getByRole("heading", { level: 1, name: "Desk" }).waitFor();
  expect(await page.locator("html").getAttribute("lang")).toBe("en");
  await page.getByRole("banner").getByRole("button").last().click();
  await page.getByText("Sign out").click();
  await page.locator('input[autocomplete="username"]').waitFor();
  expect(complaints).toEqual([]);
  await close();
});
