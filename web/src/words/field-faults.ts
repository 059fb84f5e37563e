/**
 * One entry of a refusal's `errors` in Chinese: which field, as a form calls it, and what is wrong with it, in figures. Tests hold the
 * tables to what the API can answer.
 */
import type { FieldError } from "../api/problem.ts";
import { fieldWord } from "./fields.ts";

/** What zod expects, in words. */
const TYPES: Readonly<Record<string, string>> = {
  string: "文字",
  number: "数字",
  int: "整数",
  boolean: "是或否",
  array: "列表",
  object: "一组内容",
  record: "一组内容",
};
const FORMATS: Readonly<Record<string, string>> = {
  date: "日期，例如 2026-12-01",
  datetime: "带时区的时间，例如 2026-12-01T08:30:00+08:00",
  email: "邮箱地址，例如 name@example.com",
};

const SMALL = "小写字母、数字和连字符";
/** By the pattern itself: what fits it, and an example where words alone do not show it. */
export const PATTERNS: Readonly<Record<string, string>> = {
  [String.raw`/^\d{4}$/`]: "4 位数字",
  [String.raw`/^\d{1,18}$/`]: "编号，例如 4711",
  [String.raw`/^\d{6}$/`]: "6 位数字",
  [String.raw`/^\P{Script=Han}*$/u`]: "英文名称，不带汉字",
  [String.raw`/^\d{2,20}$/`]: "工单号，例如 2026110017",
  [String.raw`/^(?:[Ww]0*)?\d{1,18}$/`]: "派工单号，例如 W000123",
  [String.raw`/^(?:[Yy]0*)?\d{1,18}$/`]: "试压编号，例如 Y000123",
  [String.raw`/^[0-9A-Za-z-]{4,32}$/`]: "4 到 32 位数字、字母或连字符，例如 0100000017",
  [String.raw`/^[0-9A-Za-z-]{5,40}$/`]: "5 到 40 位数字、字母或连字符",
  [String.raw`/^[0-9A-Za-z._-]{1,32}$/`]: "1 到 32 个字母、数字、点、下划线或连字符，例如 HRZ-07",
  [String.raw`/^[0-9A-Za-z._-]{1,40}$/`]: "1 到 40 个字母、数字、点、下划线或连字符，例如 8001",
  [String.raw`/^[A-Z0-9]{1,12}$/`]: "1 到 12 个大写字母或数字，例如 T01",
  [String.raw`/^[A-Z0-9]{10,32}$/`]: "10 到 32 个大写字母或数字",
  [String.raw`/^[0-9+ ()-]{3,40}$/`]: "电话号码，例如 0371-96577",
  [String.raw`/^\d{1,6}(\.\d{1,3})?$/`]: "平方米数，最多三位小数，例如 89.35",
  [String.raw`/^([01]\d|2[0-3]):[0-5]\d$/`]: "时刻，例如 07:30",
  [String.raw`/^20\d\d-(0[1-9]|1[0-2])$/`]: "月份，例如 2026-11",
  [String.raw`/^[\x21-\x7e]{1,64}$/`]: "1 到 64 个字母、数字或符号，中间没有空格",
  [String.raw`/^[\x21-\x7e]{1,100}$/`]: "1 到 100 个字母、数字或符号，中间没有空格",
  [String.raw`/^[\x21-\x7e]{1,255}$/`]: "1 到 255 个字母、数字或符号，中间没有空格",
  [String.raw`/^[\p{L}\p{N} ·.,，、()（）-]+$/u`]: "名字，不带其他符号",
  [String.raw`/^[a-z0-9._-]{2,40}$/`]: "2 到 40 个小写字母、数字、点、下划线或连字符，例如 wang.li",
  [String.raw`/^[0-9]$/`]: "一个按键 0 到 9",
  [String.raw`/^[1-9]\d{0,5}$/`]: "从 1 起的整数",
  [String.raw`/^(?:W\/)?"?(\d{1,9})"?$/`]: "版本号，例如 7",
  [String.raw`/^[a-z][a-z-]*(\.[a-z][a-z-]*)?$/`]: "诉求分类，例如 heat 或 heat.cold",
  [String.raw`/^(\*|[a-z][a-z-]*(\.[a-z][a-z-]*)?)$/`]: "诉求分类，例如 heat、heat.cold，或 * 代表全部",
  [String.raw`/^[a-z][a-z-]*\.[a-z][a-z-]*$/`]: "二级诉求分类，例如 heat.cold",
  [String.raw`/^[a-z]+\.[a-z-]+$/`]: "二级诉求分类，例如 heat.cold",
  [String.raw`/^[a-z][a-z-]*:\d{1,18}$/`]: "依据编号，例如 work-order:9 或 file:3",
  [String.raw`/^[a-z][a-z.-]{1,60}$/`]: "2 到 61 个小写字母、点和连字符",
  [String.raw`/^[a-z][a-z0-9.-]{1,60}$/`]: "2 到 61 个小写字母、数字、点和连字符",
  [String.raw`/^[a-z-]{1,40}$/`]: "1 到 40 个小写字母和连字符",
  [String.raw`/^[a-z-]{2,40}$/`]: "2 到 40 个小写字母和连字符",
  [String.raw`/^[a-z][a-z-]{1,30}$/`]: "2 到 31 个小写字母和连字符",
  [String.raw`/^[a-z][a-z-]{1,39}$/`]: "2 到 40 个小写字母和连字符",
  [String.raw`/^[a-z][a-z-]{1,40}$/`]: "2 到 41 个小写字母和连字符",
  [String.raw`/^[a-z0-9-]{1,40}$/`]: `1 到 40 个${SMALL}`,
  [String.raw`/^[a-z0-9-]{2,30}$/`]: `2 到 30 个${SMALL}，例如 bank-icbc`,
  [String.raw`/^[a-z][a-z0-9-]{1,39}$/`]: `2 到 40 个${SMALL}，以字母开头`,
  [String.raw`/^[a-z][a-z0-9-]{1,40}$/`]: `2 到 41 个${SMALL}，以字母开头`,
  [String.raw`/^[a-z0-9][a-z0-9-]{1,30}$/`]: `2 到 31 个${SMALL}`,
  [String.raw`/^[a-z0-9][a-z0-9-]{2,60}$/`]: `3 到 61 个${SMALL}`,
  [String.raw`/^[a-z0-9][a-z0-9-]{0,59}$/`]: `1 到 60 个${SMALL}`,
  [String.raw`/^[a-z0-9][a-z0-9-]{0,79}$/`]: `1 到 80 个${SMALL}`,
  [String.raw`/^[a-z][A-Za-z0-9]{0,40}$/`]: "1 到 41 个字母和数字，以小写字母开头",
  [String.raw`/^[a-z][A-Za-z0-9]{1,39}$/`]: "2 到 40 个字母和数字，以小写字母开头",
  [String.raw`/^[\w-]{32}$/`]: "32 个字母、数字、下划线或连字符",
  [String.raw`/^[\w-]{1,128}$/`]: "1 到 128 个字母、数字、下划线或连字符",
  [String.raw`/^[\w-]{8,80}$/`]: "8 到 80 个字母、数字、下划线或连字符",
  [String.raw`/^[\w.-]{1,80}$/`]: "1 到 80 个字母、数字、点、下划线或连字符",
};

