/**
 * The console in Debian's Chromium on a town of the size asked for: every page of the menu, opened by those who work on it, from the
 * change of the address until what the server says is drawn; and the search box, from the last key until its answer is drawn.
 * p95 of all openings of a page but the first, which also loads the page's own script and is told besides.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { Page } from "playwright-core";
import { monotonicMs } from "#src/platform/clock.ts";
import { apiAs } from "#tests/browser/support/api.ts";
import { openBrowser, visitAs } from "#tests/browser/support/browser.ts";
import { type Login, LOGINS, menuItems } from "#tests/browser/support/walker.ts";
import { type ConsoleTown, raiseConsoleTown } from "./support/console-town.ts";
import { type Figure, percentile, rounded } from "./support/figure.ts";

const CASES = 10_000;
const ROUNDS = 12;
const SWITCH_MS = 200;
const SEARCH_MS = 100;
/** For this long a page shows what was read before and asks nobody (web/src/api/client.ts); an opening within it measures no server. */
const FRESH_MS = 5000;

/** Opened from others. `$accountNo` and `$ticketNo` are of the town. */
const BELOW: Readonly<Partial<Record<Login, readonly string[]>>> = {
  agent: ["/tickets/$ticketNo", "/households/$accountNo"],
  finance: ["/finance/corrections/$accountNo"],
};

/** Every page of the menu, by the first of those who may open it: those whose page it is come first. */
const pagesByLogin = async (town: ConsoleTown): Promise<ReadonlyMap<Login, readonly string[]>> => {
  const left = new Map((await menuItems()).map((item) => [item.to, item]));
  const pages = new Map<Login, readonly string[]>();
  for (const login of LOGINS) {
    const { permissions } = await (
      await apiAs(town.url, login)
    ).get<{ permissions: readonly string[] }>("/session");
    const own = [...left.values()].filter((item) =>
      item.permissions.some((one) => permissions.includes(one)),
    );
    for (const { to } of own) left.delete(to);
    pages.set(login, [...own.map(({ to }) => to), ...(BELOW[login] ?? [])]);
  }
  if (left.size > 0) throw new Error(`nobody may open ${[...left.keys()].join(", ")}`);
  return pages;
};

/** In the page: counts calls under way, and knows when something was last drawn. */
const WATCH = `(() => {
  const state = { calls: 0, drawn: 0, searched: 0 };
  window.benchState = state;
  const ours = window.fetch.bind(window);
  window.fetch = async (...all) => {
    state.calls += 1;
    if (all[0].url.endsWith("/search")) state.searched = performance.now();
    try { return await ours(...all); } finally { setTimeout(() => { state.calls -= 1; }, 0); }
  };
  const begin = () => new MutationObserver(() => { state.drawn = performance.now(); })
    .observe(document, { subtree: true, childList: true, characterData: true });
  begin();
})()`;

/** Answers the milliseconds from now until the last thing was drawn; quiet is 250 ms without a call and without a change. */
const UNTIL_DRAWN = `new Promise((resolve, reject) => {
  const started = window.benchStarted;
  const state = window.benchState;
  const look = () => {
    const now = performance.now();
    const last = Math.max(state.drawn, started);
    if (state.calls === 0 && now - last > 250) resolve(last - started);
    else if (now - started > 60000) reject(new Error("nothing came to rest within a minute"));
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})`;

const open = async (page: Page, to: string): Promise<number> => {
  await page.evaluate(
    `window.benchStarted = performance.now(); window.history.pushState({}, "", ${JSON.stringify(to)});`,
  );
  return page.evaluate<number>(UNTIL_DRAWN);
};

type Opened = { readonly to: string; readonly first: number; readonly again: readonly number[] };

const openAll = async (page: Page, pages: readonly string[]): Promise<Opened[]> => {
  const first = new Map<string, number>();
  const again = new Map<string, number[]>();
  let began = 0;
  for (let round = 0; round <= ROUNDS; round += 1) {
    if (round > 0) await delay(Math.max(0, began + FRESH_MS + 500 - monotonicMs()));
    began = monotonicMs();
    for (const to of pages) {
      const ms = await open(page, to);
      if (round === 0) first.set(to, ms);
      else again.set(to, [...(again.get(to) ?? []), ms]);
    }
  }
  return pages.map((to) => ({ to, first: first.get(to) ?? 0, again: again.get(to) ?? [] }));
};

