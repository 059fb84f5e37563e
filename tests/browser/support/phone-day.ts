/** What a manager does with a phone besides walking: a message becomes a case, who owes is looked up, and the lists are there without a line. */
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { until } from "#tests/support/until.ts";
import type { Api } from "./api.ts";
import { seriousFindings, shot } from "./browser.ts";
import { keptOn } from "./stairwell-walk.ts";
import type { BrowserTown } from "./town.ts";

export const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=",
  "base64",
);

const AHEAD = ["my-day", "stairwells", "tasks", "categories", "owing"];

/** The pages, and the lists that may be opened without signal, are on the phone, whatever page was opened. */
export const untilReadAhead = (page: Page): Promise<unknown> =>
  until("the lists of the day are on the phone", async () => {
    if (!(await page.evaluate<boolean>("navigator.serviceWorker.controller !== null"))) return false;
    const names = new Set((await keptOn(page, "copies")).map(({ name }) => name));
    return AHEAD.every((name) => names.has(name));
  });

const countPresses = (page: Page): Promise<unknown> =>
  page.evaluate(
    "void (globalThis.pressed = 0, addEventListener('pointerdown', (event) => { if (event.isTrusted) globalThis.pressed += 1; }, true))",
  );
const pressed = (page: Page): Promise<number> => page.evaluate<number>("globalThis.pressed");

const makeCase = async (page: Page, presses: number): Promise<void> => {
  await page.getByRole("button", { name: "建工单" }).click();
  await page.getByText(/已建工单/).waitFor();
  expect(await page.getByText(/系统判断为/).textContent()).toMatch(/不热|温/);
  expect(await pressed(page)).toBe(presses);
};

/** From the page of the day: what was copied in a chat is a case after two presses. What another app shares is one after its own and one. */
export const chatBecomesCase = async (page: Page): Promise<void> => {
  await page.goto("/my");
  await page.evaluate(
    "navigator.clipboard.writeText('王姐，我们星河公馆1号楼202，暖气一直不热，孩子都冻感冒了')",
  );
  await countPresses(page);
  await page.getByRole("button", { name: "粘贴建单" }).click();
  await makeCase(page, 2);
  await shot(page, "area-chat");
  expect(await seriousFindings(page)).toEqual([]);

  // As a phone does it that gives a shared text to the installed page: a form to the worker, which never reaches the server.
  const reached: string[] = [];
  page.context().on("request", (request) => {
    if (
      request.method() === "POST" &&
      new URL(request.url()).pathname === "/my/chat" &&
      request.serviceWorker()
    )
      reached.push(request.url());
  });
  const text = "星河公馆1号楼301 暖气不热，分享自微信";
  await page.evaluate(`(() => {
    const form = Object.assign(document.createElement("form"), { method: "post", action: "/my/chat", enctype: "multipart/form-data" });
    const field = Object.assign(document.createElement("textarea"), { name: "text", value: ${JSON.stringify(text)} });
    form.append(field);
    document.body.append(form);
    form.submit();
  })()`);
  await expect.poll(() => page.getByLabel("消息内容").inputValue()).toBe(text);
  expect([new URL(page.url()).search, reached]).toEqual(["", []]);
  await countPresses(page);
  await makeCase(page, 1);
};

/** Two days ago every bank had sent its proof, since then not all of them: as on any morning. */
export const certifyTwoDaysAgo = (town: BrowserTown): Promise<unknown> =>
  town.sql(`insert into certified_channel_days select channel.id, day, now()
    from channels channel, (select max(business_day) - 2 as day from shifts) latest
    on conflict do nothing`);

type Arrears = { readonly asOf: string; readonly totals: { readonly accounts: number } };
/** From the page of the day, with the sum of all and the day it goes by. */
export const seeWhoOwes = async (page: Page, area: Api): Promise<void> => {
  const { asOf, totals } = await area.get<Arrears>("/arrears?asOf=last-certified&limit=1");
  await page.goto("/my");
  await page.getByRole("link", { name: `欠费 ${totals.accounts} 户` }).click();
  await page.getByRole("heading", { level: 1, name: "欠费住户" }).waitFor();
  await page.getByText(`${totals.accounts} 户，合计`).waitFor();
  await page.getByText(`收款核到 ${asOf}`).waitFor();
  const rows = page.getByRole("list").filter({ has: page.getByRole("link", { name: /号楼/ }) });
  await rows.first().waitFor();
  // Page by page to the last home.
  const more = page.getByRole("button", { name: "再看一页" });
  const homes = rows.getByRole("listitem");
  while ((await homes.count()) < totals.accounts) {
    const before = await homes.count();
    await more.click();
    await expect.poll(() => homes.count()).toBeGreaterThan(before);
  }
  expect([await homes.count(), await more.count()]).toEqual([totals.accounts, 0]);
  expect(await seriousFindings(page)).toEqual([]);
  await shot(page, "area-owing");
};

/** What a colleague writes meanwhile. */
export const patchSummary = async (api: Api, ticketNo: string, version: number): Promise<void> => {
  const madeAt = new Date().toISOString();
  const { summary } = await api.get<{ summary: string }>(`/tickets/${ticketNo}`);
  const now = "厨房水管漏水（同事改）";
  await api.post(`/tickets/${ticketNo}/field-changes`, {
    madeAt,
    changes: [{ field: "summary", was: summary, now }],
  });
  expect(version).toBeGreaterThan(0);
};