/** A bound of an amount: whole fen to the API, yuan to people. */
const yuan = (fen: unknown): string => {
  const [whole, rest] = [Math.trunc(Number(fen) / 100), Math.abs(Number(fen)) % 100];
  return `${whole.toLocaleString("en-US")}${rest === 0 ? "" : `.${String(rest).padStart(2, "0")}`} 元`;
};

type Told = NonNullable<FieldError["params"]>;
/** Rules between fields, and of what a type does not say. */
const RULES: Readonly<Record<string, (told: Told) => string>> = {
  "community-or-building": () => "小区和楼栋填一个，且只填一个",
  "duty-named": () => "来源是值班时须指明职责，其他来源不填",
  "holders-named": () => "来源是任职人时须指明岗位，其他来源不填",
  "one-beginning": () => "文字、照搬的版本、程序原文三项填一项，且只填一项",
  "number-or-mark": () => "请填新号码，或说明哪个号码怎样",
  "most-values": ({ most }) => `最多 ${String(most)} 项`,
  "each-once": () => "每一项只能出现一次",
  "largest-payment": ({ mostFen }) => `不能超过 ${yuan(mostFen)}`,
  "counted-cash": ({ mostFen }) => `应在 0 到 ${yuan(mostFen)}之间`,
  "settlement-pattern": () => "应为正则表达式，名为 day 的组是银行的日期",
};

const figure = (field: string, value: unknown): string =>
  field.endsWith("Fen") ? yuan(value) : String(value);

const should = (what: string | undefined): string | undefined =>
  what === undefined ? undefined : `应为${/^\d/.test(what) ? " " : ""}${what}`;

const REASONS: Readonly<Record<string, (told: Told, field: string) => string | undefined>> = {
  missing: () => "没有填写",
  unknown: () => "系统不认识这一项",
  "wrong-type": ({ expected }) => should(TYPES[String(expected)]),
  "too-short": ({ least }) => (least === 1 ? "不能为空" : `至少 ${String(least)} 个字`),
  "too-long": ({ most }) => `最多 ${String(most)} 个字`,
  "too-few": ({ least }) => `至少 ${String(least)} 项`,
  "too-many": ({ most }) => `最多 ${String(most)} 项`,
  "too-small": ({ least }, field) => `不能小于 ${figure(field, least)}`,
  "too-large": ({ most }, field) => `不能大于 ${figure(field, most)}`,
  "not-listed": ({ values }) => `只能是：${(values as readonly string[]).join("、")}`,
  "wrong-format": ({ format }) => should(FORMATS[String(format)]),
  "wrong-pattern": ({ pattern }) => should(PATTERNS[String(pattern)]),
  rule: (told) => RULES[String(told["rule"])]?.(told),
  "no-fit": () => "不符合这一项可用的任何一种写法",
  "given-twice": () => "给了不止一次",
  "not-storable": () => "含有无法保存的字符",
  "too-deep": () => "层次过深",
};

/** `items[3].accountNo` > "清单 · 第 4 行 · 户号". A name without a word stands for itself. */
export const fieldLabel = (path: string): string =>
  [...path.matchAll(/\[(\d+)\]|[^.[\]]+/g)]
    .map(([name, index]) => (index === undefined ? (fieldWord(name) ?? name) : `第 ${Number(index) + 1} 行`))
    .join(" · ");

export type FieldFault = { readonly label: string; readonly reason: string | undefined };

/** Without a reason where the API has one that is newer than this page. */
export const fieldFault = ({ field, code, params }: FieldError): FieldFault => ({
  label: fieldLabel(field),
  reason: REASONS[code ?? ""]?.(params ?? {}, field),
});
