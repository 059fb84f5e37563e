import { expect, test } from "vitest";
import { readingsOfName } from "./name-readings.ts";

test.each([
  ["王建国", ["wangjianguo"], ["wjg"]],
  ["单田芳", ["shantianfang", "dantianfang"], ["stf", "dtf"]],
  ["解晓东", ["xiexiaodong", "jiexiaodong"], ["xxd", "jxd"]],
  ["查良镛", ["zhaliangyong", "chaliangyong"], ["zly", "cly"]],
  ["仇英", ["qiuying", "chouying"], ["qy", "cy"]],
  ["欧阳小明", ["ouyangxiaoming"], ["oyxm"]],
  ["尉迟恭", ["yuchigong", "weichigong"], ["ycg", "wcg"]],
  ["吕布", ["lvbu"], ["lb"]],
  ["𠮷野", ["ye"], ["y"]],
  ["abc公司1", ["abcgongsi1"], ["abcgs1"]],
] as const)("%s is read as %j", (name, full, initials) => {
  const readings = readingsOfName(name);
  expect(readings.pinyin).toEqual(full);
  expect(readings.initials).toEqual(initials);
});

test("a firm's name is read by its words, and only its beginning is kept", () => {
  const { pinyin, initials } = readingsOfName("河南中原银行股份有限公司郑州市金水区第一分公司");
  expect(pinyin).toEqual(["henanzhongyuanyinhanggufenyouxiangongsi".slice(0, 24)]);
  expect(initials).toEqual(["hnzyyhgfyx"]);
});

test("a name that no dictionary knows has no reading", () => {
  expect(readingsOfName("·")).toEqual({ pinyin: [], initials: [] });
});
