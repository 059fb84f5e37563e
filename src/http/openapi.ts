/** OpenAPI 3.1 from the same declarations that are served, so that what is written is what is done. */
import { OpenAPIRegistry, OpenApiGeneratorV31, type RouteConfig } from "@asteasolutions/zod-to-openapi";
import { z } from "zod";
import { sessionCookieName } from "#src/office/staff/index.ts";
import { type Permission, PERMISSIONS, WHOLE_COMPANY } from "#src/platform/actor.ts";
import type { Route } from "#src/platform/route.ts";
import { changes, routeName } from "./declarations.ts";
import { FIELD_CODES } from "./field-errors.ts";
import { EDGE_CODES, statusOf } from "./problems.ts";

const INTRODUCTION = `
暖阳的接口。金额字段以 Fen 结尾,是整数(分);日期是 Asia/Shanghai 的日历日。

Amounts end in \`Fen\` and are whole numbers (1 yuan = 100 fen). Days are calendar days in Asia/Shanghai; instants are ISO 8601
with an offset. Ids are text. Unknown fields are refused by name.

**Login.** Machines send \`Authorization: Bearer <token>\`. People have a session cookie; a change made with it must come from our
own page and carry the header \`X-Nuan: 1\`.

**Idempotency.** A request that posts money needs an \`Idempotency-Key\` of your choice (1 to 255 visible ASCII characters; a UUID is
good). Make the key before the first try and send the same one at every further try. The key belongs to your login and to the
address. The first success is stored with the key in the same transaction as its effect, and every later request with that key
gets the same answer without a second effect. While the first is being carried out, another with its key waits up to two seconds,
then gets 409 \`request.in-flight\` with Retry-After. The same key with another address, query or body is refused with 422
\`request.key-reused\`. Only successes are stored: after a refusal the key is free. Where a request names a serial number of a
channel, that number counts besides: another key with the same serial gets the first answer.

**Versions.** Where people edit together, send the version that you read as \`If-Match\`; 412 \`version.stale\` says that somebody was
faster, 428 that you sent none.

**Lists** answer \`items\` and \`nextCursor\`; send that as \`cursor\` for the next page, null ends it.

**Problems** are \`application/problem+json\` (RFC 9457) with a stable \`code\`, and where it helps \`field\`, \`row\`, \`remedy\`, \`facts\` and
\`errors\`. What lies outside your areas or accounts does not exist for you: 404. Codes of the edge:

`;

const codesAsList = (): string =>
  [
    ...Object.entries(EDGE_CODES).map(([code, meaning]) => `- \`${code}\` (${statusOf(code)}): ${meaning}`),
    "\n`request.invalid` names each field in `errors`, with a code of its own and its figures in `params`:\n",
    ...Object.entries(FIELD_CODES).map(([code, meaning]) => `- \`${code}\`: ${meaning}`),
  ].join("\n");

const problemSchema = {
  type: "object" as const,
  required: ["type", "title", "status", "code", "detail", "requestId"],
  properties: {
    type: { type: "string" as const, examples: ["urn:nuanyang:problem:state.refused"] },
    title: { type: "string" as const },
    status: { type: "integer" as const },
    code: { type: "string" as const, description: "stable; programs decide by it" },
    detail: { type: "string" as const },
    field: { type: "string" as const, description: "path of the offending field" },
    row: { type: "integer" as const, description: "row of a file, counted from 1" },
    remedy: { type: "string" as const, description: "what can be done now" },
    facts: { type: "object" as const, additionalProperties: true },
    errors: {
      type: "array" as const,
      items: {
        type: "object" as const,
        required: ["field", "reason", "code"],
        properties: {
          field: { type: "string" as const, description: "its path: `rows[3].area`" },
          reason: { type: "string" as const },
          code: { type: "string" as const, enum: Object.keys(FIELD_CODES) },
          params: {
            type: "object" as const,
            description: "the figures of the code",
            additionalProperties: true,
          },
        },
      },
    },
    requestId: { type: "string" as const },
  },
};

const statusWords: Readonly<Record<number, string>> = {
  400: "The request does not fit",
  401: "No login",
  403: "No permission, or sent by another site's page",
  404: "Not there, or outside the caller's areas",
  409: "Not possible in the present state",
  412: "Changed by somebody else meanwhile",
  413: "Too large",
  415: "Not JSON in UTF-8",
  422: "A rule of the trade refuses it",
  428: "The version is missing",
  429: "Too many requests",
  500: "A defect on our side",
  503: "Overloaded or without database; see Retry-After",
};

const problemName = (status: number): string => `Problem${status}`;

const registerProblems = (registry: OpenAPIRegistry): void => {
  registry.registerComponent("schemas", "Problem", problemSchema);
  for (const [status, description] of Object.entries(statusWords)) {
    registry.registerComponent("responses", problemName(Number(status)), {
      description,
      content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
    });
  }
};

const problemStatuses = (route: Route): number[] => [
  400,
  ...(route.permission === "public" ? [] : [401]),
  ...(route.permission === "public" && !changes(route) ? [] : [403]),
  404,
  ...(changes(route) ? [409, 413, 422] : []),
  ...(changes(route) && route.consumes === "json" ? [415] : []),
  ...(route.ifMatch ? [412, 428] : []),
  429,
  500,
  503,
];

