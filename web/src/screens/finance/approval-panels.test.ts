import { expect, test } from "vitest";
import { PANELS } from "./approval-panels.ts";
import { approvalWords } from "./words-approval.ts";
import { work } from "./words-work.ts";

test.each(["zh-CN", "en"] as const)("each panel has a name and a word for every fact in %s", (language) => {
  const words: Readonly<Record<string, string>> = {
    ...work.texts[language],
    ...approvalWords.texts[language],
  };
  const keys = Object.entries(PANELS).flatMap(([kind, facts]) => [
    `kind.${kind}`,
    ...facts.map((fact) => `fact.${fact}`),
  ]);
  expect(keys.filter((key) => (words[key] ?? "") === "")).toEqual([]);
});
