/**
 * What is wrong with a field, said twice: a reason in English for whoever reads the answer, and a code with its figures from which
 * a page makes a sentence of its own.
 */
import type { z } from "zod";

/** The codes of `errors`, in words; OpenAPI lists them. */
export const FIELD_CODES = {
  missing: "required, and not there",
  unknown: "no field of this request",
  "wrong-type": "of another type than `expected`",
  "too-short": "fewer than `least` characters",
  "too-long": "more than `most` characters",
  "too-few": "fewer than `least` entries",
  "too-many": "more than `most` entries",
  "too-small": "a number below `least`",
  "too-large": "a number above `most`",
  "not-listed": "none of `values`",
  "wrong-format": "not written as `format` is",
  "wrong-pattern": "does not match `pattern`",
  rule: "against the rule that `rule` names",
  "no-fit": "fits none of the shapes that this field may have",
  "given-twice": "given more than once",
  "not-storable": "text with a NUL or half a character",
  "too-deep": "nested too deeply",
} as const;
export type FieldCode = keyof typeof FIELD_CODES;

export type FieldError = {
  /** Its path: `rows[3].area`. */
  readonly field: string;
  readonly reason: string;
  readonly code: FieldCode;
  readonly params?: Readonly<Record<string, unknown>>;
};
type Fault = Pick<FieldError, "code" | "params">;

/** `rows[3].area`. */
export const pathText = (path: readonly PropertyKey[], root: string): string => {
  let text = "";
  for (const part of path) {
    if (typeof part === "number") text += `[${part}]`;
    else text += text === "" ? String(part) : `.${String(part)}`;
  }
  return text === "" ? root : text;
};

const isText = (origin: string): boolean => origin === "string";
const isList = (origin: string): boolean => origin === "array" || origin === "set";

const tooSmall = (origin: string, least: number): Fault => {
  const code = isText(origin) ? "too-short" : isList(origin) ? "too-few" : "too-small";
  return { code, params: { least } };
};
const tooBig = (origin: string, most: number): Fault => {
  const code = isText(origin) ? "too-long" : isList(origin) ? "too-many" : "too-large";
  return { code, params: { most } };
};

/** What a check says of what stands there. */
const faultOf = (issue: z.core.$ZodIssue): Fault => {
  switch (issue.code) {
    case "invalid_type":
      return { code: "wrong-type", params: { expected: issue.expected } };
    case "too_small":
      return tooSmall(issue.origin, Number(issue.minimum));
    case "too_big":
      return tooBig(issue.origin, Number(issue.maximum));
    case "invalid_value":
      return { code: "not-listed", params: { values: issue.values.map(String) } };
    case "invalid_format":
      return issue.format === "regex"
        ? { code: "wrong-pattern", params: { pattern: issue.pattern } }
        : { code: "wrong-format", params: { format: issue.format } };
    case "invalid_key": {
      const [inner] = issue.issues;
      return inner === undefined ? { code: "no-fit" } : faultOf(inner);
    }
    case "custom":
      return issue.params === undefined ? { code: "no-fit" } : { code: "rule", params: issue.params };
    default:
      return { code: "no-fit" };
  }
};

/** What is not there is missed in the words of its type, its values or its shapes: to whoever sent nothing it is one thing. */
const missingOr = (issue: z.core.$ZodIssue): Fault =>
  issue.input === undefined ? { code: "missing" } : faultOf(issue);

/** Every field that a schema refused; `root` names the whole where it is about no field. Read with `reportInput`. */
export const fieldErrors = (issues: readonly z.core.$ZodIssue[], root: string): FieldError[] =>
  issues.flatMap((issue): FieldError[] =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => ({
          field: pathText([...issue.path, key], root),
          reason: "unknown field",
          code: "unknown",
        }))
      : [{ field: pathText(issue.path, root), reason: issue.message, ...missingOr(issue) }],
  );
