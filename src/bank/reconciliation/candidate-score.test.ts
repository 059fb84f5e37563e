import { expect, test } from "vitest";
import { nearNumbers, scoreOf, slipOf } from "./candidate-score.ts";

test("a slip of one key is told by its kind", () => {
  expect([
    slipOf("101000280", "101000208"),
    slipOf("101000209", "101000208"),
    slipOf("10100208", "101000208"),
    slipOf("1010002088", "101000208"),
    slipOf("101000299", "101000208"),
    slipOf("101000208", "101000208"),
  ]).toEqual(["swapped", "one-digit", "one-missing", "one-missing", undefined, undefined]);
});

test("every number that is looked up is a slip away, and none of those is missing", () => {
  const near = nearNumbers("1234");
  expect(near.filter((one) => one !== "1234" && slipOf("1234", one) === undefined)).toEqual([]);
  for (const one of ["2134", "1244", "134", "12345", "91234"]) expect(near).toContain(one);
  expect(nearNumbers("无")).toEqual(["无"]);
  expect(nearNumbers("")).toEqual([]);
});

test("number and amount add up; reasons say why, and a lone amount proposes nobody", () => {
  const home = {
    accountNo: "101000208",
    openFen: 137_302n,
    billEqual: true,
    isAlias: false,
    paidBefore: true,
  };
  expect(scoreOf("101000280", 137_302n, home)).toEqual({
    score: 99,
    reasons: ["swapped", "debt-equal", "paid-before"],
  });
  expect(scoreOf("700000001", 137_302n, { ...home, paidBefore: false })).toEqual({
    score: 40,
    reasons: ["debt-equal"],
  });
  expect(scoreOf("101000208", 5n, { ...home, isAlias: true, billEqual: false })).toEqual({
    score: 70,
    reasons: ["alias", "paid-before"],
  });
});
