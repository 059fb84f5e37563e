import { expect, test } from "vitest";
import { readFirmList, textOfFile } from "./read-firm-list.ts";

test("a list of a property firm: columns as they come, headings left out", () => {
  const text =
    '户号\t金额\r\n101000208\t1,373.02\r\n101000209\n\n101000210;88\r\n"101000211","2,000.5"\n101000212，９９';
  expect(readFirmList(text)).toEqual({
    homes: [
      { line: 2, accountNo: "101000208", amount: "1,373.02" },
      { line: 3, accountNo: "101000209", amount: undefined },
      { line: 5, accountNo: "101000210", amount: "88" },
      { line: 6, accountNo: "101000211", amount: "2,000.5" },
      { line: 7, accountNo: "101000212", amount: "99" },
    ],
    bad: [],
  });
});

test("what cannot be read is named and nothing is guessed", () => {
  const { homes, bad } = readFirmList("101000208 abc\n101000209 0\n101000210 5\n101000210 6\n!!");
  expect(homes).toEqual([{ line: 3, accountNo: "101000210", amount: "5" }]);
  expect(bad).toEqual([
    { line: 1, text: "101000208 abc", why: "firmBad" },
    { line: 2, text: "101000209 0", why: "firmBad" },
    { line: 4, text: "101000210 6", why: "firmTwice" },
    { line: 5, text: "!!", why: "firmBad" },
  ]);
});

test("a file as firms make them: UTF-8, a sheet saved in Chinese Windows, and a workbook, which is no text", () => {
  expect(textOfFile(new TextEncoder().encode("户号,金额\n101000208,5"))).toEqual({
    text: "户号,金额\n101000208,5",
  });
  expect(textOfFile(new Uint8Array([0xbb, 0xa7, 0xba, 0xc5, 0x0a, 0x31]))).toEqual({ text: "户号\n1" });
  expect(textOfFile(new Uint8Array([0x50, 0x4b, 0x03, 0x04]))).toEqual({ why: "firmWorkbook" });
  // A picture that is called wrong.txt.
  const picture = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d];
  expect(textOfFile(new Uint8Array(picture))).toEqual({ why: "firmNoText" });
});
