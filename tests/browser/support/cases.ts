/** Cases as tests need them: opened and closed by the API, and typed into the page as an agent types. */
import type { Locator, Page } from "playwright-core";
import { until } from "#tests/support/until.ts";
import type { Api } from "./api.ts";
import { chooseIn, dialogOf } from "./forms.ts";

export type Case = { readonly ticketNo: string };
type Version = { readonly version: number };

/** Waits until somebody has the case; its version then. */
export const untilOwned = async (api: Api, ticketNo: string): Promise<number> => {
  const read = () => api.get<Version & { readonly owner: string | null }>(`/tickets/${ticketNo}`);
  await until("somebody has the case", async () => (await read()).owner !== null);
  return (await read()).version;
};

/** A case that was started and closed as explained. */
export const closedCase = async (api: Api, given: object, text: string): Promise<string> => {
  const { ticketNo } = await api.post<Case>("/tickets", { channel: "visit", ...given });
  const version = await untilOwned(api, ticketNo);
  const started = await api.post<Version>(
    `/tickets/${ticketNo}/commands`,
    { command: "start", text: "电话里已处理" },
    { ifMatch: version },
  );
  const closing = { closingClass: "explained", text };
  await api.post(`/tickets/${ticketNo}/close`, closing, { ifMatch: started.version });
  return ticketNo;
};

/** Wall time of the house, `hours` from its now, as it is typed into a field of day and hour. */
export const wallTime = async (api: Api, hours: number): Promise<string> => {
  const { now } = await api.get<{ now: string }>("/session");
  return new Date(Date.parse(now) + (hours + 8) * 3_600_000).toISOString().slice(0, 16);
};

/** A new case of a household, typed up to its words: the number of the category, Enter, and on to the field of the words. */
export const typeNewCase = async (
  page: Page,
  accountNo: string,
  category: string,
  words: string,
): Promise<Locator> => {
  await page.goto(`/tickets/new?account=${accountNo}`);
  // Where the household is known, the form begins at the category.
  await page.getByRole("combobox", { name: "类别" }).and(page.locator(":focus")).waitFor();
  await page.keyboard.type(category);
  await page.keyboard.press("Enter");
  const summary = page.getByRole("textbox", { name: "内容" });
  await summary.and(page.locator(":focus")).waitFor();
  await page.keyboard.type(words);
  return summary;
};

/** "Not mine", from the page of the case; sent, whatever comes of it. */
export const giveBack = async (page: Page): Promise<void> => {
  await page.getByRole("button", { name: /退回/ }).waitFor();
  await page.keyboard.press("b");
  await chooseIn(page, "退回原因", "分类有误");
  await dialogOf(page).getByRole("textbox", { name: "说明" }).fill("应为户内问题");
  await page.keyboard.press("Control+Enter");
};

/** The server does what is sent, and the page never hears of it; `meanwhile` happens between the two. */
export const loseAnswer = (page: Page, meanwhile?: () => void): Promise<unknown> =>
  page.route("**/api/v1/tickets", async (route) => {
    if (route.request().method() !== "POST") return route.continue();
    await route.fetch();
    meanwhile?.();
    return route.abort("connectionreset");
  });