/** What agents type, drawn from the town. */
const textsOf = async ({ database }: ConsoleTown): Promise<readonly string[]> => {
  const rows = await database.sql.rows<{ q: string }>(
    `(select name as q from people where kind = 'person' order by hashint8(id) limit 10)
     union all (select right(number, 4) from person_phones order by hashtext(number) limit 10)
     union all (select account_no from heat_accounts order by hashint8(id) limit 10)
     union all (select substr(term, 2, 3) from search_terms where term like 'i%' order by hashint8(account_id) limit 10)`,
  );
  return rows.map(({ q }) => q);
};

type Searched = { readonly asked: number; readonly typed: number };

/** From the request, and from the last key, until the answer is drawn. */
const search = async (page: Page, text: string): Promise<Searched> => {
  const box = page.getByRole("search").getByRole("combobox");
  await box.fill("");
  await page.evaluate("window.benchState.searched = 0; window.benchStarted = performance.now();");
  await box.fill(text);
  const drawn = await page.evaluate<number>(UNTIL_DRAWN);
  const waited = await page.evaluate<number>("window.benchState.searched - window.benchStarted");
  if (waited < 0) throw new Error(`the box asked nothing for ${text.length} characters`);
  return { asked: drawn - waited, typed: drawn };
};

const pageFigure = (who: string, households: number, { to, first, again }: Opened): Figure => {
  const measured = percentile(again, 0.95);
  return {
    name: `page ${to} (${who}), ${households} households, p95`,
    measured,
    limit: null,
    unit: "ms",
    ratio: null,
    peakMiB: null,
    target: `<= ${SWITCH_MS}`,
    ok: measured <= SWITCH_MS,
    note: `median ${rounded(percentile(again, 0.5))}, first opening ${rounded(first)}`,
  };
};

const searchFigure = (name: string, all: readonly number[], note: string): Figure => {
  const measured = percentile(all, 0.95);
  return {
    name,
    measured,
    limit: null,
    unit: "ms",
    ratio: null,
    peakMiB: null,
    target: `<= ${SEARCH_MS}`,
    ok: measured <= SEARCH_MS,
    note,
  };
};

const measureScreens = async (
  town: ConsoleTown,
  households: number,
  say: (text: string) => void,
): Promise<Figure[]> => {
  const browser = await openBrowser();
  try {
    const { accountNo, ticketNo } = await town.database.sql.one<{ accountNo: string; ticketNo: string }>(
      `select h.account_no as "accountNo", t.ticket_no as "ticketNo"
       from tickets t join heat_accounts h on h.id = t.account_id order by t.id desc limit 1`,
    );
    const figures: Figure[] = [];
    for (const [who, pages] of await pagesByLogin(town)) {
      if (pages.length === 0) continue;
      const visit = await visitAs(browser, town.url, who);
      await visit.page.addInitScript(WATCH);
      await visit.page.reload();
      await visit.page.locator("#content").waitFor();
      const named = pages.map((to) => to.replace("$accountNo", accountNo).replace("$ticketNo", ticketNo));
      for (const [n, opened] of (await openAll(visit.page, named)).entries()) {
        const figure = pageFigure(who, households, { ...opened, to: pages[n] ?? opened.to });
        figures.push(figure);
        say(`console: ${figure.name}: ${rounded(figure.measured)} ms (${figure.note ?? ""})`);
      }
      if (who === "agent") {
        const found: Searched[] = [];
        for (const text of await textsOf(town)) found.push(await search(visit.page, text));
        figures.push(
          searchFigure(
            `search box in the browser, ${households} households, p95`,
            found.map(({ asked }) => asked),
            "from the request until drawn",
          ),
          searchFigure(
            `search box in the browser from the last key, ${households} households, p95`,
            found.map(({ typed }) => typed),
            "with the wait for a further key",
          ),
        );
      }
      await visit.close();
    }
    return figures;
  } finally {
    await browser.close();
  }
};

export const measureConsole = async (households: number, say: (text: string) => void): Promise<Figure[]> => {
  const town = await raiseConsoleTown(households, CASES, say);
  try {
    return await measureScreens(town, households, say);
  } finally {
    await town.stop();
  }
};
