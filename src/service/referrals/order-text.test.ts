import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { wallTimeOfInstant } from "#src/kernel/day.ts";
import {
  foldLabel,
  type Labels,
  type OrderField,
  readHeader,
  readInstant,
  readPastedOrders,
  wordsOfRow,
} from "./order-text.ts";

const labels: Labels = new Map<string, OrderField>([
  ["工单编号", "outside-no"],
  ["诉求内容", "demand"],
  ["联系电话", "caller-number"],
  ["诉求人", "caller-name"],
  ["地址", "address"],
  ["办理时限", "due-at"],
  ["退单时限", "return-before"],
]);
const near = new Date("2026-11-23T09:10:00+08:00");

const plain = `工单编号：ZZ20261123001
诉求人：王女士
联系电话：13812345678
地址：金水区书香苑1号楼1单元301
诉求内容：家里不热，只有15度
办理时限：2026-11-25 18:00`;
const expected = {
  "outside-no": "ZZ20261123001",
  "caller-name": "王女士",
  "caller-number": "13812345678",
  address: "金水区书香苑1号楼1单元301",
  demand: "家里不热，只有15度",
  "due-at": "2026-11-25 18:00",
};

describe("a pasted order", () => {
  test.each([
    ["as it is", plain],
    ["with half width colons and blanks", plain.replaceAll("：", " : ")],
    ["with brackets", plain.replaceAll(/^(.*?)：/gm, "【$1】")],
    ["with brackets and colons", plain.replaceAll(/^(.*?)：/gm, "[$1]：")],
    [
      "with numbers before the labels",
      plain
        .split("\n")
        .map((line, n) => `${n + 1}、${line}`)
        .join("\n"),
    ],
    ["with Windows line ends and blank lines", plain.replaceAll("\n", "\r\n\r\n")],
    ["in one line", plain.replaceAll("\n", "  ")],
    ["with tabs between", plain.replaceAll("\n", "\t")],
    ["under a head that says nothing", `转办通知单\n各单位：\n${plain}`],
    ["in another order", plain.split("\n").toReversed().join("\n")],
  ])("is read %s", (_, text) => {
    expect(readPastedOrders(text, labels)).toEqual([expected]);
  });

  test("keeps a demand of several lines together", () => {
    const text = `工单编号：1\n诉求内容：第一行\n第二行：也属于内容\n\n办理时限：2026-11-25 18:00`;
    expect(readPastedOrders(text, labels)[0]?.demand).toBe("第一行\n第二行：也属于内容");
  });

  test("ends where the next one begins", () => {
    const text = `${plain}\n\n${plain.replace("001", "002")}`;
    expect(readPastedOrders(text, labels).map((order) => order["outside-no"])).toEqual([
      "ZZ20261123001",
      "ZZ20261123002",
    ]);
  });

  test("that is none gives none, whatever is pasted", () => {
    expect(readPastedOrders("你好\n世界", labels)).toEqual([]);
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 400 }), (text) => {
        expect(readPastedOrders(text, labels).length).toBeLessThan(200);
      }),
    );
  });
});

test("a header is found by number and demand, whatever stands beside them", () => {
  expect(readHeader(["12345 转办清单"], labels)).toBeNull();
  const header = readHeader(["序号", "工单编号*", " 诉求内容 ", "办理时限（截止）", "地址"], labels);
  expect(header).toEqual([null, "outside-no", "demand", null, "address"]);
  expect(wordsOfRow(header ?? [], ["1", "A-1", "不热", "", "书香苑"])).toEqual({
    "outside-no": "A-1",
    demand: "不热",
    address: "书香苑",
  });
  expect(foldLabel("【 工单 编号 】")).toBe("工单编号");
});

describe("a deadline is given", () => {
  test.each([
    ["2026-11-25 18:00", "2026-11-25 18:00"],
    ["2026/11/25 18:00:00", "2026-11-25 18:00"],
    ["2026年11月25日18时00分", "2026-11-25 18:00"],
    ["2026年11月25日18时前", "2026-11-25 18:00"],
    ["2026年11月25日 下午6点", "2026-11-25 18:00"],
    ["11月25日18:00前", "2026-11-25 18:00"],
    ["1月5日12:00", "2027-01-05 12:00"],
    ["2026-11-25T09:05", "2026-11-25 09:05"],
    ["２０２６－１１－２５　１８：００", "2026-11-25 18:00"],
    // A day without an hour ends with its midnight.
    ["2026-11-25", "2026-11-26 00:00"],
    ["2026年11月25日前", "2026-11-26 00:00"],
  ])("%s is %s", (written, wall) => {
    const read = readInstant(written, near);
    expect("instant" in read ? wallTimeOfInstant(read.instant) : read.problem).toBe(wall);
  });

  test.each([
    ["3个工作日", "duration"],
    ["24小时内", "duration"],
    ["5 天", "duration"],
    ["", "empty"],
    ["尽快", "unreadable"],
    ["2026-02-30 12:00", "unreadable"],
    ["2026-11-25 25:00", "unreadable"],
    ["2026-11-25 18:75", "unreadable"],
  ])("%s is refused: %s", (written, problem) => {
    expect(readInstant(written, near)).toEqual({ problem });
  });
});
