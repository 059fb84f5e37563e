/** Whoever approves reads words: every kind of approval that the server knows has its panel. */
import { expect, test } from "vitest";
import "#src/http/routes.ts";
import { approvalKinds } from "#src/office/approvals/index.ts";
import { read } from "./sources.ts";
import { PANELS } from "../../web/src/screens/finance/approval-panels.ts";

/** Other tests of the same process have kinds of their own. */
const isOfTests = (kind: string): boolean => /^(?:test\.|http\.test$)/.test(kind);

test("every kind of approval that the rooms ask for has a panel, and no other", () => {
  const kinds = approvalKinds().filter((kind) => !isOfTests(kind));
  expect(kinds.length).toBeGreaterThan(15);
  expect(Object.keys(PANELS).toSorted()).toEqual(kinds);
});

test("every panel has its name, and each fact its word, in both languages", () => {
  const words = read("web/src/screens/finance/words-{approval,work}.ts")
    .map(({ text }) => text)
    .join("\n");
  const keys = Object.entries(PANELS).flatMap(([kind, facts]) => [
    `kind.${kind}`,
    ...facts.map((fact) => `fact.${fact}`),
  ]);
  expect(keys.filter((key) => words.split(`"${key}": "`).length !== 3)).toEqual([]);
});
