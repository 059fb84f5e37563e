/** The sources as the tidy rules read them. */
import { globSync, readFileSync } from "node:fs";
import path from "node:path";

export const root = path.resolve(import.meta.dirname, "../..");

export type SourceFile = { readonly name: string; readonly text: string; readonly lines: readonly string[] };

export const read = (pattern: string): SourceFile[] =>
  globSync(pattern, { cwd: root })
    .map((name) => name.replaceAll("\\", "/"))
    .sort()
    .map((name) => {
      const text = readFileSync(path.join(root, name), "utf8");
      return { name, text, lines: text.split("\n") };
    });

export const production = read("{src,workers}/**/*.ts").filter((file) => !file.name.endsWith(".test.ts"));

/** SQL lives in template literals and strings; comments are prose. */
export const withoutComments = (text: string): string =>
  text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|--[^\n]*/g, "");
