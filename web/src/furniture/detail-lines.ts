/** What a machine wrote down about a deed, as lines for people: name and value, amounts in yuan. */
import { yuan } from "./amounts.ts";

export type DetailLine = { readonly name: string; readonly value: string };

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const valueText = (name: string, value: unknown): string => {
  if (/fen$/i.test(name) && /^-?\d{1,15}$/.test(String(value))) return `¥ ${yuan(Number(value))}`;
  if (value === null || value === undefined || value === "") return "–";
  if (Array.isArray(value)) return value.map((one) => valueText(name, one)).join("、") || "–";
  if (isRecord(value))
    return (
      linesOf(value)
        .map((line) => `${line.name} ${line.value}`)
        .join("，") || "–"
    );
  return typeof value === "string" ? value : JSON.stringify(value);
};

/** "paidTotalFen" as "paid total". */
const nameText = (key: string): string =>
  key
    .replace(/Fen$/, "")
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase();

const linesOf = (details: Readonly<Record<string, unknown>>): DetailLine[] =>
  Object.entries(details).flatMap(([key, value]) =>
    isRecord(value)
      ? linesOf(value).map((line) => ({ name: `${nameText(key)} · ${line.name}`, value: line.value }))
      : [{ name: nameText(key), value: valueText(key, value) }],
  );

export const detailLines = (details: unknown): readonly DetailLine[] => {
  if (details === null || details === undefined) return [];
  return isRecord(details) ? linesOf(details) : [{ name: "", value: valueText("", details) }];
};
