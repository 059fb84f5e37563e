/** What stands on a page in the wrong language: keys and codes instead of words, and Chinese in English that is nobody's data. */
import type { Page, Response } from "playwright-core";

const HAN = /\p{Script=Han}+/gu;
const hasHan = (text: string): boolean => /\p{Script=Han}/u.test(text);

/** What names a thing by a code of its own: a template, a category, a right, a setting. Its states and kinds are words. */
const NAMES =
  /^(code|key|name|login|command|subject|fileName|template|templates|permission|permissions|category)$/;

/** Texts of the API's answers; what comes with an English twin beside it is no data, and should have been said in English. */
const gather = (value: unknown, into: { texts: Set<string>; names: Set<string> }, of = ""): void => {
  if (typeof value === "string") {
    if (hasHan(value)) into.texts.add(value);
    if (NAMES.test(of)) into.names.add(value);
    return;
  }
  if (typeof value !== "object" || value === null) return;
  const record = value as Readonly<Record<string, unknown>>;
  for (const [key, one] of Object.entries(record)) {
    const twin = key === "zh-CN" ? record["en"] : record[`${key}En`];
    if (typeof one === "string" && typeof twin === "string") continue;
    // A channel has a name in both languages: its code alone says nothing to anybody.
    if (key === "code" && "realTime" in record) continue;
    gather(one, into, Array.isArray(value) ? of : key);
  }
};

export type Data = { readonly known: () => Promise<string>; readonly names: ReadonlySet<string> };

/** Remembers the texts of all answers to this page. */
export const rememberData = async (page: Page): Promise<Data> => {
  const into = { texts: new Set<string>(), names: new Set<string>() };
  const take = async (response: Response): Promise<void> => {
    if (!response.url().includes("/api/v1/")) return;
    if (!(response.headers()["content-type"] ?? "").startsWith("application/json")) return;
    // A page that went away takes its answers along.
    gather(await response.json().catch(() => null), into);
  };
  // What stands on the page came with an answer that is perhaps not read here yet.
  const taking = new Set<Promise<void>>();
  page.on("response", (response) => {
    const one = take(response).finally(() => taking.delete(one));
    taking.add(one);
  });
  // What was read before anybody listened is read again.
  await page.reload();
  await page.locator("#content").waitFor();
  const known = async (): Promise<string> => {
    await Promise.all(taking);
    return [...into.texts].join("\n");
  };
  return { known, names: into.names };
};

/** Texts as somebody reads them: those of their own elements, without what is a name, a code or a key by its mark. */
const LEAVES = `(() => {
  const skipped = "[translate=no], code, pre, kbd, svg, .anticon, script, style, textarea, [lang]:not(html)";
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    const text = (node.textContent ?? "").trim();
    if (text === "" || element === null || element.closest(skipped) !== null) continue;
    if (element.checkVisibility()) found.push(text);
  }
  for (const element of document.querySelectorAll("[aria-label], [placeholder], [title]"))
    if (element.closest(skipped) === null && element.checkVisibility())
      for (const name of ["aria-label", "placeholder", "title"]) {
        const text = (element.getAttribute(name) ?? "").trim();
        if (text !== "") found.push(text);
      }
  return [...new Set(found)];
})()`;

/** Whether a run of Chinese is made of pieces of the data: "幸福小区" + "三单元". */
const isData = (run: string, known: string): boolean => {
  let rest = run;
  while (rest !== "") {
    let length = rest.length;
    while (length > 0 && !known.includes(rest.slice(0, length))) length -= 1;
    if (length === 0) return false;
    rest = rest.slice(length);
  }
  return true;
};

/** "state.open", "wrap-up.none", "ticket.heat-cold": a key that nobody gave words. */
const KEY = /^[a-z][a-zA-Z]*(-[a-z]+)*\.[a-z][\w-]*$/;
/** "payment-notice", "area-manager": a code as the API says it. */
const CODE = /^[a-z]+(-[a-z]+)+$/;

export const strayWords = async (page: Page, data: Data, language: "zh-CN" | "en"): Promise<string[]> => {
  const texts = await page.evaluate<string[]>(LEAVES);
  const known = await data.known();
  return texts.filter((text) => {
    if (KEY.test(text) || CODE.test(text)) return !data.names.has(text);
    if (language !== "en" || !hasHan(text)) return false;
    return (text.match(HAN) ?? []).some((run) => !isData(run, known));
  });
};
