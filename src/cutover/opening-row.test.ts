import { expect, test } from "vitest";
import { readAmount, readOpeningRow, readSeason } from "./opening-row.ts";

test.each([
  ["2024", "2024"],
  ["２０２４－２０２５", "2024"],
  ["2024-25采暖季", "2024"],
  ["2024/2025年度", "2024"],
  ["1999-00", "1999"],
  ["2024-2026", ""],
  ["2024-24", ""],
  ["24-25", ""],
  ["1989", ""],
  ["", ""],
])("season %s is %s", (written, season) => {
  expect(readSeason(written)).toBe(season);
});

test.each([
  ["2052", "205200"],
  ["0.01", "1"],
  ["14,212,905.60", "1421290560"],
  ["￥312.5元", "31250"],
  ["12.340", "1234"],
  ["0", ""],
  ["0.00", ""],
  ["-5", ""],
  ["1.005", ""],
  ["1,23.00", ""],
  ["1e3", ""],
  ["", ""],
])("amount %s is %s fen", (written, fen) => {
  expect(readAmount(written)).toBe(fen);
});

test("the first thing that is wrong is the reason; a stop that names no state is a formal stop", () => {
  expect(readOpeningRow({ kind: "欠费", accountNo: "", season: "x", amount: "0" })).toMatchObject({
    kind: "debt",
    refusal: "account-no-missing",
  });
  expect(readOpeningRow({ kind: "欠费", accountNo: "10000001", season: "x", amount: "0" }).refusal).toBe(
    "amount-unreadable",
  );
  expect(readOpeningRow({ kind: "停用", accountNo: "10000001" })).toMatchObject({
    refusal: "",
    state: "suspended",
  });
  expect(
    readOpeningRow({ kind: "欠费", accountNo: "1", season: "2024", amount: "1", note: "长".repeat(201) })
      .refusal,
  ).toBe("text-too-long");
});
