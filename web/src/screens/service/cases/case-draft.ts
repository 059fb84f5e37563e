/** What is being typed for a case, and what is sent of it. Everything is text until it is sent. */
import { fenOfText } from "#web/furniture/format.ts";
import { degreesOf, tenthsOf } from "#web/furniture/temperatures.ts";
import type { Body } from "#web/api/types.ts";
import type { CategoryField } from "./categories.ts";

type Severity = NonNullable<Body<"post", "/tickets">["severity"]>;
export type Channel = Body<"post", "/tickets">["channel"];

export type CaseDraft = {
  readonly category: string | null;
  readonly severity: Severity | null;
  readonly summary: string;
  readonly callerName: string;
  readonly callerNumber: string;
  readonly addressText: string;
  readonly channel: Channel;
  readonly accountNo: string | null;
  readonly fields: Readonly<Record<string, string>>;
};

export const EMPTY_DRAFT: CaseDraft = {
  category: null,
  severity: null,
  summary: "",
  callerName: "",
  callerNumber: "",
  addressText: "",
  channel: "visit",
  accountNo: null,
  fields: {},
};

const readers: Readonly<Record<CategoryField["kind"], (text: string) => unknown>> = {
  text: (text) => text.trim(),
  choice: (text) => text,
  "yes-no": (text) => text === "yes",
  day: (text) => text,
  celsius: (text) => {
    const tenths = tenthsOf(text);
    return tenths === undefined ? null : degreesOf(tenths);
  },
  fen: (text) => fenOfText(text),
  count: (text) => (/^\d{1,7}$/.test(text.trim()) ? Number(text) : null),
};

export type ReadFields =
  | { readonly ok: true; readonly values: Record<string, unknown> | undefined }
  | {
      readonly ok: false;
      readonly missing: readonly CategoryField[];
      readonly wrong: readonly CategoryField[];
    };

/** The fields that were given; `undefined` when none was, so that they are asked for later. */
export const readFields = (
  fields: readonly CategoryField[],
  typed: Readonly<Record<string, string>>,
): ReadFields => {
  const given = fields.filter(({ name }) => (typed[name] ?? "").trim() !== "");
  if (given.length === 0) return { ok: true, values: undefined };
  const values = given.map((field) => [field.name, readers[field.kind](typed[field.name] ?? "")] as const);
  const wrong = given.filter(({ name }) => values.find(([of]) => of === name)?.[1] === null);
  const missing = fields.filter((field) => field.required && !given.some(({ name }) => name === field.name));
  return wrong.length + missing.length > 0
    ? { ok: false, missing, wrong }
    : { ok: true, values: Object.fromEntries(values) };
};

/** Trimmed, or left out. */
export const textOrNothing = (text: string): string | undefined =>
  text.trim() === "" ? undefined : text.trim();
