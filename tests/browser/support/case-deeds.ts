/** What is done to a case on its page, by whoever does not have it or was not there. */
import type { Page } from "playwright-core";
import type { Api } from "./api.ts";
import { shot, type Visit } from "./browser.ts";
import { untilOwned, wallTime } from "./cases.ts";
import { barOf, chooseIn, dialogOf, sendDialog } from "./forms.ts";

/** A command of the menu of what is seldom done. */
export const seldom = async (page: Page, name: string): Promise<void> => {
  await page.getByRole("button", { name: /关联/ }).click();
  await page.getByRole("menuitem", { name, exact: true }).click();
};

/** What another person has is begun for a reason: the dialog's keys go where it is typed, and not onto its cross. */
export const beginAnothers = async (
  page: Page,
  api: Api,
  ticketNo: string,
  reason: string,
): Promise<void> => {
  await untilOwned(api, ticketNo);
  await page.goto(`/tickets/${ticketNo}`);
  await barOf(page).waitFor();
  await page.keyboard.press("s");
  const why = dialogOf(page).getByRole("textbox", { name: "说明" });
  await why.and(page.locator(":focus")).waitFor();
  await dialogOf(page).getByText("名下。请写明为什么由您开始").waitFor();
  await page.keyboard.press("Control+Enter");
  await page.keyboard.type(reason);
  await shot(page, "case-anothers");
  await sendDialog(page);
};

/** A visit that a desk writes down names who was there and when: not without, and not an hour to come. */
export const enterVisit = async (page: Page, api: Api, text: string): Promise<void> => {
  const notes = page.getByRole("region", { name: "经过" });
  await page.keyboard.press("m");
  await page.keyboard.type(text);
  await chooseIn(page, "记录种类", "上门");
  await notes.getByRole("checkbox", { name: "已完成" }).uncheck();
  const enter = notes.getByRole("button", { name: /^记入/ });
  await enter.and(page.locator(":disabled")).waitFor();
  await chooseIn(page, "谁到场", "主管王成");
  await notes.getByLabel("到场时间").fill(await wallTime(api, 1));
  await enter.click();
  await notes.getByRole("alert").getByText("到场时间不对").waitFor();
  await notes.getByLabel("到场时间").fill(await wallTime(api, 0));
  await shot(page, "case-visit");
  await enter.click();
  await notes.getByText(/到场$/).waitFor();
};

/**
 * Takes what a page complained of while the server was dead, but for this: a link under the mouse fetches its page ahead, and cannot then.
 */
export const complaintsWhileDead = ({ complaints }: Visit): string[] =>
  complaints.splice(0).filter((what) => !what.includes("Failed to fetch dynamically"));
