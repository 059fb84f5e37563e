/** The outside's shape against the declaration: strict in, and (in tests and demo) strict out. */
import type { Request } from "express";
import type { z } from "zod";
import { assert, fail } from "#src/kernel/errors.ts";
import { isStorable } from "#src/kernel/json-text.ts";
import { FIELD_CODES, fieldErrors, pathText } from "./field-errors.ts";
import { InvalidRequest } from "./problems.ts";

/**
 * The parsed value. `root` names the whole in a refusal that is about no field (`body`).
 * @throws InvalidRequest
 */
export const parseStrictly = (schema: z.ZodType, value: unknown, root: string): unknown => {
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return parsed.data;
  throw new InvalidRequest(fieldErrors(parsed.error.issues, root));
};

const HOSTILE = new Set(["__proto__", "constructor", "prototype"]);
const DEEPEST = 32;
const NOT_STORABLE = { reason: FIELD_CODES["not-storable"], code: "not-storable" } as const;
const UNKNOWN = { reason: "unknown field", code: "unknown" } as const;

/**
 * Refuses what no honest client sends: names that reach an object's prototype, text that no database holds, and nesting that
 * only costs stack.
 * @throws InvalidRequest
 */
export const refuseHostileBody = (value: unknown, path: readonly PropertyKey[] = []): void => {
  if (typeof value === "string" && !isStorable(value)) {
    throw new InvalidRequest([{ field: pathText(path, "body"), ...NOT_STORABLE }]);
  }
  if (value === null || typeof value !== "object") return;
  if (path.length > DEEPEST)
    throw new InvalidRequest([{ field: "body", reason: FIELD_CODES["too-deep"], code: "too-deep" }]);
  if (Array.isArray(value)) {
    for (const [index, inner] of value.entries()) refuseHostileBody(inner, [...path, index]);
    return;
  }
  for (const key of Object.keys(value)) {
    if (HOSTILE.has(key) || !isStorable(key)) {
      throw new InvalidRequest([{ field: pathText([...path, key], "body"), ...UNKNOWN }]);
    }
    refuseHostileBody((value as Record<string, unknown>)[key], [...path, key]);
  }
};

/**
 * A query in which each name stands once (which of two values a reader takes would be anybody's guess), of text that a database
 * holds.
 * @throws InvalidRequest
 */
export const singleValues = (query: Request["query"]): Record<string, unknown> => {
  for (const [name, value] of Object.entries(query)) {
    if (typeof value !== "string")
      throw new InvalidRequest([{ field: name, reason: FIELD_CODES["given-twice"], code: "given-twice" }]);
    if (!isStorable(value)) throw new InvalidRequest([{ field: name, ...NOT_STORABLE }]);
  }
  return query;
};

const VERSION = /^(?:W\/)?"?(\d{1,9})"?$/;

/**
 * The version that an If-Match header names: `"7"`, `W/"7"` or `7`.
 * @throws DomainError `request.version-needed` when there is none, InvalidRequest when it is no version
 */
export const versionOf = (header: string | undefined): number => {
  if (header === undefined || header === "") {
    return fail("request.version-needed", "this change needs the version that you read", {
      field: "If-Match",
      remedy: "read it again and send its version as If-Match",
    });
  }
  const version = VERSION.exec(header)?.[1];
  if (version === undefined) {
    throw new InvalidRequest([
      {
        field: "If-Match",
        reason: "a version number",
        code: "wrong-pattern",
        params: { pattern: String(VERSION) },
      },
    ]);
  }
  return Number(version);
};

/** Paths of what a schema took out of a value: fields that a route answers without having declared them. */
const undeclaredPaths = (given: unknown, declared: unknown, path: readonly PropertyKey[]): string[] => {
  if (given === null || typeof given !== "object") return [];
  if (declared === null || typeof declared !== "object") return [];
  return Object.entries(given).flatMap(([key, inner]) => {
    const at = [...path, Array.isArray(given) ? Number(key) : key];
    if (inner === undefined) return [];
    if (!Object.hasOwn(declared, key)) return [pathText(at, "body")];
    return undeclaredPaths(inner, (declared as Record<string, unknown>)[key], at);
  });
};

/** Holds an answer to its declaration. A breach is a defect of ours, so it fails loudly and is no refusal. */
export const checkAnswer = (schema: z.ZodType, body: unknown, route: string): void => {
  const parsed = schema.safeParse(body);
  const wrong = parsed.success
    ? undeclaredPaths(body, parsed.data, [])
    : fieldErrors(parsed.error.issues, "body").map((error) => `${error.field} (${error.reason})`);
  assert(wrong.length === 0, `the answer of ${route} fits its declaration: ${wrong.join(", ")}`);
};
