/** Goes through the pages of the console as somebody who looks at everything and changes nothing. */
import { globSync } from "node:fs";
import path from "node:path";
import type { Browser, Page, Request, Route } from "playwright-core";
import { must } from "#src/kernel/errors.ts";
import { apiAs } from "./api.ts";
import { type Visit, visit, visitAs } from "./browser.ts";
import type { BrowserTown } from "./town.ts";
import type { Samples } from "./walk-town.ts";

/** Whoever works here, those first whose page it is. */
export const LOGINS = [
  "agent",
  "area1",
  "cashier1",
  "finance",
  "approver",
  "supervisor",
  "admin",
  "auditor",
] as const;
export type Login = (typeof LOGINS)[number];

/** A page: its pattern in the router, an address of it, and who may open it. */
export type Stop = { readonly pattern: string; readonly address: string; readonly by: readonly Login[] };
type Item = { readonly to: string; readonly permissions: readonly string[] };

/** Pages that no menu names: opened from others, by whoever may open those. */
const WITHOUT_MENU: Readonly<Record<string, string>> = {
  "/finance/corrections/$accountNo": "/finance/suspense",
  "/finance/imported/$id": "/finance/imports",
  "/households/$accountNo": "/tickets",
  "/lists/$name": "/overview",
};

/** The entries of the menu with the permissions that open them, as the areas declare them. */
export const menuItems = async (): Promise<Item[]> => {
  const sources = path.resolve(import.meta.dirname, "..", "..", "..", "web", "src", "screens");
  const items: Item[] = [];
  for (const file of globSync("*/area.ts", { cwd: sources })) {
    const areas = (await import(path.join(sources, file))) as Record<string, { items: readonly Item[] }>;
    for (const area of Object.values(areas)) items.push(...area.items);
  }
  return items;
};

/** All pages of the router, each with the logins that may open it. */
export const planWalk = async (browser: Browser, town: BrowserTown, samples: Samples): Promise<Stop[]> => {
  const items = await menuItems();
  const rights = new Map<Login, readonly string[]>();
  for (const login of LOGINS) {
    const api = await apiAs(town.url, login);
    rights.set(login, (await api.get<{ permissions: readonly string[] }>("/session")).permissions);
  }
  const { page, close } = await visit(browser, town.url);
  await page.locator('input[autocomplete="username"]').waitFor();
  const patterns = await page.evaluate<string[]>("Object.keys(self.__TSR_ROUTER__.routesByPath)");
  await close();
  return patterns
    .filter((pattern) => pattern !== "/")
    .map((pattern) => {
      const below = WITHOUT_MENU[pattern] ?? pattern;
      const [item] = items
        .filter(({ to }) => below === to || below.startsWith(`${to}/`))
        .toSorted((a, b) => b.to.length - a.to.length);
      const needed = must(item, `a menu entry above ${pattern}`).permissions;
      const by = LOGINS.filter((login) => needed.some((one) => rights.get(login)?.includes(one)));
      const address = pattern.includes("$")
        ? must(samples[pattern], `an address for ${pattern}: walk-town.ts makes one`)
        : pattern;
      return { pattern, address, by };
    });
};

/** What reads by a body, or says who somebody is. */
const READS = /\/(search|session|preview|notice-previews|look-up)(\/|$|\?)/;
const REFUSAL_ID = "00000000-0000-4000-8000-00000000walk";

const refuse = (route: Route): Promise<void> =>
  route.fulfill({
    status: 500,
    contentType: "application/problem+json",
    body: JSON.stringify({
      type: "about:blank",
      title: "refused by the walk",
      status: 500,
      code: "walk.refused",
      detail: "nothing is answered here",
      requestId: REFUSAL_ID,
    }),
  });

export type Walker = Visit & {
  /** To an address within the console, until nothing moves any more. */
  go(address: string): Promise<void>;
  settle(): Promise<void>;
  /** From now on also every read is refused, but for the session. */
  refuseReads(): Promise<void>;
  readonly refusalId: string;
  /** Reads that were asked since it was asked last. */
  takeReads(): number;
};

type Options = { readonly language?: "zh-CN" | "en"; readonly phone?: boolean };

