/** What is typed into the fields of a setting, and the value that the API takes. Numbers stay whole: a price in yuan is never a float. */
import type { Item } from "#web/api/types.ts";

export type Setting = Item<"/settings">;
export type Field = Setting["fields"][number];
/** By the name of the field. */
export type Typed = Readonly<Record<string, string>>;

/** Why a field cannot be saved: a key of the words, with what it says. */
export type Wrong = {
  readonly why:
    | "wrong.empty"
    | "wrong.whole"
    | "wrong.amount"
    | "wrong.between"
    | "wrong.items"
    | "wrong.length";
  readonly values: Readonly<Record<string, string | number>>;
};

/** 4500 with five places: "0.045". */
export const textOfNumber = (value: number, decimals: number): string => {
  if (decimals === 0) return String(value);
  const digits = String(Math.abs(value)).padStart(decimals + 1, "0");
  const rest = digits.slice(-decimals).replace(/0+$/, "");
  return `${value < 0 ? "-" : ""}${digits.slice(0, -decimals)}${rest === "" ? "" : `.${rest}`}`;
};

/** The stored whole number, or null when the text is none. */
export const numberOfText = (text: string, decimals: number): number | null => {
  const found = /^(-?)(\d{1,12})(?:\.(\d+))?$/.exec(text.normalize("NFKC").trim());
  if (found === null) return null;
  const [, sign = "", whole = "", rest = ""] = found;
  if (rest.replace(/0+$/, "").length > decimals) return null;
  return Number(`${sign}${whole}${rest.slice(0, decimals).padEnd(decimals, "0")}`);
};

const itemsOf = (text: string): string[] => text.split(/[\s,，、;；]+/u).filter((item) => item !== "");
const linesOf = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

const textOf = (field: Field, value: unknown): string => {
  if (value === null || value === undefined) return "";
  if (field.sort === "whole") return textOfNumber(Number(value), field.decimals);
  if (typeof value === "string" || typeof value === "boolean") return String(value);
  if (!Array.isArray(value)) return JSON.stringify(value);
  return value.map(String).join(field.sort === "whole-list" ? "、" : "\n");
};

const partOf = (field: Field, value: unknown): unknown =>
  field.name === "" ? value : (value as Readonly<Record<string, unknown>> | null)?.[field.name];

/** A value as it stands in its fields. */
export const typedOf = (fields: readonly Field[], value: unknown): Typed =>
  Object.fromEntries(fields.map((field) => [field.name, textOf(field, partOf(field, value))]));

type Read = { readonly part: unknown } | { readonly wrong: Wrong };
const wrong = (why: Wrong["why"], values: Wrong["values"] = {}): Read => ({ wrong: { why, values } });

const readNumber = (field: Field, text: string): Read => {
  const { least, most, decimals } = field;
  const number = numberOfText(text, decimals);
  if (number === null) return wrong(decimals === 0 ? "wrong.whole" : "wrong.amount", { decimals });
  if ((least !== null && number < least) || (most !== null && number > most)) {
    return wrong("wrong.between", {
      least: textOfNumber(least ?? 0, decimals),
      most: textOfNumber(most ?? Number.MAX_SAFE_INTEGER, decimals),
    });
  }
  return { part: number };
};

const readList = (field: Field, items: readonly string[], one: (item: string) => Read): Read => {
  if (items.length < field.fewestItems || items.length > (field.mostItems ?? items.length)) {
    return wrong("wrong.items", { least: field.fewestItems, most: field.mostItems ?? items.length });
  }
  const read = items.map(one);
  const refused = read.find((item) => "wrong" in item);
  return refused ?? { part: read.map((item) => ("part" in item ? item.part : null)) };
};

const readText = (field: Field, text: string): Read =>
  field.mostLength !== null && text.length > field.mostLength
    ? wrong("wrong.length", { most: field.mostLength })
    : { part: text };

const readField = (field: Field, text: string): Read => {
  if (field.sort === "whole-list") {
    return readList(field, itemsOf(text), (item) => readNumber(field, item));
  }
  if (field.sort === "text-list") return readList(field, linesOf(text), (item) => readText(field, item));
  if (text.trim() === "") return wrong("wrong.empty");
  if (field.sort === "whole") return readNumber(field, text);
  return field.sort === "yes-no" ? { part: text === "true" } : readText(field, text.trim());
};

/** The value, or what is wrong with which field. */
export const valueOfTyped = (
  fields: readonly Field[],
  typed: Typed,
): { readonly value: unknown } | { readonly wrongs: Readonly<Record<string, Wrong>> } => {
  const read = fields.map((field) => [field.name, readField(field, typed[field.name] ?? "")] as const);
  const wrongs = read.flatMap(([name, one]) => ("wrong" in one ? [[name, one.wrong] as const] : []));
  if (wrongs.length > 0) return { wrongs: Object.fromEntries(wrongs) };
  const parts = Object.fromEntries(read.map(([name, one]) => [name, "part" in one ? one.part : null]));
  return { value: fields[0]?.name === "" ? parts[""] : parts };
};

/** What is wrong with the fields that do not stand as they are kept: `stored` empty judges all of them. */
export const wrongsOf = (
  fields: readonly Field[],
  typed: Typed,
  stored: Typed,
): Readonly<Record<string, Wrong>> => {
  const read = valueOfTyped(fields, typed);
  if (!("wrongs" in read)) return {};
  return Object.fromEntries(Object.entries(read.wrongs).filter(([name]) => typed[name] !== stored[name]));
};
