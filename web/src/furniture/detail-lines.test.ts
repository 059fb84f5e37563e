import { expect, it } from "vitest";
import { detailLines } from "./detail-lines.ts";

it("names things by the words that it is given, and says true and false in them", () => {
  const words = {
    name: (key: string) => ({ bank: "银行", totalFen: "合计" })[key],
    flag: (is: boolean) => (is ? "是" : "否"),
  };
  expect(detailLines({ totalFen: 100, bank: { isLate: true } }, words)).toEqual([
    { name: "合计", value: "¥ 1.00" },
    { name: "银行 · is late", value: "是" },
  ]);
});

it("says codes in words and keeps the code, also of what lies in lists and in other records", () => {
  const words = {
    name: () => undefined,
    flag: String,
    value: (name: string, value: string) =>
      new Map([
        ["state merged", "已并入"],
        ["roles agent", "坐席"],
      ]).get(`${name} ${value}`),
  };
  expect(
    detailLines(
      { state: "merged", note: "merged", roles: ["agent", "new"], after: { state: "merged" } },
      words,
    ),
  ).toEqual([
    { name: "state", value: "已并入", code: "merged" },
    { name: "note", value: "merged" },
    { name: "roles", value: "坐席、new", code: "agent、new" },
    { name: "after · state", value: "已并入", code: "merged" },
  ]);
});

it("names things in plain words and amounts in yuan", () => {
  expect(
    detailLines({
      totalFen: "6320167",
      count: 1,
      opened: "valve",
      last: null,
      bank: { openFen: -5, days: ["a", "b"] },
    }),
  ).toEqual([
    { name: "total", value: "¥ 63,201.67" },
    { name: "count", value: "1" },
    { name: "opened", value: "valve" },
    { name: "last", value: "–" },
    { name: "bank · open", value: "¥ -0.05" },
    { name: "bank · days", value: "a、b" },
  ]);
});

it("lists what stands in lists, and takes what is no record", () => {
  expect(detailLines({ findings: [{ code: "x", gapFen: 100 }, { code: "y" }] })).toEqual([
    { name: "findings", value: "code x，gap ¥ 1.00、code y" },
  ]);
  expect(detailLines("done")).toEqual([{ name: "", value: "done" }]);
  expect(detailLines(null)).toEqual([]);
});
