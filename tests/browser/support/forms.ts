/** What tests do to forms of the console: choose, fill, send; and files that are what they say, or are not. */
import type { Locator, Page } from "playwright-core";

/** The smallest picture. */
export const PHOTO = {
  name: "现场.png",
  mimeType: "image/png",
  buffer: Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    "base64",
  ),
};
/** A program, whatever it calls itself. */
export const PROGRAM = {
  name: "photo.png",
  mimeType: "image/png",
  buffer: Buffer.from("4d5a90000300000004000000", "hex"),
};

export const dialogOf = (page: Page): Locator => page.getByRole("dialog");

export const chooseIn = async (page: Page, box: string, option: string): Promise<void> => {
  await page.getByRole("combobox", { name: box, exact: true }).click();
  // What is chosen already bears the name as well; the list stands last.
  await page.getByTitle(option, { exact: true }).last().click();
};

/** Sends the dialog by its key; it closes when it was done. */
export const sendDialog = async (page: Page): Promise<void> => {
  await page.keyboard.press("Control+Enter");
  await dialogOf(page).waitFor({ state: "hidden" });
};

/** The line above a page, with its state and what can be done. */
export const barOf = (page: Page): Locator =>
  page.locator("header").filter({ has: page.getByRole("heading", { level: 1 }) });

/**
 * What a page says in our own words, as far as it is Chinese: buttons, headings, columns, names of fields. What people and places are
 * called is theirs.
 */
export const chineseOfOurs = (page: Page): Promise<string[]> =>
  page.evaluate<string[]>(
    `[...document.querySelectorAll("main button, main h2, main th, main dt, main label, main [aria-label]")]
      .flatMap((one) => [
        one.getAttribute("aria-label") ?? "",
        one.matches("button, h2, th, dt, label") ? one.textContent : "",
      ])
      .filter((text) => /[\\u4e00-\\u9fff]/.test(text))`,
  );
