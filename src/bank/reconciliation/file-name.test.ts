import { expect, test } from "vitest";
import { cleanFileName, fileNameIn } from "./file-name.ts";

test.each([
  ["对账 0902.txt", "对账 0902.txt"],
  ["../../etc/passwd", "passwd"],
  ["C:\\bank\\day.txt", "day.txt"],
  ['a"; filename=b.txt', "a__ filename=b.txt"],
  ["line\r\nSet-Cookie: x", "lineSet-Cookie_ x"],
  ["txt.\u202Eexe", "txt.exe"],
  [".hidden.csv", "hidden.csv"],
  ["..", ""],
  [" \u200b ", ""],
])("%j is kept as %j", (given, kept) => {
  expect(cleanFileName(given)).toBe(kept);
});

test("a long name keeps its ending", () => {
  const name = cleanFileName(`${"长".repeat(300)}.csv`);
  expect([Array.from(name).length, name.endsWith("长.csv")]).toEqual([120, true]);
});

test("a header that is missing or broken gives none", () => {
  expect([fileNameIn(undefined), fileNameIn("%E4%"), fileNameIn(encodeURIComponent("错/日.txt"))]).toEqual([
    "",
    "",
    "日.txt",
  ]);
});
