/** Whatever the API can find wrong with a field can be said in Chinese: each field, pattern, type, format and rule of its declarations. */
import { expect, test } from "vitest";
import { z } from "zod";
import { FIELD_CODES } from "#src/http/field-errors.ts";
import { openApiDocument } from "#src/http/openapi.ts";
import { PUBLIC_WRITES, routes } from "#src/http/routes.ts";
import { fieldFault, PATTERNS } from "../../web/src/words/field-faults.ts";
import { FIELDS, fieldWord } from "../../web/src/words/fields.ts";

/** Signed webhooks are answered to machines. */
const asked = routes.filter(
  (route) =>
    !PUBLIC_WRITES.some((name) => name.startsWith("POST /hooks/") && name.endsWith(` ${route.path}`)),
);

type Json = { readonly [key: string]: unknown };
const isJson = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The names of all properties of a JSON schema, however deep. */
const propertiesOf = (schema: unknown): string[] => {
  if (Array.isArray(schema)) return schema.flatMap(propertiesOf);
  if (!isJson(schema)) return [];
  const own = isJson(schema["properties"]) ? schema["properties"] : {};
  return [
    ...Object.keys(own),
    ...Object.values(own).flatMap(propertiesOf),
    ...["items", "anyOf", "oneOf", "allOf", "additionalProperties"].flatMap((key) =>
      propertiesOf(schema[key]),
    ),
  ];
};

const document = JSON.parse(openApiDocument(asked, { version: "0", publicUrl: "http://localhost" })) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Json>>>>;
};
const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
const fields = new Set(
  operations.flatMap(({ parameters, requestBody }) => [
    ...(Array.isArray(parameters) ? parameters.map(({ name }: { name: string }) => name) : []),
    ...(isJson(requestBody) && isJson(requestBody["content"])
      ? Object.values(requestBody["content"]).flatMap((one) => propertiesOf((one as Json)["schema"]))
      : []),
  ]),
);

/** What a refusal calls the whole, and the headers that it names. */
const WHOLES = ["body", "query", "address", "If-Match", "Idempotency-Key"];

test("every field of a request has a Chinese name, and no other", () => {
  expect(fields.size).toBeGreaterThan(300);
  expect([...fields, ...WHOLES].filter((name) => fieldWord(name) === undefined)).toEqual([]);
  const used = new Set([...fields, ...WHOLES].flatMap((name) => [name, name.replace(/Ids?$/, "")]));
  expect(Object.keys(FIELDS).filter((name) => !used.has(name))).toEqual([]);
});

type Shape = z.core.$ZodType;
type Part = Shape | undefined | readonly Shape[];
const defOf = ({ _zod: { def } }: Shape) => def;
const partsOf = (shape: Shape): Shape[] => {
  const inner = defOf(shape) as unknown as Readonly<Record<string, unknown>> & {
    readonly shape?: Record<string, Shape>;
  };
  const named = ["innerType", "element", "keyType", "valueType", "in", "out", "options", "items"];
  return [
    ...Object.values(inner.shape ?? {}),
    ...named.flatMap((name) => (inner[name] as Part) ?? []).filter((part) => part instanceof z.core.$ZodType),
  ];
};
const shapes = new Set<Shape>();
const collect = (shape: Shape): void => {
  if (shapes.has(shape)) return;
  shapes.add(shape);
  partsOf(shape).forEach(collect);
};
for (const { params, query, body } of asked)
  [params, query, ...(body === null ? [] : [body])].forEach(collect);
const checks = [...shapes]
  .map(defOf)
  .flatMap((def) => [def, ...(def.checks ?? []).map(({ _zod: { def: check } }) => check)]);

const saidOf = (code: string, params: Readonly<Record<string, unknown>>): string | undefined =>
  fieldFault({ field: "note", reason: "", code, params }).reason;

test("every pattern and format of a field is described in Chinese", () => {
  const formats = checks.flatMap((def) => {
    const { format, pattern } = def as { readonly format?: string; readonly pattern?: RegExp };
    if (format === undefined || format === "safeint") return [];
    return [{ format, ...(format === "regex" ? { pattern: String(pattern) } : {}) }];
  });
  expect(formats.length).toBeGreaterThan(50);
  const silent = formats.filter(
    (one) => saidOf("pattern" in one ? "wrong-pattern" : "wrong-format", one) === undefined,
  );
  expect(silent).toEqual([]);
  const declared = new Set(formats.flatMap(({ pattern }) => pattern ?? []));
  const ofHeaders = [/^(?:W\/)?"?(\d{1,9})"?$/, /^[\x21-\x7e]{1,255}$/].map(String);
  const idle = Object.keys(PATTERNS).filter((one) => !declared.has(one));
  expect(idle.toSorted()).toEqual(ofHeaders.toSorted());
});

test("every type that a field may have is named in Chinese", () => {
  const typed = new Set(checks.flatMap((def) => ("type" in def ? [def.type] : [])));
  // What has no type of its own: it wraps another, or its refusal has another code.
  const other =
    "optional nullable default prefault pipe transform union unknown enum literal null custom".split(" ");
  expect(
    [...typed, "int"].filter(
      (one) => !other.includes(one) && saidOf("wrong-type", { expected: one }) === undefined,
    ),
  ).toEqual([]);
});

test("every rule of a declaration has a name, and the name a Chinese sentence", () => {
  const rules = checks.flatMap((def) => {
    const { check, params } = def as {
      readonly check?: string;
      readonly params?: { readonly rule?: string };
    };
    return check === "custom" ? [params?.rule ?? "no name"] : [];
  });
  expect(rules.length).toBeGreaterThan(5);
  expect(rules.filter((rule) => saidOf("rule", { rule, most: 1, mostFen: 1 }) === undefined)).toEqual([]);
});

test("every code of a field is said in Chinese", () => {
  const params = {
    expected: "int",
    least: 1,
    most: 1,
    values: ["a"],
    format: "date",
    pattern: "/^\\d{6}$/",
    rule: "each-once",
  };
  expect(Object.keys(FIELD_CODES).filter((code) => saidOf(code, params) === undefined)).toEqual([]);
});