/** Somebody signed in, whose writes are refused: every button may be pressed. */
export const walkAs = async (
  browser: Browser,
  town: BrowserTown,
  login: string,
  options: Options = {},
): Promise<Walker> => {
  const made = await visitAs(browser, town.url, login, options);
  const { page } = made;
  let open = 0;
  let reads = 0;
  let refusesReads = false;
  const counts = (url: string): boolean => url.includes("/api/v1/") && !url.includes("/api/v1/live");
  page.on("request", (request) => (open += counts(request.url()) ? 1 : 0));
  const end = (request: Request): number => (open -= counts(request.url()) ? 1 : 0);
  page.on("requestfinished", end);
  page.on("requestfailed", end);
  page.on("filechooser", () => undefined);
  page.context().on("page", (opened) => void opened.close());
  await page.route("**/api/v1/**", (route) => {
    const request = route.request();
    const isRead = request.method() === "GET" || READS.test(new URL(request.url()).pathname);
    if (!isRead) return refuse(route);
    if (request.url().includes("/session") || !counts(request.url())) return route.fallback();
    reads += 1;
    return refusesReads ? refuse(route) : route.fallback();
  });
  const settle = async (): Promise<void> => {
    let quiet = 0;
    const ends = performance.now() + 15_000;
    while (quiet < 2 && performance.now() < ends) {
      const isStill = await page.evaluate<boolean>(STILL);
      quiet = isStill && open <= 0 ? quiet + 1 : 0;
    }
  };
  return {
    ...made,
    settle,
    go: async (address) => {
      await page.evaluate(`self.__TSR_ROUTER__.history.push(${JSON.stringify(address)})`);
      await settle();
    },
    refuseReads: async () => {
      refusesReads = true;
      // What was read before is forgotten.
      await page.reload();
      await page.locator("#content").waitFor();
      await settle();
    },
    refusalId: REFUSAL_ID,
    takeReads: () => {
      const taken = reads;
      reads = 0;
      return taken;
    },
  };
};

/** Two frames on: the router is idle, nothing spins, and the page has its name. */
const STILL = `new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve(
  self.__TSR_ROUTER__.state.status === "idle" && document.querySelector('.ant-spin-spinning, .ant-btn-loading, [aria-busy=true]') === null
))))`;

/** What can be pressed on the page, each once by its name: of a table the first row only. */
const BUTTONS = `(() => {
  const names = [];
  for (const button of document.querySelectorAll("#content button")) {
    if (button.disabled || !button.checkVisibility() || button.closest(".ant-select, .ant-picker, [role=menu], [role=radiogroup]")) continue;
    const row = button.closest("tbody tr");
    if (row !== null && row.parentElement.querySelector("tr[data-row-key]") !== row) continue;
    const name = button.getAttribute("aria-label") ?? button.textContent.trim();
    if (!names.includes(name)) names.push(name);
  }
  return names;
})()`;

const press = (page: Page, name: string): Promise<void> =>
  page.evaluate(`(() => {
    for (const button of document.querySelectorAll("#content button"))
      if (button.checkVisibility() && (button.getAttribute("aria-label") ?? button.textContent.trim()) === ${JSON.stringify(name)})
        return void button.click();
  })()`);

const pressRow = (page: Page): Promise<void> =>
  page.evaluate(`document.querySelector("#content tbody tr[tabindex]")?.click()`);

/** Dialogs and drawers that stand open. */
const OPEN = "[role=dialog]:visible";

const closeAll = async ({ page, go, settle }: Walker, address: string): Promise<void> => {
  for (let tries = 0; tries < 2 && (await page.locator(OPEN).count()) > 0; tries += 1) {
    await page.keyboard.press("Escape");
    await settle();
  }
  const where = new URL(page.url());
  if ((await page.locator(OPEN).count()) === 0 && `${where.pathname}${where.search}` === address) return;
  if ((await page.locator(OPEN).count()) > 0) await page.goto("/knowledge");
  await go(address);
};

/** Presses everything on the page, and lets `look` see each dialog that opens. */
export const openDialogs = async (
  walker: Walker,
  withRow: boolean,
  look: (name: string) => Promise<void>,
): Promise<void> => {
  const { page, settle } = walker;
  const where = new URL(page.url());
  const address = `${where.pathname}${where.search}`;
  const names = await page.evaluate<string[]>(BUTTONS);
  for (const name of withRow ? [...names, ""] : names) {
    await (name === "" ? pressRow(page) : press(page, name));
    await settle();
    if ((await page.locator(OPEN).count()) > 0) await look(name === "" ? "row" : name);
    await closeAll(walker, address);
  }
};
