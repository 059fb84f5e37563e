/** Whoever approves reads words: every kind of approval that the server knows has its panel. */
import { expect, test } from "vitest";
import "#src/http/routes.ts";
import { approvalKinds } from "#src/office/approvals/index.ts";
import { PANELS } from "../../web/src/screens/finance/approval-panels.ts";

test("every kind of approval that the rooms ask for has a panel, and no other", () => {
  expect(approvalKinds().length).toBeGreaterThan(15);
  expect(Object.keys(PANELS).toSorted()).toEqual(approvalKinds());
});
