/** A task is shown by what sort of work it is: every kind that the house opens has words, and every result that one ends with. */
import path from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { TELLING_RESULTS } from "#src/money/reminders/closing-list.ts";
import { production } from "./sources.ts";

/** Constants of the files that open tasks, and kinds written in place. Approvals and notices have kinds as well. */
const NAMED = /\b(?:[A-Z_]*TASK[A-Z_]*|KIND|CALL_KIND|CLOSING_VISIT_KIND) = "([a-z-]+)"/g;
const IN_PLACE = /\bopenTasks?\([\s\S]{0,120}?\bkind: "([a-z-]+)"/g;
const HELD = /"((?:wallet|terminal)-held)"/g;

type Words = { readonly tasks: { readonly texts: { readonly "zh-CN": object } } };
// What the module asks of a browser when it is read.
vi.stubGlobal("localStorage", { getItem: () => null, setItem: () => undefined });
vi.stubGlobal("document", { documentElement: { lang: "" } });
afterAll(() => void vi.unstubAllGlobals());
// The page's own file, which is checked as part of the page.
const module = (await import(path.resolve("web/src/words/tasks.ts"))) as Words;
const words = module.tasks.texts["zh-CN"];
const shown = new Set(
  Object.keys(words)
    .filter((key) => key.startsWith("kind."))
    .map((key) => key.slice("kind.".length)),
);
const opened = new Set(
  production
    .filter(({ name }) => name.startsWith("src/"))
    .flatMap(({ text }) =>
      [NAMED, IN_PLACE, HELD].flatMap((pattern) => [...text.matchAll(pattern)].map(([, kind = ""]) => kind)),
    ),
);

test("every kind of task has words, and no words are of a kind that nobody opens", () => {
  expect(opened.size).toBeGreaterThan(20);
  expect([...opened].filter((kind) => !shown.has(kind))).toEqual([]);
  expect([...shown].filter((kind) => !production.some(({ text }) => text.includes(`"${kind}"`)))).toEqual([]);
});

test("every result that a task ends with has words", () => {
  expect(TELLING_RESULTS.filter((result) => !(`result.${result}` in words))).toEqual([]);
});
