/** What the papers say is held to what the program has: settings, commands, pages, and both languages to each other. */
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { PassThrough } from "node:stream";
import { Command } from "commander";
import { describe, expect, test } from "vitest";
import { commandsFor } from "#src/cli/commands/index.ts";
import { createCliRuntime } from "#src/cli/runtime.ts";
import { settingsTable } from "#src/platform/config.ts";

const root = path.resolve(import.meta.dirname, "..");
const read = (name: string): string => readFileSync(path.join(root, name), "utf8");
const READMES = ["README.md", "README.zh-CN.md"] as const;

/** The cells of the table between two marks, without its head. */
const tableIn = (page: string, mark: string): string[][] => {
  const inside = read(page).split(`<!-- ${mark} -->`)[1]?.split(`<!-- /${mark} -->`)[0] ?? "";
  return inside
    .trim()
    .split("\n")
    .slice(2)
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
};

const leaves = (command: Command, name: string): string[] =>
  command.commands.length === 0
    ? [name]
    : command.commands.flatMap((child) => leaves(child, `${name} ${child.name()}`));

/** Commands and settings of a page's examples; words for people (comments, an invented name) may differ. */
const examplesIn = (page: string): string[] =>
  [...read(page).matchAll(/^```[a-z]*\n([\s\S]*?)^```/gm)].map((match) =>
    (match[1] ?? "").replaceAll(/\s+# .*$/gm, "").trim(),
  );

describe("README", () => {
  test.each(READMES)("%s lists every setting, with its default and meaning, and no other", (page) => {
    const meaning = page === "README.md" ? ("en" as const) : ("zh" as const);
    expect(tableIn(page, "settings")).toEqual(
      settingsTable().map((setting) => [
        `\`${setting.name}\``,
        setting.default === "" ? "" : `\`${setting.default}\``,
        setting[meaning],
      ]),
    );
  });

  test.each([
    ["README.md", /^\*\*Not here yet\*\*: (.*?), and the/m, ", "],
    ["README.zh-CN.md", /^\*\*尚未包含\*\*：(.*?)，以及/m, "、"],
  ] as const)("%s calls nothing missing that it tells of", (page, line, comma) => {
    const text = read(page);
    const missing = line.exec(text)?.[1]?.split(comma) ?? [];
    expect(missing).not.toEqual([]);
    const rest = text.replace(line, "");
    expect(missing.filter((name) => rest.includes(name))).toEqual([]);
  });

  test.each(READMES)("%s lists every command, and no other", async (page) => {
    const program = new Command("nuan");
    const silent = new PassThrough();
    const cli = createCliRuntime({
      env: {},
      argv: [],
      stdout: silent,
      stderr: silent,
      setExitCode: () => undefined,
    });
    for (const register of await commandsFor([])) register(program, cli);
    const named = tableIn(page, "commands").map(([name]) => name?.replaceAll("`", "") ?? "");
    const known = leaves(program, "nuan");
    expect(named.filter((name) => !known.includes(name))).toEqual([]);
    expect(known.filter((name) => !named.includes(name))).toEqual([]);
  });

  test("leads to every page of docs, in its own language where there is one", () => {
    const pages = globSync("docs/*.md", { cwd: root });
    const own = pages.filter((name) => !name.includes(".zh-CN."));
    const missing = READMES.flatMap((page) =>
      own
        .map((name) => {
          const translated = name.replace(".md", ".zh-CN.md");
          return page === "README.zh-CN.md" && pages.includes(translated) ? translated : name;
        })
        .filter((name) => !read(page).includes(`(${name})`))
        .map((name) => `${page}: ${name}`),
    );
    expect(missing).toEqual([]);
  });
});

describe("both languages", () => {
  test.each([
    ["README.md", "README.zh-CN.md"],
    ["docs/operations.md", "docs/operations.zh-CN.md"],
  ])("%s and %s give the same examples and have the same parts", (english, chinese) => {
    expect(examplesIn(english).length).toBeGreaterThan(5);
    expect(examplesIn(chinese)).toEqual(examplesIn(english));
    const parts = (page: string): string[] => read(page).match(/^#+ /gm) ?? [];
    expect(parts(chinese)).toEqual(parts(english));
    const rows = (page: string): number => (read(page).match(/^\|/gm) ?? []).length;
    expect(rows(chinese)).toBe(rows(english));
  });
});

test("the page of figures has the marks between which the bench writes", () => {
  expect(read("docs/performance.md")).toMatch(/<!-- figures -->\n[\s\S]*\n<!-- \/figures -->/);
});

test("the lock file names every platform's optional packages: npm ci refuses one that does not", () => {
  type Locked = { readonly optionalDependencies?: Readonly<Record<string, string>> };
  const lock = JSON.parse(read("package-lock.json")) as { packages: Readonly<Record<string, Locked>> };
  const missing = Object.entries(lock.packages).flatMap(([place, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) =>
        lock.packages[`node_modules/${name}`] === undefined &&
        lock.packages[`${place}/node_modules/${name}`] === undefined,
    ),
  );
  expect(missing).toEqual([]);
});
