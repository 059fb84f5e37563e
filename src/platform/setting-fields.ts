/**
 * How a setting is typed in: one field a part, with its unit and its bounds. What a part is called and counted in is declared beside
 * the setting; sort and bounds are read from its schema, so that a page never allows what the setting refuses.
 */
import { z } from "zod";
import { assert, must } from "#src/kernel/errors.ts";

export type SettingWord = { readonly "zh-CN": string; readonly en: string };

export const SETTING_UNITS = [
  "",
  "yuan",
  "percent",
  "days",
  "hours",
  "minutes",
  "seconds",
  "times",
  "messages",
] as const;
export type SettingUnit = (typeof SETTING_UNITS)[number];

export const SETTING_SORTS = [
  "whole",
  "whole-list",
  "text",
  "text-list",
  "choice",
  "yes-no",
  "ticket-category",
] as const;
export type SettingSort = (typeof SETTING_SORTS)[number];

/** Beside the declaration of a setting: `field("提醒", "Warn at", { unit: "times" })`. */
export type DeclaredField = {
  readonly label: SettingWord;
  readonly unit?: SettingUnit;
  /** The stored number is so many places finer than the unit: thousandths of a fen are 5 below the yuan. */
  readonly decimals?: number;
  readonly choices?: Readonly<Record<string, SettingWord>>;
  /** Chosen from the categories of cases instead of typed. */
  readonly takes?: "ticket-category";
};

export const word = (zh: string, en: string): SettingWord => ({ "zh-CN": zh, en });
export const field = (zh: string, en: string, more: Omit<DeclaredField, "label"> = {}): DeclaredField => ({
  label: word(zh, en),
  ...more,
});

export type SettingField = {
  /** The part of the value; '' is the value itself. */
  readonly name: string;
  readonly label: SettingWord;
  readonly unit: SettingUnit;
  readonly decimals: number;
  readonly sort: SettingSort;
  /** Of a number, or of each in a list. */
  readonly least: number | null;
  readonly most: number | null;
  readonly fewestItems: number;
  readonly mostItems: number | null;
  readonly mostLength: number | null;
  readonly choices: readonly { readonly value: string; readonly label: SettingWord }[];
};

type Shape = {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly items?: Shape;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly maxLength?: number;
};

const sortOf = (shape: Shape, declared: DeclaredField): SettingSort => {
  if (declared.takes !== undefined) return declared.takes;
  if (shape.enum !== undefined) return "choice";
  if (shape.type === "boolean") return "yes-no";
  if (shape.type === "integer") return "whole";
  if (shape.type === "string") return "text";
  assert(shape.type === "array" && shape.items !== undefined, "a setting's part has a field that fits it");
  return shape.items.type === "integer" ? "whole-list" : "text-list";
};

const fieldOf = (name: string, shape: Shape, declared: DeclaredField): SettingField => {
  const inner = shape.items ?? shape;
  return {
    name,
    label: declared.label,
    unit: declared.unit ?? "",
    decimals: declared.decimals ?? 0,
    sort: sortOf(shape, declared),
    least: inner.minimum ?? null,
    most: inner.maximum ?? null,
    fewestItems: shape.minItems ?? 0,
    mostItems: shape.maxItems ?? null,
    mostLength: inner.maxLength ?? null,
    choices: (shape.enum ?? []).map((value) => ({
      value: String(value),
      label: must(declared.choices?.[String(value)], `a name of the choice ${String(value)}`),
    })),
  };
};

/** The fields of a setting in the order in which they were declared. */
export const fieldsOf = (
  schema: z.ZodType,
  declared: Readonly<Record<string, DeclaredField>>,
): readonly SettingField[] => {
  const shape = z.toJSONSchema(schema, { io: "input" }) as Shape;
  return Object.entries(declared).map(([name, one]) =>
    fieldOf(name, must(name === "" ? shape : shape.properties?.[name], `the part ${name}`), one),
  );
};

/** The parts that a schema has: what must be declared, all of it and nothing else. */
export const partsOf = (schema: z.ZodType): readonly string[] => {
  const { properties } = z.toJSONSchema(schema, { io: "input" }) as Shape;
  return properties === undefined ? [""] : Object.keys(properties);
};
