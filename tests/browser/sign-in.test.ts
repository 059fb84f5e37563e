import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { apiAs } from "./support/api.ts";
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

test("what one tab does with the login, the others hear; the live feed goes on when the tab that listened closes", async () => {
  const { page: first, complaints, close } = await visitAs(browser, town.url, "agent");
  const second = await first.context().newPage();
  await second.goto("/tickets");
  await second.getByRole("heading", { level: 1, name: "工单" }).waitFor();
  // Who listened is gone, and something happens at once: the other one misses nothing.
  await first.close();
  const supervisor = await apiAs(town.url, "supervisor");
  const { ticketNo } = await supervisor.post<{ ticketNo: string }>("/tickets", {
    category: "heat.not-hot",
    channel: "visit",
    summary: "家里不热，来厅里反映",
    addressText: "光明路 1 号院",
  });
  await second.getByText(ticketNo).first().waitFor();
  // A sequence is one command: "g t" leads to the cases and fires neither key of its own.
  await second.keyboard.press("g");
  await second.keyboard.press("k");
  await second.getByRole("heading", { level: 1, name: "供热常识" }).waitFor();
  const third = await second.context().newPage();
  await third.goto("/tickets");
  await third.getByText(ticketNo).first().waitFor();
  await third.getByRole("banner").getByRole("button").last().click();
  await third.getByText("退出登录").click();
  await third.locator('input[autocomplete="username"]').waitFor();
  await second.locator('input[autocomplete="username"]').waitFor();
  expect(complaints).toEqual([]);
  await close();
});
