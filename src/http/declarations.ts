/** What must be true of all declared routes together; checked at boot, so that a wrong declaration never serves. */
import { z } from "zod";
import { assert } from "#src/kernel/errors.ts";
import { PERMISSIONS } from "#src/platform/actor.ts";
import type { Route } from "#src/platform/route.ts";

/** `POST /payments`: how a route is named in logs, lists and idempotency scopes. */
export const routeName = (route: Route): string => `${route.method.toUpperCase()} ${route.path}`;

export const changes = (route: Route): boolean => route.method !== "get";

const parametersOf = (path: string): string[] =>
  [...path.matchAll(/\{([^}]*)\}/g)].map((match) => match[1] ?? "");

const keysOf = (schema: z.ZodType): string[] =>
  schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];

const checkOne = (route: Route, publicWrites: readonly string[]): void => {
  const name = routeName(route);
  assert(
    route.permission === "public" || route.permission in PERMISSIONS,
    `${name} declares a permission that exists`,
  );
  assert(
    route.permission !== "public" || !changes(route) || publicWrites.includes(name),
    `${name} changes something without a login, so it is on the list of those`,
  );
  assert(/^(\/([a-z0-9.-]+|\{[a-zA-Z]+\}))+$/.test(route.path), `${name} has a plain path`);
  assert(!route.path.startsWith("/{"), `${name} begins with a word, not with a parameter`);
  const inPath = parametersOf(route.path).sort();
  assert(
    inPath.join() === keysOf(route.params).sort().join(),
    `${name} declares exactly the parameters of its path (${inPath.join(", ")})`,
  );
  assert(route.consumes === "json" || route.body === null, `${name} takes a stream, so it declares no body`);
  assert(changes(route) || route.body === null, `${name} reads, so it takes no body`);
  assert(
    !route.stepUp || route.permission !== "public",
    `${name} asks for a fresh proof, so it needs a login`,
  );
  assert(changes(route) || route.idempotency === "none", `${name} reads, so it needs no key`);
};

/**
 * @throws a defect that names the route: a permission that does not exist, a public change that is not listed, a path
 * whose parameters are not declared, the same method and path twice
 */
export const checkDeclarations = (routes: readonly Route[], publicWrites: readonly string[]): void => {
  const seen = new Set<string>();
  for (const route of routes) {
    checkOne(route, publicWrites);
    const address = routeName(route).replaceAll(/\{[^}]*\}/g, "{}");
    assert(!seen.has(address), `${routeName(route)} is declared once`);
    seen.add(address);
  }
};