/** `get /accounts/{accountNo}/bills` becomes `getAccountsByAccountNoBills`: stable while the address is. */
const operationId = (route: Route): string =>
  route.method +
  route.path
    .split("/")
    .filter((part) => part !== "")
    .map((part) => (part.startsWith("{") ? `By-${part.slice(1, -1)}` : part))
    .join("-")
    .replaceAll(/(^|[-.])([a-zA-Z])/g, (_match, _separator, letter: string) => letter.toUpperCase())
    .replace(/^[a-z]/, (letter) => letter.toUpperCase());

const describe = (route: Route): string => {
  const sentences: string[] = [];
  if (route.permission === "public") sentences.push("Needs no login.");
  else {
    sentences.push(
      `Needs the permission \`${route.permission}\` (${PERMISSIONS[route.permission].join(", ")}).`,
    );
  }
  if (isWholeCompany(route)) sentences.push("Closed to whoever is bound to areas or accounts.");
  if (route.idempotency === "required") sentences.push("Posts money: an `Idempotency-Key` is required.");
  if (route.idempotency === "optional") sentences.push("May be repeated safely with an `Idempotency-Key`.");
  if (route.ifMatch) sentences.push("Needs `If-Match` with the version that was read.");
  if (route.stepUp) {
    sentences.push("A person must have given password or code within ten minutes (`POST /session/step-up`).");
  }
  return sentences.join(" ");
};

const headersOf = (route: Route): z.ZodObject | undefined => {
  const key = z.string().max(255).meta({ description: "your own key, the same one at every try" });
  const version = z.string().meta({ description: "the version that you read" });
  const shape = {
    ...(route.idempotency === "required" ? { "Idempotency-Key": key } : {}),
    ...(route.idempotency === "optional" ? { "Idempotency-Key": key.optional() } : {}),
    ...(route.ifMatch ? { "If-Match": version } : {}),
  };
  return Object.keys(shape).length === 0 ? undefined : z.object(shape);
};

const isJson = (mediaType: string): boolean => mediaType.startsWith("application/json");

const answerContent = (route: Route) =>
  isJson(route.produces)
    ? { [route.produces]: { schema: route.response } }
    : { [route.produces]: { schema: { type: "string" as const, contentEncoding: "binary" } } };

const bodyOf = (route: Route) => {
  if (route.consumes === "raw") {
    const schema = { type: "string" as const, contentEncoding: "binary" };
    return { required: true, content: { "application/octet-stream": { schema } } };
  }
  if (route.body === null) return undefined;
  return { required: true, content: { "application/json": { schema: route.body } } };
};

const isWholeCompany = ({ permission }: Route): boolean =>
  WHOLE_COMPANY.some((one: Permission) => one === permission);

const operation = (route: Route): RouteConfig => {
  const body = bodyOf(route);
  const headers = headersOf(route);
  const problems = problemStatuses(route).map((status) => [
    status,
    { $ref: `#/components/responses/${problemName(status)}` },
  ]);
  return {
    method: route.method,
    path: route.path,
    operationId: operationId(route),
    summary: route.summary,
    description: describe(route),
    tags: [route.tag],
    ...(route.permission === "public" ? {} : { "x-permission": route.permission }),
    ...(isWholeCompany(route) ? { "x-whole-company": true } : {}),
    ...(route.stepUp ? { "x-step-up": true } : {}),
    security: route.permission === "public" ? [] : [{ token: [] }, { session: [] }],
    request: {
      ...(route.params instanceof z.ZodObject ? { params: route.params } : {}),
      ...(route.query instanceof z.ZodObject ? { query: route.query } : {}),
      ...(headers === undefined ? {} : { headers }),
      ...(body === undefined ? {} : { body }),
    },
    responses: {
      [route.status]: {
        description: "Done",
        ...(route.status === 204 ? {} : { content: answerContent(route) }),
      },
      ...Object.fromEntries(problems),
    },
  };
};

/**
 * The document as JSON text, made once.
 * @throws an error that names the route when one of its schemas cannot be described
 */
export const openApiDocument = (
  routes: readonly Route[],
  build: { readonly version: string; readonly publicUrl: string },
): string => {
  const registry = new OpenAPIRegistry();
  registerProblems(registry);
  registry.registerComponent("securitySchemes", "token", {
    type: "http",
    scheme: "bearer",
    description: "a machine's token",
  });
  registry.registerComponent("securitySchemes", "session", {
    type: "apiKey",
    in: "cookie",
    name: sessionCookieName(build.publicUrl),
    description: "a person's session",
  });
  for (const route of routes) {
    const alone = new OpenAPIRegistry();
    alone.registerPath(operation(route));
    try {
      new OpenApiGeneratorV31(alone.definitions).generateDocument({
        openapi: "3.1.0",
        info: { title: "", version: "" },
      });
    } catch (cause) {
      throw new Error(`${routeName(route)} cannot be described in OpenAPI`, { cause });
    }
    registry.registerPath(operation(route));
  }
  const document = new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: "3.1.0",
    info: {
      title: "Nuanyang 暖阳",
      version: build.version,
      description: INTRODUCTION.trim() + "\n\n" + codesAsList(),
    },
    servers: [{ url: "/api/v1" }],
    tags: [...new Set(routes.map((route) => route.tag))].map((name) => ({ name })),
  });
  return JSON.stringify(document);
};
