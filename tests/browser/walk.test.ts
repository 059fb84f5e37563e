/**
 * Every page of the router, as somebody sees it who may open it: in both languages, with its dialogs; when the server refuses; on a
 * phone. The list of pages is the router's own, so that a new page cannot be forgotten.
 */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser, seriousFindings, shot } from "./support/browser.ts";
import { type BrowserTown, startBrowserTown } from "./support/town.ts";
import { fillTown, type Samples } from "./support/walk-town.ts";
import { type Login, openDialogs, planWalk, type Stop, type Walker, walkAs } from "./support/walker.ts";
import { rememberData, strayWords } from "./support/words-on-page.ts";

let town: BrowserTown;
let browser: Browser;
let samples: Samples;
let stops: readonly Stop[];
beforeAll(async () => {
  [town, browser] = await Promise.all([startBrowserTown(), openBrowser()]);
  samples = await fillTown(town);
  stops = await planWalk(browser, town, samples);
}, 240_000);
afterAll(async () => {
  await browser.close();
  await town.stop();
});

/** Who works on a page sees more of it than who may read it: those with more rights first, the other way round in English. */
const WORKERS: readonly Login[] = [
  "supervisor",
  "finance",
  "admin",
  "cashier1",
  "area1",
  "approver",
  "agent",
];
const whoOf = ({ pattern, by }: Stop, order: readonly Login[]): Login | undefined =>
  // The pages of a phone that keeps things belong to whoever owns the phone.
  pattern.startsWith("/my") ? "area1" : (order.find((login) => by.includes(login)) ?? by[0]);

type Language = "zh-CN" | "en";
/**
 * The long form opens the dialogs in English as well, has axe look at both languages and keeps a picture of everything; the short one,
 * which CI runs, does so in Chinese, and reads the words of the English pages.
 */
const isLong = process.env["WALK"] === "long";
const nameOf = (pattern: string): string => pattern.slice(1).replaceAll("/", "-").replaceAll("$", "");

/** The hour in the bar: that of the house (25 November, 8:05 and some minutes), not of the machine. */
const foreignHour = async ({ page }: Walker): Promise<string[]> => {
  const said = (await page.locator("#content").textContent()) ?? "";
  const hours = [...said.matchAll(/(?:截至|As of) (\d\d:\d\d)/g)].map(([, hour = ""]) => hour);
  return hours.filter((hour) => hour < "08:00" || hour > "08:40").map((hour) => `as of ${hour}`);
};

/** A page is as wide as its window, whatever is written on it. */
const IS_TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth";

/** Parts of the bar that lie over each other, or outside of the screen: somebody's whole menu in the longer language. */
const CROWDED_BAR = `(() => {
  const parts = [...document.querySelectorAll("header a, header nav button, header input, header > button, header > * > button")]
    .filter((one) => one.checkVisibility() && one.closest("#content") === null).map((one) => ({ name: one.getAttribute("aria-label") ?? one.textContent, box: one.getBoundingClientRect() }));
  const wrong = parts.filter(({ box }) => box.right > window.innerWidth || box.bottom > 44).map(({ name }) => name + " leaves the bar");
  parts.forEach((one, at) => parts.slice(at + 1).forEach((other) => {
    const width = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
    const height = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
    if (width > 1 && height > 1) wrong.push(one.name + " lies over " + other.name);
  }));
  return wrong;
})()`;

/** One person's pages, one after the other; answers what is wrong with them. */
const walk = async (login: Login, own: readonly Stop[], language: Language): Promise<string[]> => {
  const walker = await walkAs(browser, town, login, { language });
  const { page } = walker;
  const data = await rememberData(page);
  const found: string[] = [];
  const look = async (where: string): Promise<void> => {
    const wrong = await strayWords(page, data, language);
    if (await page.evaluate<boolean>(IS_TOO_WIDE)) wrong.push("scrolls sideways");
    if (language === "zh-CN" || isLong) {
      wrong.push(...(await seriousFindings(page)));
      await shot(page, `walk-${language}-${where}`);
    }
    found.push(...wrong.map((what) => `${language} ${login} ${where}: ${what}`));
  };
  const crowded = await page.evaluate<string[]>(CROWDED_BAR);
  found.push(...crowded.map((what) => `${language} ${login} bar: ${what}`));
  for (const stop of own) {
    await walker.go(stop.address);
    await look(nameOf(stop.pattern));
    found.push(...(await foreignHour(walker)).map((what) => `${stop.pattern}: ${what}`));
    const opensPages = stops.some(({ pattern }) => pattern.startsWith(`${stop.pattern}/$`));
    if (language === "en" && !isLong) continue;
    let dialogs = 0;
    await openDialogs(walker, !opensPages, async () => {
      dialogs += 1;
      await look(`${nameOf(stop.pattern)}-dialog-${dialogs}`);
    });
  }
  found.push(...walker.complaints.map((what) => `${language} ${login}: ${what}`));
  await walker.close();
  return found;
};

