/**
 * The API as its OpenAPI document says it, for the matrix of rights: each operation with who may, what stands in its address, and a
 * request that is read to its end. Nothing here knows a route by name.
 */
import type { Permission } from "#src/platform/actor.ts";

type Schema = {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly minItems?: number;
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
};
type Parameter = {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema?: Schema;
};
type Described = {
  readonly "x-permission"?: Permission;
  readonly "x-whole-company"?: boolean;
  readonly "x-step-up"?: boolean;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
};
export type ApiDocument = { readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>> };

export type Operation = {
  /** `POST /payments/{id}/void`. */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  /** Null: needs no login. */
  readonly permission: Permission | null;
  /** Closed to whoever is bound to areas or accounts. */
  readonly isWholeCompany: boolean;
  readonly asksStepUp: boolean;
  readonly hasVersion: boolean;
  readonly body: Schema | null;
  readonly isRaw: boolean;
  readonly query: readonly Parameter[];
  /** The objects that its address names, each as the path up to it: `/tickets/{ticketNo}/attachments/{fileId}`. */
  readonly objects: readonly string[];
};

const objectsIn = (path: string): string[] =>
  [...path.matchAll(/\{[^}]+\}/g)].map((found) => path.slice(0, found.index + found[0].length));

export const operationsOf = (document: ApiDocument): Operation[] =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, one]): Operation => {
      const content = one.requestBody?.content ?? {};
      return {
        name: `${method.toUpperCase()} ${path}`,
        method,
        path,
        permission: one["x-permission"] ?? null,
        isWholeCompany: one["x-whole-company"] === true,
        asksStepUp: one["x-step-up"] === true,
        hasVersion: one.parameters?.some((parameter) => parameter.name === "If-Match") ?? false,
        body: content["application/json"]?.schema ?? null,
        isRaw: content["application/octet-stream"] !== undefined,
        query: (one.parameters ?? []).filter((parameter) => parameter.in === "query" && parameter.required),
        objects: objectsIn(path),
      };
    }),
  );

/** Words of which one fits every pattern of this API. */
const WORDS = [
  "1",
  "100000060",
  "2026",
  "2026-11",
  "abcd",
  "a-word",
  "heat.not-hot",
  "file:1",
  "a@b.cn",
  "13812345678",
  "good reason",
  "某人",
  "x".repeat(40),
];

const textOf = ({ format, pattern, minLength = 1 }: Schema): string => {
  if (format === "date") return "2026-11-15";
  if (format === "date-time") return "2026-11-10T08:30:00+08:00";
  const fits = pattern === undefined ? undefined : new RegExp(pattern, "u");
  const word = [...(fits === undefined ? ["good reason"] : []), ...WORDS].find(
    (one) => one.length >= minLength && (fits === undefined || fits.test(one)),
  );
  if (word === undefined) throw new Error(`no word fits ${pattern ?? ""}`);
  return word;
};

/** The smallest value that a schema takes: what is required and no more. */
export const sampleOf = (schema: Schema): unknown => {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return sampleOf(choices.find(({ type }) => type !== "null") ?? {});
  const type = typeof schema.type === "string" ? schema.type : schema.type?.find((one) => one !== "null");
  switch (type) {
    case "object":
      return Object.fromEntries(
        (schema.required ?? []).map((key) => [key, sampleOf(schema.properties?.[key] ?? {})]),
      );
    case "array":
      return Array.from({ length: schema.minItems ?? 0 }, () => sampleOf(schema.items ?? {}));
    case "integer":
    case "number":
      return Math.max(schema.minimum ?? 1, (schema.exclusiveMinimum ?? 0) + 1);
    case "boolean":
      return true;
    case "string":
      return textOf(schema);
    default:
      return {};
  }
};

/** The query that the operation needs. */
export const queryOf = (operation: Operation): string => {
  const needed = operation.query.map(({ name, schema }): [string, string] => [
    name,
    String(sampleOf(schema ?? {})),
  ]);
  return needed.length === 0 ? "" : `?${new URLSearchParams(needed).toString()}`;
};

/** The address, each object as `valueOf` names it. */
export const addressOf = ({ path }: Operation, valueOf: (object: string) => string): string =>
  path.replaceAll(/\{[^}]+\}/g, (found, at: number) => valueOf(path.slice(0, at + found.length)));
