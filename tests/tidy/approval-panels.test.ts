/** Whoever approves reads words: every kind of approval that the server knows has its panel. */
import { expect, test } from "vitest";
import "#src/http/routes.ts";
import { approvalKinds } from "#src/office/approvals/index.ts";
import { read } from "./sources.ts";
import { PANELS } from "../../web/src/screens/finance/approval-panels.ts";

test("every kind of approval that the rooms ask for has a panel, and no other", () => {
  expect(approvalKinds().length).toBeGreaterThan(15);
  expect(Object.keys(PANELS).toSorted()).toEqual(approvalKinds());
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
