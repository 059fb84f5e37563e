import { describe, expect, test } from "vitest";
import { rangeOf, readSearch } from "./search-query.ts";
import { searchTermsOf } from "./search-terms.ts";

describe("an address", () => {
  test.each([
    ["书香苑 3号楼 1302", "书香苑", "3", null, null, "1302"],
    ["书香苑3号楼1302", "书香苑", "3", null, null, "1302"],
    ["书香苑３号楼１３０２室", "书香苑", "3", null, null, "1302"],
    ["金水区书香苑2期B3栋2单元501", "金水区书香苑二期", "b3", "2", null, "501"],
    ["书香苑 3-2-1302", "书香苑", "3", "2", null, "1302"],
    ["书香苑3-1302", "书香苑", "3", null, null, "1302"],
    ["书香苑 3 1302", "书香苑", "3", null, null, "1302"],
    ["第一机械厂家属院5号楼1单元3层东户", "第一机械厂家属院", "5", "1", "3", "东户"],
    ["书香苑 3# 附2号", "书香苑", "3", null, null, "附2号"],
    ["书香苑", "书香苑", null, null, null, null],
    ["花园", "花园", null, null, null, null],
  ])("%s", (text, place, building, unit, floor, door) => {
    expect(readSearch(text).address).toEqual({ place, building, unit, floor, door });
  });
});

const kindsOf = (text: string) => readSearch(text).prefixes.map(({ kind, prefix }) => `${kind}:${prefix}`);

test("letters are pinyin, initials or a number", () => {
  expect(kindsOf("Zhang San")).toEqual([
    "pinyin:zhangsan",
    "initials:zhangsan",
    "account:zhangsan",
    "other:zhangsan",
  ]);
  expect(kindsOf("lü")[0]).toBe("pinyin:lv");
  expect(kindsOf("z")).toEqual([]);
});

test("digits are a number or the end of a phone", () => {
  expect(kindsOf("8000")).toEqual(["account:8000", "other:8000"]);
  expect(readSearch("8001").phoneTail).toBe("1008");
  expect(readSearch("138 1234 8001").phoneTail).toBe("10084321831");
  expect(readSearch("+86 13812348001").phoneTail).toBe("10084321831");
  expect(readSearch("0371-60001001").phoneTail).toBe("10010006173");
  expect(readSearch("0086 138 1234 8001").phoneTail).toBe("10084321831");
  // The end of a phone may begin with a zero.
  expect(readSearch("0312").phoneTail).toBe("2130");
  expect(readSearch("0086").phoneTail).toBe("6800");
  expect(readSearch("张伟 0312").phoneTail).toBe("2130");
  expect(readSearch("123")).toMatchObject({ prefixes: [], phoneTail: null, address: null });
});

test("a name before the end of a phone says whose phone", () => {
  const byName = readSearch("张伟 8001");
  expect([byName.phoneTail, byName.phoneOwner]).toEqual(["1008", [{ kind: "name", prefix: "张伟" }]]);
  expect(readSearch("zw 8001").phoneOwner.map(({ kind }) => kind)).toEqual(["pinyin", "initials"]);
  // It may as well be a community and a door.
  expect(readSearch("书香苑 1302").address).toMatchObject({ place: "书香苑", door: "1302" });
});

test("characters are a name too, unless a number stands among them", () => {
  expect(kindsOf("张 伟")).toEqual(["name:张伟"]);
  expect(kindsOf("书香苑3号楼")).toEqual([]);
  expect(readSearch("王").address).toBeNull();
  expect(kindsOf("!?")).toEqual([]);
});

test("a household has each of its terms once, and a range finds what begins so", () => {
  const terms = searchTermsOf({
    accountNo: "100200300",
    aliases: ["DK77"],
    names: ["王建国", "王建军", "王伟"],
  });
  expect(terms.toSorted()).toEqual(
    [
      "a100200300",
      "odk77",
      "n王建国",
      "n建国",
      "n王建军",
      "n建军",
      "n王伟",
      "pwangjianguo",
      "pwangjianjun",
      "pwangwei",
      "iwjg",
      "iwjj",
      "iww",
    ].toSorted(),
  );
  const [from, until] = rangeOf({ kind: "pinyin", prefix: "wangj" });
  expect(terms.filter((term) => from <= term && term < until)).toEqual(["pwangjianguo", "pwangjianjun"]);
});
