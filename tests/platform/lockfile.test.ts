/**
 * `npm ci` refuses a lockfile that lacks a platform's optional package, also on machines of other platforms. Where a registry
 * does not offer one, `npm install` leaves it out silently, and the next clean clone cannot be installed.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";

type Package = {
  readonly version?: string;
  readonly link?: true;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
};
const lock = JSON.parse(
  readFileSync(path.resolve(import.meta.dirname, "../../package-lock.json"), "utf8"),
) as {
  readonly packages: Readonly<Record<string, Package>>;
};

test("every optional package of every dependency stands in the lockfile", () => {
  const missing = Object.entries(lock.packages).flatMap(([place, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) =>
        !(`${place}/node_modules/${name}` in lock.packages) && !(`node_modules/${name}` in lock.packages),
    ),
  );
  expect(missing).toEqual([]);
});

test("every package in the lockfile has an exact version", () => {
  const vague = Object.entries(lock.packages)
    // A link is a workspace of our own.
    .filter(
      ([place, { version, link }]) => place !== "" && link !== true && !/^\d+\.\d+\.\d+/.test(version ?? ""),
    )
    .map(([place]) => place);
  expect(vague).toEqual([]);
});