/** All pages in one language, each by one of those who may open it. */
const walkAll = async (language: Language, who: (stop: Stop) => Login | undefined): Promise<string[]> => {
  const found: string[] = [];
  for (const [login, own] of Map.groupBy(stops, who)) {
    if (login === undefined) found.push(...own.map(({ pattern }) => `nobody may open ${pattern}`));
    else found.push(...(await walk(login, own, language)));
  }
  return found;
};

test("every page and dialog, in both languages: nothing that axe calls serious, no key, no foreign word, no complaint", async () => {
  const [chinese, english] = await Promise.all([
    walkAll("zh-CN", (stop) => whoOf(stop, WORKERS)),
    walkAll("en", (stop) => whoOf(stop, WORKERS.toReversed())),
  ]);
  expect([...chinese, ...english]).toEqual([]);
}, 600_000);

test("a page whose reads are refused says so, with the id of the request to copy", async () => {
  const silent: string[] = [];
  for (const [login = "agent", own] of Map.groupBy(stops, ({ by }) => by[0])) {
    const walker = await walkAs(browser, town, login);
    await walker.refuseReads();
    for (const { pattern, address } of own) {
      walker.takeReads();
      await walker.go(address);
      if (walker.takeReads() === 0) continue;
      const alert = walker.page.getByRole("alert").filter({ hasText: walker.refusalId });
      const hasCopy = await alert
        .first()
        .getByRole("button", { name: "复制" })
        .count()
        .catch(() => 0);
      if (hasCopy === 0) silent.push(pattern);
    }
    await shot(walker.page, `walk-refused-${login}`);
    expect(walker.complaints).toEqual([]);
    await walker.close();
  }
  expect(silent).toEqual([]);
});

/** What a manager looks at on the way. */
const ON_PHONE: readonly string[] = [
  "/overview",
  "/sheets",
  "/sheets/$day/$sheet",
  "/boards/service",
  "/boards/collection",
  "/closures",
  "/lists/$name",
  "/notices",
  "/notices/$noticeId",
  "/pressure-tests",
  "/pressure-tests/$testId",
  "/tickets",
  "/tickets/$ticketNo",
  "/households/$accountNo",
];
const FINGER_PX = 44;

/** What is wider than the screen, and what of the main actions is too small for a finger. */
const MISFITS = `(() => {
  const wrong = [];
  const page = document.documentElement;
  if (page.scrollWidth > page.clientWidth) wrong.push("scrolls sideways: " + page.scrollWidth + " px");
  const main = "#content > header :is(button, a[class*=btn], .ant-select, input, label), #content nav a, nav:last-of-type > *";
  for (const one of document.querySelectorAll(main)) {
    // Of what is inside of something that is pressed as a whole, the whole.
    const whole = one.closest(".ant-select, .ant-segmented, label, .ant-input-affix-wrapper") ?? one;
    const { height, width } = whole.getBoundingClientRect();
    if (one.checkVisibility() && height > 0 && (height < ${FINGER_PX} || width < ${FINGER_PX}))
      wrong.push((one.getAttribute("aria-label") ?? one.textContent ?? "").trim() + " is " + Math.round(width) + " by " + Math.round(height) + " px");
  }
  return wrong;
})()`;

test("a manager's pages fit a phone, their main actions a finger; a lost line is said and found again", async () => {
  const walker = await walkAs(browser, town, "supervisor", { phone: true });
  const { page } = walker;
  const wrong: string[] = [];
  for (const stop of stops.filter(({ pattern }) => ON_PHONE.includes(pattern))) {
    await walker.go(stop.address);
    wrong.push(...(await page.evaluate<string[]>(MISFITS)).map((what) => `${stop.pattern}: ${what}`));
    wrong.push(...(await seriousFindings(page)).map((what) => `${stop.pattern}: ${what}`));
    await shot(page, `walk-phone-${nameOf(stop.pattern)}`);
  }
  expect(wrong).toEqual([]);
  await page.context().setOffline(true);
  await page.getByRole("status").filter({ hasText: "没有网络" }).waitFor();
  await shot(page, "walk-phone-offline");
  await page.context().setOffline(false);
  await page.getByRole("status").filter({ hasText: "没有网络" }).waitFor({ state: "hidden" });
  await walker.close();
});
