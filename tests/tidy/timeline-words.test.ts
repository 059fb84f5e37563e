/** What the program writes on the timeline of a case is there in both languages; only what a person wrote is in one. */
import { expect, test } from "vitest";
import { production } from "./sources.ts";

/** `text: "…"`, `text: \`…\`` and the choices between two such, with a Chinese letter in the literal. */
const IN_ONE_LANGUAGE =
  /\btext:\s*(?:[^,;{}()]*\?\s*)?(?:"[^"]*\p{Script=Han}[^"]*"|`[^`]*\p{Script=Han}[^`]*`)/gu;
/** `both(zh, en)`, a `${…}` may hold brackets of its own. */
const BOTH = /\bboth\(\s*(?<zh>"[^"]*"|`[^`]*`),\s*(?<en>"[^"]*"|`[^`]*`),?\s*\)/g;
/** What is filled in: it is a person's, a number's or a name's, and may be Chinese in an English sentence. */
const withoutValues = (literal: string): string => literal.replaceAll(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, "");

const lines = production.filter((file) => file.name.startsWith("src/service/"));

test("no line of a timeline is written in Chinese alone", () => {
  const writers = lines.filter((file) =>
    /\b(?:addEntry|tellCases|runTicketCommand|carryOut)\(/.test(file.text),
  );
  expect(writers.length).toBeGreaterThan(15);
  const alone = writers.flatMap((file) =>
    [...file.text.matchAll(IN_ONE_LANGUAGE)].map((match) => `${file.name}: ${match[0]}`),
  );
  expect(alone).toEqual([]);
});

test("each has a Chinese sentence and an English one", () => {
  const pairs = lines.flatMap((file) =>
    [...file.text.matchAll(BOTH)].map(({ groups }) => [
      file.name,
      groups?.["zh"] ?? "",
      groups?.["en"] ?? "",
    ]),
  );
  expect(pairs.length).toBeGreaterThan(50);
  const wrong = pairs.filter(
    ([, zh = "", en = ""]) =>
      // Nothing but values is in no language: the parts that it is joined of are looked at where they stand.
      (withoutValues(zh).replaceAll(/[^\p{L}]/gu, "") !== "" && !/\p{Script=Han}/u.test(zh)) ||
      /\p{Script=Han}/u.test(withoutValues(en)),
  );
  expect(wrong).toEqual([]);
});
