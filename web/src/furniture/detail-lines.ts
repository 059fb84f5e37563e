/** What a machine wrote down about a deed, as lines for people: name and value, amounts in yuan. */
import { yuan } from "./amounts.ts";

/** `code`: the value as it was written down, where words stand for it. */
export type DetailLine = { readonly name: string; readonly value: string; readonly code?: string };

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What a reader of another language has instead of the names, and of true and false. */
export type DetailWords = {
  readonly name: (key: string) => string | undefined;
  readonly flag: (is: boolean) => string;
  /** Of a code that stands under this name. */
  readonly value?: ((name: string, value: string) => string | undefined) | undefined;
};
const PLAIN: DetailWords = { name: () => undefined, flag: String };

const valueText = (name: string, value: unknown, words: DetailWords): string => {
  if (/fen$/i.test(name) && /^-?\d{1,15}$/.test(String(value))) return `¥ ${yuan(Number(value))}`;
  if (value === null || value === undefined || value === "") return "–";
  if (Array.isArray(value)) return value.map((one) => valueText(name, one, words)).join("、") || "–";
  if (isRecord(value))
    return (
      linesOf(value, words)
        .map((line) => `${line.name} ${line.value}`)
        .join("，") || "–"
    );
  if (typeof value === "boolean") return words.flag(value);
  return typeof value === "string" ? (words.value?.(name, value) ?? value) : JSON.stringify(value);
};

/** With the codes that its words stand for. */
const lineOf = (key: string, value: unknown, words: DetailWords): DetailLine => {
  const said = valueText(key, value, words);
  const code = valueText(key, value, { name: words.name, flag: words.flag });
  return { name: nameText(key, words), value: said, ...(code === said ? {} : { code }) };
};

/** "paidTotalFen" as "paid total". */
const nameText = (key: string, words: DetailWords): string =>
  words.name(key) ??
  key
    .replace(/Fen$/, "")
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase();

const linesOf = (details: Readonly<Record<string, unknown>>, words: DetailWords): DetailLine[] =>
  Object.entries(details).flatMap(([key, value]) =>
    isRecord(value)
      ? linesOf(value, words).map((line) => ({
          ...line,
          name: `${nameText(key, words)} · ${line.name}`,
        }))
      : [lineOf(key, value, words)],
  );

export const detailLines = (details: unknown, words: DetailWords = PLAIN): readonly DetailLine[] => {
  if (details === null || details === undefined) return [];
  return isRecord(details) ? linesOf(details, words) : [{ name: "", value: valueText("", details, words) }];
};
