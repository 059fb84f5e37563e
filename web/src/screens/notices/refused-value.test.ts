import { expect, test } from "vitest";
import { ApiProblem } from "#web/api/problem.ts";
import { refusedValueOf } from "./refused-value.ts";

const refusal = (code: string, field: string, facts: Readonly<Record<string, unknown>> = {}) =>
  new ApiProblem({ status: 422, code, title: code, field, facts });
const words = (rule: string, about: string) =>
  refusal("notice.words-refused", "variables.text", { rule, about });

test.each([
  ["a picture", words("forbidden-character", "😀"), "forbidden-character", "😀"],
  ["a sign that is told as JSON", words("forbidden-character", '"★"'), "forbidden-character", "★"],
  ["a new line", words("forbidden-character", String.raw`"\n"`), "line-break", ""],
  ["a sign without width", words("forbidden-character", '"\u200b"'), "forbidden-character", "U+200B"],
  ["a threat", words("banned-word", "起诉"), "banned-word", "起诉"],
  ["brackets of the signature", words("signature-in-text", ""), "signature-in-text", ""],
  ["no hour", refusal("notice.variable-unfit", "variables.text"), "unfit", ""],
])("%s is said at its field", (_, error, reason, sign) => {
  expect(refusedValueOf(error)).toEqual({ name: "text", reason, sign });
});

test.each([
  ["another field", refusal("notice.words-refused", "title", { rule: "link", about: "t.cn" })],
  ["a rule that is newer than this page", words("of-tomorrow", "x")],
  ["another refusal", refusal("notice.nobody", "audience")],
  ["none", null],
])("%s is about none of them", (_, error) => {
  expect(refusedValueOf(error)).toBeUndefined();
});
