/** Both languages say everything, with the same blanks to fill. */
import { globSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

const sources = path.resolve(import.meta.dirname, "..", "..", "web", "src");
type Texts = Readonly<Record<string, string>>;
type Words = { readonly texts: { readonly "zh-CN": Texts; readonly en: Texts } };
type Defined = Words & { readonly file: string };
const defined: Defined[] = [];

const isWords = (value: unknown): value is Words =>
  typeof value === "object" && value !== null && "texts" in value && "useWords" in value;

beforeAll(async () => {
  // What the module asks of a browser when it is read.
  vi.stubGlobal("localStorage", { getItem: () => null, setItem: () => undefined });
  vi.stubGlobal("document", { documentElement: { lang: "" } });
  for (const file of globSync("**/{words*.ts,words/*.ts}", { cwd: sources })) {
    if (file.endsWith(".test.ts")) continue;
    const module = (await import(path.join(sources, file))) as Record<string, unknown>;
    for (const value of Object.values(module)) if (isWords(value)) defined.push({ file, texts: value.texts });
  }
});
afterAll(() => void vi.unstubAllGlobals());

const blanks = (text: string): string[] =>
  [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name = ""]) => name).sort();

test("every key has a text in both languages, with the same blanks", () => {
  expect(defined.length).toBeGreaterThan(3);
  const wrong: string[] = [];
  for (const { file, texts } of defined) {
    const keys = new Set([...Object.keys(texts["zh-CN"]), ...Object.keys(texts.en)]);
    for (const key of keys) {
      const [chinese, english] = [texts["zh-CN"][key] ?? "", texts.en[key] ?? ""];
      if (chinese.trim() === "" || english.trim() === "")
        wrong.push(`${file} ${key}: one language says nothing`);
      if (String(blanks(chinese)) !== String(blanks(english))) wrong.push(`${file} ${key}: other blanks`);
      // A switch names the other language in that language.
      if (/[\u4e00-\u9fff]/.test(english) && key !== "language")
        wrong.push(`${file} ${key}: Chinese in English`);
    }
  }
  expect(wrong).toEqual([]);
});
