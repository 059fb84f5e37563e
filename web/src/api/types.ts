/** Names for what the generated types hold: `Answer<"get", "/tickets">`, `Item<"/tickets">`, `Body<"post", "/tickets">`. */
import type { paths } from "./schema.ts";

type Method = "get" | "post" | "put" | "patch" | "delete";
type Json<T> = T extends { content: { "application/json": infer Inner } } ? Inner : never;
type Operation<M extends Method, P extends keyof paths> = paths[P] extends { [key in M]: infer Op }
  ? Op
  : never;

/** What a route answers when it succeeds. */
export type Answer<M extends Method, P extends keyof paths> =
  Operation<M, P> extends { responses: infer Responses }
    ? { [S in keyof Responses]: S extends 200 | 201 | 202 ? Json<Responses[S]> : never }[keyof Responses]
    : never;

/** One row of a list route. */
export type Item<P extends keyof paths> = Answer<"get", P> extends { items: (infer Row)[] } ? Row : never;

/** What a route takes. */
export type Body<M extends Method, P extends keyof paths> =
  Operation<M, P> extends { requestBody: infer Request } ? Json<NonNullable<Request>> : never;
