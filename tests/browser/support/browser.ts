/** Debian's Chromium, driven by playwright-core: pages of the console as somebody sees them, and what goes wrong in them. */
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import type { AxeResults } from "axe-core";
import { type Browser, chromium, devices, type Page } from "playwright-core";
import { PASSWORD } from "./town.ts";

/** Where pictures of the pages are kept; CI keeps this folder as its output. */
const SHOTS = process.env["BROWSER_SHOTS"] ?? path.join(tmpdir(), "nuanyang-shots");
mkdirSync(SHOTS, { recursive: true });

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const LAUNCH = {
  executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
};

export const openBrowser = (): Promise<Browser> => chromium.launch(LAUNCH);

/** A phone of the narrower kind, held upright. */
const PHONE = { ...devices["Pixel 7"], viewport: { width: 390, height: 844 }, deviceScaleFactor: 1 };

export type Visit = {
  readonly page: Page;
  /** Errors of the page's own scripts, and what the content policy stopped. Empty at the end of every test. */
  readonly complaints: string[];
  close(): Promise<void>;
};

export type VisitOptions = {
  readonly language?: "zh-CN" | "en";
  /** A phone's screen and touch, instead of 1366 by 768. */
  readonly phone?: boolean;
  /** Another browser's name. */
  readonly userAgent?: string;
  /** What that browser puts into every page. */
  readonly script?: string;
};

/** A browser of its own (own cookies) at the first page of `url`. */
export const visit = async (browser: Browser, url: string, options: VisitOptions = {}): Promise<Visit> => {
  const locale = options.language ?? "zh-CN";
  const context = await browser.newContext({
    ...(options.phone === true ? PHONE : { viewport: { width: 1366, height: 768 } }),
    locale,
    timezoneId: "Asia/Shanghai",
    baseURL: url,
    permissions: ["clipboard-read", "clipboard-write"],
    ...(options.userAgent === undefined ? {} : { userAgent: options.userAgent }),
  });
  if (options.script !== undefined) await context.addInitScript({ content: options.script });
  const page = await context.newPage();
  const complaints = listen(page);
  await page.goto("/");
  return { page, complaints, close: () => context.close() };
};

/**
 * A manager's phone that keeps what it has in `folder`: closed and opened again with the same one it is the same phone after a cold start.
 */
export const openPhone = async (
  url: string,
  folder: string,
  { offline = false, script }: { readonly offline?: boolean; readonly script?: string } = {},
): Promise<Visit> => {
  const context = await chromium.launchPersistentContext(folder, {
    ...LAUNCH,
    ...devices["Pixel 7"],
    locale: "zh-CN",
    timezoneId: "Asia/Shanghai",
    baseURL: url,
    permissions: ["clipboard-read", "clipboard-write"],
    offline,
  });
  if (script !== undefined) await context.addInitScript({ content: script });
  const page = context.pages()[0] ?? (await context.newPage());
  const complaints = listen(page);
  if (!offline) await page.goto("/");
  return { page, complaints, close: () => context.close() };
};

const listen = (page: Page): string[] => {
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(`${error.name}: ${error.message}`));
  page.on("console", (message) => {
    const text = message.text();
    // A refusal of the API is an answer, which the page shows; the browser writes it down besides.
    if (message.type() === "error" && !text.startsWith("Failed to load resource")) complaints.push(text);
  });
  return complaints;
};

/** Signs in by the form, as a person of the demo town. */
export const signIn = async (page: Page, login: string, password: string = PASSWORD): Promise<void> => {
  await page.locator('input[autocomplete="username"]').fill(login);
  await page.locator('input[autocomplete="current-password"]').fill(password);
  await page.keyboard.press("Enter");
  await page.locator("#content").waitFor();
};

/** A visit of somebody who is signed in. */
export const visitAs = async (
  browser: Browser,
  url: string,
  login: string,
  options: VisitOptions = {},
): Promise<Visit> => {
  const made = await visit(browser, url, options);
  await signIn(made.page, login);
  return made;
};

/** Keeps a picture of the page as it is. */
export const shot = async (page: Page, name: string): Promise<void> => {
  await page.screenshot({ path: path.join(SHOTS, `${name}.png`) });
};

/** What axe finds serious or critical on the page: rule, help, and the first places. Empty is what a main page has. */
export const seriousFindings = async (page: Page): Promise<string[]> => {
  // As a script of the test, past the content policy of the page; once for each document.
  if ((await page.evaluate("typeof axe")) === "undefined") await page.evaluate(axeSource);
  const results: AxeResults = await page.evaluate("axe.run({ resultTypes: ['violations'] })");
  return results.violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(
      ({ id, help, nodes }) =>
        `${id}: ${help} (${nodes
          .slice(0, 3)
          .map((node) => node.html.slice(0, 160))
          .join(" | ")})`,
    );
};
