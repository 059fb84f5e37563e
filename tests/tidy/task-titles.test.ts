/** A task is read by people of a Chinese office: its title is Chinese first, whatever follows. */
import { expect, test } from "vitest";
import { production } from "./sources.ts";

const TITLE = /\btitle:\s*(`[^`]*`|"[^"]*")/g;

/** Behind the file's name, without what is filled in. */
const withoutValues = (title: string): string =>
  title.slice(title.indexOf(" ")).replaceAll(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, "");

test("every title of a task begins in Chinese", () => {
  const titles = production
    .filter((file) => /\bopenTasks?\(/.test(file.text) && file.name !== "src/office/tasks/service.ts")
    .flatMap((file) => [...file.text.matchAll(TITLE)].map((match) => `${file.name} ${match[1]}`));
  expect(titles.length).toBeGreaterThan(8);
  const foreign = titles.filter((title) => !/^[^A-Za-z]*\p{Script=Han}/u.test(withoutValues(title)));
  expect(foreign).toEqual([]);
});
