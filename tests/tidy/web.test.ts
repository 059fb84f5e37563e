/** The rules of the console's sources: rooms, size, words in both languages, and what no page does. */
import path from "node:path";
import { expect, test } from "vitest";
import { routes } from "#src/http/routes.ts";
import { LIVE_TOPICS } from "../../web/src/api/topics.ts";
import { read, type SourceFile } from "./sources.ts";

/** From the ground up; a screen imports no other screen, it links to it. */
const ROOMS = ["styles", "api", "words", "furniture", "shell", "screens", "household", "app"] as const;

const sources = read("web/src/**/*.{ts,tsx}").filter(({ name }) => name !== "web/src/api/schema.ts");
const inside = (name: string): string => name.replace(/^web\/src\//, "");
const roomOf = (name: string): string => inside(name).split("/")[0] ?? "";
const isTest = ({ name }: SourceFile): boolean => name.endsWith(".test.ts");
const isWords = ({ name }: SourceFile): boolean =>
  /(^|\/)words[\w.-]*\.ts$/.test(name) || roomOf(name) === "words";

const importsOf = (file: SourceFile): string[] =>
  [...file.text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].flatMap(([, specifier = ""]) => {
    if (specifier.startsWith("#web/")) return [specifier.slice("#web/".length)];
    if (specifier.startsWith(".")) return [path.posix.join(path.posix.dirname(inside(file.name)), specifier)];
    return [];
  });

test("every file stands in a room, and imports only rooms below its own", () => {
  const order = (room: string): number => (ROOMS as readonly string[]).indexOf(room);
  const breaches: string[] = [];
  for (const file of sources) {
    const from = roomOf(file.name);
    if (order(from) < 0) breaches.push(`${file.name} stands in no room`);
    for (const target of importsOf(file)) {
      const to = roomOf(target);
      // Words and formats know the house's clock and language, and nothing else of each other.
      if (order(to) > order(from)) breaches.push(`${file.name} imports ${target}`);
      const [, screen] = inside(file.name).split("/");
      const [, other] = target.split("/");
      if (from === "screens" && to === "screens" && screen !== other)
        breaches.push(`${file.name} imports ${target}`);
      if (from === "household" && (to === "shell" || to === "screens"))
        breaches.push(`${file.name} imports ${target}`);
    }
  }
  expect(breaches).toEqual([]);
});

test("files stay under 400 lines", () => {
  const long = sources
    .filter((file) => !isWords(file) && file.text.split("\n").length > 401)
    .map(({ name }) => name);
  expect(long).toEqual([]);
});

test("text for people stands in words files only", () => {
  const stray = sources
    .filter((file) => !isWords(file) && !isTest(file))
    // Units of time are parts of a format, and stand with it.
    .filter(({ name }) => !/furniture\/(format|amounts)\.ts$/.test(name))
    .filter(({ text }) => /[\u4e00-\u9fff]/.test(text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, "")))
    .map(({ name }) => name);
  expect(stray).toEqual([]);
});

test("no page evaluates text, writes markup as text, styles by attribute text, or keeps what it knows beyond the tab", () => {
  const banned: readonly (readonly [RegExp, string, RegExp?])[] = [
    [/\beval\(|new Function\(/, "evaluates text"],
    [/dangerouslySetInnerHTML|\.innerHTML\b|insertAdjacentHTML|document\.write/, "writes markup as text"],
    [/setAttribute\("style"/, "styles by attribute"],
    [
      /\blocalStorage\b/,
      "keeps things beyond the tab",
      /^web\/src\/(words\/words|household\/type-size)\.ts$/,
    ],
    [/https?:\/\/(?!localhost)(?!www\.w3\.org)/, "names another site"],
    [/\bparseFloat\(|\.toFixed\(/, "makes a float of an amount"],
    // The library's weigh more than what a first page may (docs/console.md).
    [/\bApp\.useApp\(/, "asks the library for a line above the page"],
    [
      /import \{[^}]*\b(Table|Dropdown)\b[^}]*\} from "antd"/,
      "has a table or a menu of the library's",
      /service\/(cases\/ticket-commands|calls\/call-backs)\.tsx$/,
    ],
  ];
  const found = sources
    .filter((file) => !isTest(file))
    .flatMap((file) =>
      banned
        .filter(([pattern, , where]) => pattern.test(file.text) && where?.test(file.name) !== true)
        .map(([, what]) => `${file.name} ${what}`),
    );
  expect(found).toEqual([]);
});

test("a key of the menu leads to one page", () => {
  const keys = sources
    .filter(({ name }) => name.endsWith("/area.ts"))
    .flatMap(({ text }) => [...text.matchAll(/keys: "([^"]+)"/g)].map(([, found]) => found));
  expect(keys.length).toBeGreaterThan(10);
  expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([]);
});

test("screens listen to what the server announces, and to nothing that it never says", () => {
  const announcing = read("src/**/*.ts").filter(({ text }) => /\bannounce(All)?Live\b/.test(text));
  const said = announcing.map(({ text }) => text).join("\n");
  expect(LIVE_TOPICS.filter((topic) => !said.includes(`"${topic}"`))).toEqual([]);
  const literal = announcing.flatMap(({ text }) =>
    [...text.matchAll(/\btopic: "([a-z.-]+)"/g)].map(([, topic = ""]) => topic),
  );
  const known: readonly string[] = LIVE_TOPICS;
  expect(literal.filter((topic) => !known.includes(topic))).toEqual([]);
});

test("a paper that asks again who one is opens by openProved: a tab of its own cannot ask", () => {
  const proved = routes
    .filter(({ method, stepUp }) => method === "get" && stepUp)
    .map(
      ({ path: address }) =>
        new RegExp(`^${address.replaceAll(/\{\w+\}/g, "[^/]+").replaceAll(".", "\\.")}$`),
    );
  expect(proved.length).toBeGreaterThan(0);
  const opened = sources.flatMap(({ name, text }) =>
    [...text.matchAll(/openDocument\(\s*[`"](\/[^`"?]*)/g)].map(([, address = ""]) => ({
      name,
      address: address.replaceAll(/\$\{[^}]*\}/g, "1"),
    })),
  );
  expect(opened.length).toBeGreaterThan(5);
  expect(opened.filter(({ address }) => proved.some((pattern) => pattern.test(address)))).toEqual([]);
});
