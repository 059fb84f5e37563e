/** An answer that is lost: the server does what is asked and the page never hears of it, is loaded anew, and is pressed again. */
import type { Page } from "playwright-core";
import { expect } from "vitest";
import type { BrowserTown } from "./town.ts";

export type Lost = {
  readonly page: Page;
  readonly town: BrowserTown;
  /** Where it is sent to. */
  readonly path: string;
  /** What the server writes into its audit for it. */
  readonly command: string;
  readonly press: () => Promise<void>;
  /** The button that asks again after the reload. */
  readonly again: string;
};

const timesDone = async (town: BrowserTown, command: string): Promise<number> => {
  const [row] = await town.sql<{ n: number }>(
    `select count(distinct request_id)::int as n from audit_events where command = '${command}'`,
  );
  return row?.n ?? 0;
};

/** Done by the first press, though nobody heard of it; and by no other. */
export const doneOnceThough = async ({ page, town, path, command, press, again }: Lost): Promise<void> => {
  const before = await timesDone(town, command);
  await page.route(path, async (route) => {
    if (route.request().method() !== "POST") return route.continue();
    await route.fetch();
    return route.abort("connectionreset");
  });
  await press();
  await page.getByRole("alert").getByText("服务器没有回应").first().waitFor();
  await page.unroute(path);
  await page.reload();
  const button = page.getByRole("button", { name: again, exact: true });
  await button.waitFor();
  expect(await timesDone(town, command)).toBe(before + 1);
  await Promise.all([
    page.waitForResponse((answer) => answer.request().method() === "POST" && answer.ok()),
    button.click(),
  ]);
  await page.getByText("可能已经办成").waitFor({ state: "hidden" });
  expect(await timesDone(town, command)).toBe(before + 1);
};
