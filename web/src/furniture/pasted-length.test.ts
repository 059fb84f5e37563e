import { expect, test } from "vitest";
import { pastedLength, roomIn } from "./pasted-length.ts";

test("what is pasted is counted as the field counts it, without blanks at its end", () => {
  expect(pastedLength("第一行\r\n第二行\r\n", true)).toBe(7);
  expect(pastedLength("123\r\n456 \t", false)).toBe(6);
  expect(pastedLength(" 123", false)).toBe(4);
});

test("what is selected makes room, and a field that is over has none", () => {
  const field = { value: "十二字", maxLength: 5, selectionStart: 1, selectionEnd: 3 };
  expect(roomIn(field)).toBe(4);
  expect(roomIn({ ...field, selectionStart: null, selectionEnd: null })).toBe(2);
  expect(roomIn({ ...field, value: "过长的一句话", selectionStart: 0, selectionEnd: 0 })).toBe(0);
});
